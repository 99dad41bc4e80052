"""The laws of the course, for every lesson and every question that there is."""

import re
from dataclasses import replace
from functools import cache
from itertools import combinations, product
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_output
from right_answers import other_shapes
from telling import shown, told

import mktlab
from mktlab.course import questions_of
from mktlab.course.build import MARK, build_all
from mktlab.course.catalogue import LESSONS, find
from mktlab.course.checking.answers import number_between
from mktlab.course.checking.decision import Decision

ROOT = Path(__file__).parents[2]
EXERCISES = [lesson.name for lesson in LESSONS if lesson.exercise]


def once(sheet):
    """The sheet, but it computes every answer and every mistake only once."""
    return replace(sheet, questions=tuple(map(computed_once, sheet.questions)))


def computed_once(question):
    mistakes = (replace(one, compute=cache(one.compute)) for one in question.mistakes)
    return replace(question, expected=cache(question.expected), mistakes=tuple(mistakes))


def right(question):
    """The right answer to a question about the published company, or the best choice."""
    expected = question.expected(solane())
    return expected if isinstance(question, Decision) else question.value(expected)


SHEETS = {lesson: once(questions_of(lesson)) for lesson in EXERCISES}
QUESTIONS = [
    pytest.param(lesson, question, id=f"{lesson}-{question.name}")
    for lesson, sheet in SHEETS.items()
    for question in sheet.questions
]


def mistaken(question, mistake):
    """What somebody hands in who makes this mistake on the tables of the published company."""
    value = mistake.compute(solane())
    return value if isinstance(question, Decision) else question.value(value)


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
    return notebook_at(ROOT / find(lesson).path(folder))


def tagged(notebook, tag):
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def checks(notebook):
    """Question -> the stored outputs of the cell that checks it."""
    found = {}
    for cell in notebook.cells:
        if check := re.fullmatch(r"ex\.(q(\d+))\.check\(answer_(\d+)\)", cell.source.strip()):
            assert check[1] not in found, f"ex.{check[1]} is checked twice: once is enough."
            assert check[2] == check[3], f"ex.{check[1]} checks answer_{check[3]}: give it its own."
            found[check[1]] = cell.outputs
    return found


@of_every_lesson
def test_a_lesson_has_questions_of_its_own(lesson):
    named = SHEETS[lesson].lesson
    assert named == lesson, f"lesson_{lesson[:2]}.py: write Sheet({lesson!r}), not {named!r}."


@of_every_lesson
def test_a_lesson_has_three_to_five_questions_and_a_decision(lesson):
    questions = SHEETS[lesson].questions
    assert [question.name for question in questions] == [f"q{n + 1}" for n in range(len(questions))]
    if find(lesson).part:  # the lesson on tools practices one-liners instead
        assert 3 <= len(questions) <= 5, f"{lesson} has {len(questions)} questions: make it 3 to 5."
        assert any(isinstance(question, Decision) for question in questions), (
            f"{lesson} asks for no decision: declare one with sheet.decision."
        )
    for words in (question.words for question in questions):
        assert words.ask, f"{lesson}: a question asks nothing; write its ask in the .toml."
        assert words.answer, f"{lesson}, {words.ask}: say the answer's name and shape."
        assert 1 <= len(words.hints) <= 2, f"{lesson}, {words.ask}: give one hint or two."


@of_every_lesson
def test_the_solution_is_right(lesson):
    told, asked = checks(read("solutions", lesson)), [q.name for q in SHEETS[lesson].questions]
    assert list(told) == asked, (
        f"the solution of {lesson} checks {list(told)}, and the questions are {asked}: give each a "
        "cell ex.q1.check(answer_1), in their order."
    )
    for name, (output,) in told.items():
        said = output.data["text/plain"].partition("\n")[0]
        assert said.startswith("Right"), f"{lesson}, {name}: the worked answer is told {said!r}."


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
    drifted = [path.name for path in build_all(ROOT, run=pytest.fail, check=True)]
    assert not drifted, f"{', '.join(drifted)}: out of date; to mend it: mktlab lesson build"


