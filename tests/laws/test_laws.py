"""The laws of the course, for every lesson and every question that there is."""

import re
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from right_answers import other_shapes
from telling import shown, told

import mktlab
from mktlab.course import questions_of
from mktlab.course.build import MARK, build_all
from mktlab.course.catalogue import LESSONS
from mktlab.course.checking.question import Decision

ROOT = Path(__file__).parents[2]
EXERCISES = [lesson.name for lesson in LESSONS if lesson.exercise]


def once(sheet):
    """The sheet, but it computes every answer and every mistake only once."""
    return replace(sheet, questions=tuple(map(computed_once, sheet.questions)))


def computed_once(question):
    mistakes = (replace(one, compute=cache(one.compute)) for one in question.mistakes)
    return replace(question, expected=cache(question.expected), mistakes=tuple(mistakes))


SHEETS = {lesson: once(questions_of(lesson)) for lesson in EXERCISES}
QUESTIONS = [
    pytest.param(lesson, question, id=f"{lesson}-{question.name}")
    for lesson, sheet in SHEETS.items()
    for question in sheet.questions
]
NOTEBOOKS = sorted(
    path
    for folder in ("notebooks", "exercises", "solutions")
    for path in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)

of_every_lesson = pytest.mark.parametrize("lesson", EXERCISES)
of_every_question = pytest.mark.parametrize(("lesson", "question"), QUESTIONS)


@cache
def solane():
    return mktlab.load("solane")


@cache
def exercise(lesson):
    return SHEETS[lesson].bind(solane())


@cache
def notebook_at(path):
    return nbformat.read(path, as_version=4)


def read(folder, lesson):
    (path,) = (ROOT / folder).rglob(f"{lesson}.ipynb")
    return notebook_at(path)


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def checks(notebook):
    """Question -> the stored outputs of the cell that checks it."""
    found = {}
    for cell in notebook.cells:
        if check := re.fullmatch(r"ex\.(\w+)\.check\(answer\)", cell.source.strip()):
            assert check[1] not in found
            found[check[1]] = cell.outputs
    return found


@of_every_lesson
def test_a_lesson_has_an_exercise_and_a_solution_at_its_place(lesson):
    places = [
        next((ROOT / folder).rglob(f"{lesson}.ipynb")).relative_to(ROOT / folder)
        for folder in ("notebooks", "exercises", "solutions")
    ]
    assert len(set(places)) == 1
    assert SHEETS[lesson].lesson == lesson


def test_every_solution_is_of_a_registered_lesson():
    assert {path.stem for path in NOTEBOOKS if "solutions" in path.parts} == set(EXERCISES)


@of_every_lesson
def test_a_lesson_has_three_to_five_questions_and_a_decision(lesson):
    questions = SHEETS[lesson].questions
    assert [question.name for question in questions] == [f"q{n + 1}" for n in range(len(questions))]
    assert 3 <= len(questions) <= 5
    assert any(isinstance(question, Decision) for question in questions)
    assert all(question.ask and question.hint and question.answer for question in questions)


@of_every_lesson
def test_the_solution_is_right(lesson):
    told = checks(read("solutions", lesson))
    assert list(told) == [question.name for question in SHEETS[lesson].questions]
    for (output,) in told.values():
        assert output.data["text/plain"].startswith("Right")


@of_every_lesson
def test_the_untouched_exercise_says_not_attempted_and_nothing_else(lesson):
    notebook = read("exercises", lesson)
    told = checks(notebook)
    assert list(told) == [question.name for question in SHEETS[lesson].questions]
    for name, (output,) in told.items():
        feedback = getattr(exercise(lesson), name).check(...)
        assert feedback.state == "not attempted"
        assert output.data == {
            "text/plain": repr(feedback),
            "text/html": feedback._repr_html_(),
        }
    assert all(cell.outputs == [] for cell in tagged(notebook, "exercise"))


def test_exercises_derive_from_solutions_without_drift():
    assert build_all(ROOT, run=pytest.fail, check=True) == []


@of_every_lesson
def test_every_answer_is_dots_in_the_exercise_and_code_in_the_solution(lesson):
    starters = tagged(read("exercises", lesson), "exercise")
    answers = tagged(read("solutions", lesson), "solution")
    answers = [cell for cell in answers if cell.cell_type == "code"]
    assert len(starters) == len(answers) == len(SHEETS[lesson].questions)
    assert all(cell.source.endswith("\nanswer = ...") for cell in starters)
    assert all("\nanswer = " in f"\n{cell.source}" for cell in answers)
    assert not any("answer = ..." in cell.source for cell in answers)


@of_every_lesson
def test_no_solution_leaks_into_the_exercise(lesson):
    solution, stored = read("solutions", lesson), read("exercises", lesson)
    exercise_text = nbformat.writes(stored)
    assert '"solution"' not in exercise_text
    shown = "\n".join(c.source for c in solution.cells if c not in tagged(solution, "solution"))
    assert all(set(cell.metadata) == {"tags"} for cell in tagged(stored, "exercise"))
    for cell in tagged(solution, "solution"):
        answer = cell.source.partition(MARK)[2] if MARK in cell.source else cell.source
        for line in map(str.strip, answer.splitlines()):
            if len(line) > 15 and line not in shown:
                assert not any(line in c.source for c in stored.cells), line


@of_every_question
def test_an_untouched_exercise_tells_no_answer(lesson, question):
    assert told(question.expected(solane()), list(shown(read("exercises", lesson)))) == []


@of_every_question
def test_an_answer_that_an_exercise_shows_is_found(lesson, question):
    """So the law before it can be broken, by any kind of answer."""
    answer = question.expected(solane())
    output = new_output("execute_result", data={"text/plain": repr(answer)})
    open_book = nbformat.v4.new_notebook(cells=[new_code_cell("answer", outputs=[output])])
    assert told(answer, list(shown(open_book)))


@of_every_question
def test_every_named_mistake_gets_its_own_message(lesson, question):
    assert len(question.mistakes) >= 2
    for mistake in question.mistakes:
        feedback = getattr(exercise(lesson), question.name).check(mistake.compute(solane()))
        assert feedback.state == "named mistake"
        assert feedback.title == f"Not yet: {mistake.name}."
        assert feedback.text.startswith(mistake.why)


@of_every_question
def test_mistakes_are_told_apart(lesson, question):
    for one, other in combinations(question.mistakes, 2):
        assert (one.name, one.why) != (other.name, other.why)
        first, second = one.compute(solane()), other.compute(solane())
        if isinstance(question, Decision):
            assert not question.alike(first, second)
        else:
            assert question.compare(first, second)


@of_every_question
def test_a_right_answer_is_right_in_any_shape(lesson, question):
    value = question.expected(solane())
    for shape, answer in other_shapes(value, key=getattr(question, "key", ())).items():
        assert getattr(exercise(lesson), question.name).check(answer).state == "right", shape
