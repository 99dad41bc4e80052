"""Exercises are derived from solutions: nothing of the answer is left in them."""

from pathlib import Path

import nbformat
import pytest

from mktlab.exercises.build import build_all, derive, starter


def notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


def solution_cell(source: str) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output("stream", name="stdout", text="the secret is 42")
    metadata = {"tags": ["solution"], "note": "secret"}
    return nbformat.v4.new_code_cell(
        source, id="the-cell", metadata=metadata, outputs=[output], execution_count=3
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    source = tmp_path / "solutions" / "1_part" / "99_toy.ipynb"
    source.parent.mkdir(parents=True)
    cells = [
        nbformat.v4.new_markdown_cell("# Toy", id="title"),
        solution_cell("base = 40\n# Your code here.\nanswer = base + 2"),
        nbformat.v4.new_code_cell("print(answer)", id="check"),
    ]
    nbformat.write(notebook(*cells), source)
    return tmp_path


def test_what_stands_above_the_line_stays() -> None:
    assert starter("a = 1\n# Your code here.\nanswer = a") == (
        "a = 1\n# Your code here.\nanswer = ..."
    )


def test_without_the_line_nothing_stays() -> None:
    assert starter("answer = secret()") == "# Your code here.\nanswer = ..."


def test_nothing_of_a_solution_cell_leaks() -> None:
    exercise = derive(notebook(solution_cell("# Your code here.\nanswer = 42")))
    (cell,) = exercise.cells
    assert cell.id == "the-cell"
    assert cell.metadata == {"tags": ["exercise"]}
    assert cell.execution_count is None
    assert not any(secret in nbformat.writes(exercise) for secret in ("42", "secret", "solution"))


def test_build_derives_executes_and_then_has_nothing_to_do(project: Path) -> None:
    target = project / "exercises" / "1_part" / "99_toy.ipynb"
    assert build_all(project, check=True) == [target]
    assert not target.exists()
    assert build_all(project) == [target]
    stored = nbformat.read(target, as_version=4)
    assert stored.cells[2].outputs[0].text == "Ellipsis\n"
    assert build_all(project) == build_all(project, check=True) == []


def test_a_change_by_hand_is_drift(project: Path) -> None:
    (target,) = build_all(project)
    stored = nbformat.read(target, as_version=4)
    stored.cells[0].source = "# Another title"
    nbformat.write(stored, target)
    assert build_all(project, check=True) == [target]
    build_all(project)
    assert nbformat.read(target, as_version=4).cells[0].source == "# Toy"


def test_an_exercise_without_a_solution_goes(project: Path) -> None:
    orphan = project / "exercises" / "98_gone.ipynb"
    orphan.parent.mkdir()
    nbformat.write(notebook(), orphan)
    assert orphan in build_all(project)
    assert not orphan.exists()