@of_every_lesson
def test_every_answer_is_dots_in_the_exercise_and_code_in_the_solution(lesson):
    starters = tagged(read("exercises", lesson), "exercise")
    answers = tagged(read("solutions", lesson), "solution")
    answers = [cell for cell in answers if cell.cell_type == "code"]
    assert len(starters) == len(answers) == len(SHEETS[lesson].questions), (
        f"{lesson}: {len(SHEETS[lesson].questions)} questions, and {len(answers)} code cells "
        "tagged solution: each question has one."
    )
    for number, (starter, answer) in enumerate(zip(starters, answers, strict=True), start=1):
        assert starter.source.endswith(f"{MARK}\nanswer_{number} = ...")
        assert f"\nanswer_{number} = " in f"\n{answer.source}", (
            f"{lesson}: worked answer {number} begins a line with answer_{number} = ..."
        )
        assert "= ..." not in answer.source, f"{lesson}: worked answer {number} is still dots."


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
                assert not any(line in c.source for c in stored.cells), (
                    f"{lesson}: the exercise shows a line of its solution, {line!r}; put it below "
                    "# Your code here. in the one cell, or above it in both."
                )


@of_every_question
def test_an_untouched_exercise_tells_no_answer(lesson, question):
    open_book = told(right(question), list(shown(read("exercises", lesson))))
    assert not open_book, f"the exercise {lesson} tells the answer of {question.name}: {open_book}"


@of_every_question
def test_an_answer_that_an_exercise_shows_is_found(lesson, question):
    """So the law before it can be broken, by any kind of answer."""
    answer = right(question)
    output = new_output("execute_result", data={"text/plain": repr(answer)})
    open_book = nbformat.v4.new_notebook(cells=[new_code_cell("answer", outputs=[output])])
    assert told(answer, list(shown(open_book)))


@of_every_question
def test_every_named_mistake_gets_its_own_message(lesson, question):
    where = f"{lesson}, {question.name}"
    assert len(question.mistakes) >= 2, f"{where} names too few mistakes: two that people make."
    asked = getattr(exercise(lesson), question.name)
    for mistake in question.mistakes:
        feedback = asked.check(mistaken(question, mistake))
        assert feedback.state == "named mistake", (
            f"{where}: the mistake {mistake.name!r} is told {feedback.title!r}; it must differ "
            "from the right answer by more than the tolerance."
        )
        assert feedback.title == f"A mistake: {asked.filled(mistake.name)}."
        assert feedback.text.startswith(asked.filled(mistake.why))


@of_every_question
def test_what_else_a_mistake_leads_to_is_never_right(lesson, question):
    asked = getattr(exercise(lesson), question.name)
    for mistake in question.mistakes:
        for listed in mistake.also:
            states = [asked.check(value).state for value in listed(solane())]
            assert set(states) == {"named mistake"}, (mistake.name, states)


@of_every_question
def test_mistakes_are_told_apart(lesson, question):
    for one, other in combinations(question.mistakes, 2):
        assert (one.name, one.why) != (other.name, other.why)
        first, second = mistaken(question, one), mistaken(question, other)
        if isinstance(question, Decision):
            apart = not question.alike(first, second)
        else:
            apart = question.compare(first, second)
        assert apart, (
            f"{lesson}, {question.name}: {one.name!r} and {other.name!r} lead to the same answer; "
            "name one of them."
        )


@of_every_question
def test_a_right_answer_is_right_in_any_shape(lesson, question):
    value = right(question)
    for shape, answer in other_shapes(value, key=getattr(question, "key", ())).items():
        assert getattr(exercise(lesson), question.name).check(answer).state == "right", shape


def right_but_rounded(value):
    """The right answer with fewer and fewer digits, as long as one is left that is right."""
    numbers = value.select_dtypes("number") if isinstance(value, pd.DataFrame) else value
    size = np.abs(np.asarray(numbers, dtype=float))
    for digits in range(5):
        with np.errstate(all="ignore"):
            off = np.abs(np.asarray(numbers, dtype=float).round(digits) - numbers) / size
        if np.nanmedian(off) < 0.3:
            yield value.round(digits) if isinstance(value, pd.DataFrame) else round(value, digits)


