"""The laws of the course, for every lesson and every question that there is."""

import importlib
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

import mktlab
from mktlab.exercises import EXERCISES
from mktlab.exercises.build import build_all
from mktlab.exercises.question import Decision, Question
from mktlab.tables import LESSONS

ROOT = Path(__file__).parents[1]
QUESTIONS = [
    pytest.param(lesson, question, id=f"{lesson}-{question.name}")
    for lesson, module in EXERCISES.items()
    for question in importlib.import_module(module).SHEET.questions
]
NOTEBOOKS = sorted(
    path
    for folder in ("notebooks", "exercises", "solutions")
    for path in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)


@pytest.fixture(scope="module")
def company() -> mktlab.Company:
    return mktlab.load("solane")


def bound(lesson: str, name: str, company: mktlab.Company) -> Any:
    return getattr(importlib.import_module(EXERCISES[lesson]).SHEET.bind(company), name)


def read(folder: str, lesson: str) -> nbformat.NotebookNode:
    (path,) = (ROOT / folder).rglob(f"{lesson}.ipynb")
    return nbformat.read(path, as_version=4)


def checks(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What each check cell of a stored notebook says."""
    return {
        cell.source.partition(".check(")[0].removeprefix("ex."): cell.outputs[0].data["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.source.startswith("ex.") and ".check(" in cell.source
    }


def questions_of(lesson: str) -> tuple[Question | Decision, ...]:
    sheet = importlib.import_module(EXERCISES[lesson]).SHEET
    assert sheet.lesson == lesson
    return tuple(sheet.questions)


@pytest.mark.parametrize("lesson", EXERCISES)
def test_every_solution_is_right(lesson: str) -> None:
    told = checks(read("solutions", lesson))
    assert list(told) == [question.name for question in questions_of(lesson)]
    assert all(words.startswith("Right") for words in told.values())


@pytest.mark.parametrize("lesson", EXERCISES)
def test_every_untouched_exercise_says_not_attempted(lesson: str) -> None:
    told = checks(read("exercises", lesson))
    assert list(told) == [question.name for question in questions_of(lesson)]
    assert all("not attempted yet" in words for words in told.values())


def test_exercises_derive_from_solutions() -> None:
    assert build_all(ROOT, check=True) == []


@pytest.mark.parametrize("lesson", EXERCISES)
def test_no_solution_leaks_into_an_exercise(lesson: str) -> None:
    exercise = nbformat.writes(read("exercises", lesson))
    assert '"solution"' not in exercise
    kept = {line for c in read("exercises", lesson).cells for line in c.source.splitlines()}
    for cell in read("solutions", lesson).cells:
        if "solution" in cell.metadata.get("tags", []):
            answer = cell.source.partition("# Your code here.")[2]
            assert not {line for line in answer.splitlines() if len(line) > 15} & kept


@pytest.mark.parametrize("lesson", EXERCISES)
def test_every_lesson_has_three_to_five_questions_and_a_decision(lesson: str) -> None:
    questions = questions_of(lesson)
    assert 3 <= len(questions) <= 5
    assert any(isinstance(question, Decision) for question in questions)
    assert all(len(question.mistakes) >= 2 for question in questions)
    assert all(question.hint and question.answer for question in questions)


@pytest.mark.parametrize(("lesson", "question"), QUESTIONS)
def test_every_named_mistake_gets_its_own_message(
    lesson: str, question: Question | Decision, company: mktlab.Company
) -> None:
    asked = bound(lesson, question.name, company)
    for mistake, value in zip(question.mistakes, asked.mistaken, strict=True):
        feedback = asked.check(value)
        assert feedback.state == "named mistake"
        assert mistake.name in feedback.title
        assert mistake.why in feedback.text


@pytest.mark.parametrize(("lesson", "question"), QUESTIONS)
def test_a_right_answer_in_another_shape_is_right(
    lesson: str, question: Question | Decision, company: mktlab.Company
) -> None:
    asked = bound(lesson, question.name, company)
    shapes = list(other_shapes(asked.expected, question))
    assert len(shapes) >= 2
    for shape in shapes:
        assert asked.check(shape).state == "right"


def other_shapes(expected: Any, question: Question | Decision) -> list[Any]:
    if isinstance(expected, pd.Series):
        frame = expected.to_frame()
        return [frame, frame.reset_index(), expected[::-1], expected.round(3)]
    if isinstance(expected, pd.DataFrame):
        key = list(question.key) if isinstance(question, Question) else []
        mixed = expected.sample(frac=1, random_state=0)
        numbers = mixed.select_dtypes("number").columns
        return [
            mixed,
            mixed[mixed.columns[::-1]],
            mixed.set_index(key),
            mixed.astype(dict.fromkeys(numbers, float)).round(2),
        ]
    if isinstance(expected, set):
        return [sorted(expected), tuple(expected), pd.Series(sorted(expected)), pd.Index(expected)]
    return [expected, round(expected, 3), pd.Series([expected])]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_notebooks_are_stored_executed_in_order_and_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert outputs
    for output in outputs:
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        assert "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
        if "image/png" in output.get("data", {}):
            assert output.metadata["image/png"]["alt"]
    assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_cells_are_short_and_take_no_shortcuts(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= 15, cell.source
            for shortcut in ("sys.path", "%pip", "!pip", "filterwarnings", "inplace=True"):
                assert shortcut not in cell.source


def test_every_lesson_is_known_and_has_its_place() -> None:
    lessons = {path.stem: path for path in NOTEBOOKS if "notebooks" in path.parts}
    assert set(lessons) == set(LESSONS)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in lessons.values():
        assert str(path.relative_to(ROOT).as_posix()) in readme


def test_the_lesson_says_what_it_needs_and_how_long_it_takes() -> None:
    for path in NOTEBOOKS:
        opening = nbformat.read(path, as_version=4).cells[0].source
        assert opening.startswith("# ")
        assert "**Tables:**" in opening
        assert "**Time:**" in opening
