"""No question tells its answer, not even by chance in an example."""

import re
from functools import cache

import nbformat
import pytest

import mktlab
from mktlab.course import exercise
from mktlab.course.catalogue import LESSONS
from mktlab.course.checking.question import Question
from mktlab.course.stored import project_folder

ASKING = [lesson for lesson in LESSONS if lesson.exercise]


@cache
def solane():
    return mktlab.load("solane")


@pytest.mark.parametrize("lesson", ASKING, ids=lambda lesson: lesson.name)
def test_no_number_in_the_words_of_a_question_is_its_answer(lesson):
    notebook = nbformat.read(project_folder() / lesson.path("exercises"), as_version=4)
    page = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for name, asked in exercise(lesson.number, solane()).questions.items():
        question = asked.question
        if not isinstance(question, Question):
            continue
        words = question.words
        told = [words.ask, words.answer, *words.hints]
        told += [text for mistake in question.mistakes for text in (mistake.name, mistake.why)]
        for text in [*map(asked.filled, told), *page]:
            for number in re.findall(r"\d[\d,]*\.?\d*", text):
                value = float(number.replace(",", ""))
                known = question.compare(value, asked.expected) is None
                assert not known, f"{lesson.name}, {name}: “{text}” tells the answer."