@of_every_lesson
def test_a_right_answer_with_too_few_digits_is_right_so_far(lesson):
    states = []
    for question in SHEETS[lesson].questions:
        value = right(question)
        if not isinstance(question, Decision) and isinstance(
            value, float | pd.Series | pd.DataFrame
        ):
            asked = getattr(exercise(lesson), question.name)
            states += [asked.check(answer).state for answer in right_but_rounded(value)]
    assert states
    assert set(states) <= {"right", "right so far"}


def slips_of(question, value):
    """Every slip that can happen to this answer -> what a person then hands in."""
    if isinstance(question, Decision):
        return {}
    if isinstance(value, set | frozenset):
        return {"These are row numbers": list(range(len(value)))}
    slips = {"thousand": 1000 * value} if isinstance(value, float) else {}
    if isinstance(value, pd.Series):
        slips["the sign is wrong"] = -value
    if isinstance(value, float) and question.part != "low":
        slips["sign"] = -value
    if isinstance(value, pd.DataFrame):
        slips["all 1 smaller"] = value.assign(recency_days=value["recency_days"] - 1)
        slips["all 0.5 larger"] = value.assign(monetary=value["monetary"] + 0.5)
    if question.share:
        slips["percent for a fraction"] = 100 * value
        slips["percent for a fraction."] = round(100 * value)
    elif isinstance(value, float):
        slips["hundredth" if not question.percent else "a fraction for percent"] = value / 100
    return slips


@of_every_question
def test_slips_that_happen_to_every_answer_are_named(lesson, question):
    asked = getattr(exercise(lesson), question.name)
    for slip, answer in slips_of(question, right(question)).items():
        feedback = asked.check(answer)
        assert slip.rstrip(".") in repr(feedback), (slip, feedback)


@of_every_lesson
def test_an_answer_given_at_another_question_is_told_so(lesson):
    ex = SHEETS[lesson].bind(solane())
    answers = {q.name: right(q) for q in SHEETS[lesson].questions if not isinstance(q, Decision)}
    for name, answer in answers.items():
        assert getattr(ex, name).check(answer).state == "right"
    for name, other in product(ex.questions, answers):
        if name != other:
            asked = ex.questions[name]
            feedback = asked.check(answers[other])
            number = other.removeprefix("q")
            as_number = isinstance(answers[other], float) and isinstance(asked.question, Decision)
            mistakes = {f"A mistake: {asked.filled(one.name)}." for one in asked.question.mistakes}
            told = f"your answer to question {number}" in feedback.title
            assert told or as_number or feedback.title in mistakes, (name, other)


def guesses(question):
    """What somebody hands in who has understood nothing: what is declared, and round numbers."""
    made = dict(question.guesses(solane()) if question.guesses else {})
    known = question.choices(solane())
    if question.reads is number_between:
        low, high = known
        step = 1 if high - low <= 20 else 5
        made |= {str(n): float(n) for n in np.arange(np.ceil(low / step) * step, high + 1e-9, step)}
    return made


@of_every_lesson
def test_a_decision_cannot_be_guessed(lesson):
    passed = []
    for question in SHEETS[lesson].questions:
        if isinstance(question, Decision):
            asked = getattr(SHEETS[lesson].bind(solane()), question.name)
            passed += [k for k, v in guesses(question).items() if asked.check(v).state == "right"]
    assert not passed, (
        f"{lesson}: whoever guesses {passed} has decided well; ask for more (good_enough), or for "
        "a decision that no round number meets."
    )


def test_lesson_11_says_what_every_right_answer_means():
    for question in SHEETS["11_rfm"].questions:
        feedback = getattr(exercise("11_rfm"), question.name).check(right(question))
        assert question.words.matters
        assert "Monday" in feedback.text
