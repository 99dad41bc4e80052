"""An exercise is its solution without the answers, and says so when it is not."""

import copy
import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from mktlab import MktlabError
from mktlab.course.build import build_all, derive, starter
from mktlab.notebooks import execute

SECRET = "the_secret_way_to_the_answer"


def _solution():
    """A solution whose every corner holds the secret."""
    cells = [
        new_markdown_cell("# 99 · Toy", id="title"),
        new_code_cell('SOURCE = "solane"', id="source", metadata={"tags": ["parameters"]}),
        new_code_cell(
            f"first = 3\n# Your code here.\n{SECRET} = first + 1\nanswer_1 = {SECRET}",
            id="q1-answer",
            metadata={"tags": ["solution", "nbval-skip"], "note": SECRET},
        ),
        new_code_cell("answer_1", id="q1-check"),
        new_markdown_cell(f"Because of {SECRET}.", id="q1-why", metadata={"tags": ["solution"]}),
        new_code_cell(f"answer_2 = {SECRET} = 5", id="q2-answer", metadata={"tags": ["solution"]}),
    ]
    for number, cell in enumerate((c for c in cells if c.cell_type == "code"), start=1):
        cell.execution_count = number
        cell.outputs = [nbformat.v4.new_output("stream", text=SECRET)]
    cells[3].metadata["execution"] = {"iopub.status.busy": "2025-01-31"}
    return new_notebook(cells=cells, metadata={"notes": SECRET, "widgets": {"state": SECRET}})


@pytest.fixture
def course(tmp_path):
    """A course of one lesson; its folder holds solutions/ only."""
    folder = tmp_path / "solutions" / "9_toys"
    folder.mkdir(parents=True)
    nbformat.write(_solution(), folder / "99_toy_solution.ipynb")
    return tmp_path


class Runs(list):
    """Stands in for running a notebook: the list of those that were run."""

    def __call__(self, path):
        self.append(path)
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(code, start=1):
            cell.execution_count = number
        nbformat.write(notebook, path)


@pytest.fixture
def runs():
    return Runs()


def test_a_solution_cell_becomes_a_starter_that_ends_in_dots():
    assert starter("answer_1 = 1") == "# Your code here.\nanswer_1 = ..."
    assert starter("a = 1\n\n# Your code here.\nb = a\nanswer_12 = b") == (
        "a = 1\n\n# Your code here.\nanswer_12 = ..."
    )
    assert starter("s = '# Your code here.'\nanswer_2 = s") == "# Your code here.\nanswer_2 = ..."
    assert starter("answer_3 = 1\nanswer_3 == 2") == "# Your code here.\nanswer_3 = ..."


@pytest.mark.parametrize("source", ["", "answer = 1", "answer_1 = 1\n# Your code here.\nb = 2"])
def test_a_solution_cell_without_an_answer_is_told_in_a_sentence(source):
    with pytest.raises(
        MktlabError, match=r"gives no answer: .* add a line `answer_1 = \.\.\.`, with"
    ):
        starter(source)


def test_nothing_of_a_solution_is_left_in_its_exercise():
    exercise = derive(_solution())
    assert SECRET not in json.dumps(exercise)
    assert "solution" not in json.dumps(exercise)


def test_everything_but_the_answers_stays():
    solution = _solution()
    exercise = {cell.id: cell for cell in derive(solution).cells}
    assert list(exercise) == ["title", "source", "q1-answer", "q1-check", "q2-answer"]
    for cell in solution.cells:
        if "solution" not in cell.metadata.get("tags", []):
            assert exercise[cell.id].source == cell.source
            assert exercise[cell.id].metadata.get("tags") == cell.metadata.get("tags")
    assert exercise["q1-answer"].metadata == {"tags": ["exercise", "nbval-skip"]}
    assert exercise["q1-answer"].source == "first = 3\n# Your code here.\nanswer_1 = ..."


def test_deriving_leaves_the_solution_alone_and_makes_a_valid_notebook():
    solution = _solution()
    before = copy.deepcopy(solution)
    nbformat.validate(derive(solution))
    assert solution == before


def test_a_second_build_has_nothing_to_do(course, runs):
    exercise = course / "exercises" / "9_toys" / "99_toy_exercise.ipynb"
    assert build_all(course, run=runs) == [exercise] == runs
    assert build_all(course, run=runs) == []
    assert build_all(course, run=runs, check=True) == []
    assert runs == [exercise]


def test_a_check_tells_what_is_out_of_date_and_writes_nothing(course, runs):
    exercise = course / "exercises" / "9_toys" / "99_toy_exercise.ipynb"
    assert build_all(course, run=runs, check=True) == [exercise]
    assert not exercise.exists()
    build_all(course, run=runs)
    before = exercise.read_bytes()
    path = course / "solutions" / "9_toys" / "99_toy_solution.ipynb"
    path.write_text(path.read_text().replace("99 · Toy", "99 · Toys"))
    assert build_all(course, run=runs, check=True) == [exercise]
    assert exercise.read_bytes() == before
    assert build_all(course, run=runs) == [exercise]
    assert "99 · Toys" in exercise.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "edit",
    [
        lambda notebook: notebook.cells[0].update(source="by hand"),
        lambda notebook: notebook.cells[1].update(id="another"),
        lambda notebook: notebook.cells[2].metadata.update(tags=["exercise"]),
        lambda notebook: notebook.metadata.update(kernelspec={"name": "x", "display_name": "x"}),
        lambda notebook: notebook.cells.pop(),
        lambda notebook: notebook.cells[3].update(execution_count=None),
    ],
    ids=["source", "id", "tags", "kernel", "cell", "never run"],
)
def test_an_exercise_edited_by_hand_is_drift(course, runs, edit):
    (exercise,) = build_all(course, run=runs)
    notebook = nbformat.read(exercise, as_version=4)
    edit(notebook)
    nbformat.write(notebook, exercise)
    assert build_all(course, run=runs, check=True) == [exercise]


def test_new_words_alone_do_not_run_an_exercise_again(course, runs):
    (exercise,) = build_all(course, run=runs)
    notebook = nbformat.read(exercise, as_version=4)
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="kept")]
    nbformat.write(notebook, exercise)
    path = course / "solutions" / "9_toys" / "99_toy_solution.ipynb"
    path.write_text(path.read_text().replace("99 · Toy", "99 · Toys"))
    assert build_all(course, run=lambda path: pytest.fail("it ran again")) == [exercise]
    told = exercise.read_text(encoding="utf-8")
    assert "99 · Toys" in told
    assert "kept" in told


def test_outputs_are_not_drift(course, runs):
    (exercise,) = build_all(course, run=runs)
    notebook = nbformat.read(exercise, as_version=4)
    notebook.cells[3].outputs = [nbformat.v4.new_output("stream", text="other")]
    nbformat.write(notebook, exercise)
    assert build_all(course, run=runs, check=True) == []


def test_an_exercise_without_its_solution_is_deleted(course, runs):
    (exercise,) = build_all(course, run=runs)
    (course / "solutions" / "9_toys" / "99_toy_solution.ipynb").unlink()
    assert build_all(course, run=runs, check=True) == [exercise]
    assert exercise.exists()
    assert build_all(course, run=runs) == [exercise]
    assert not exercise.exists()


def test_a_folder_that_is_no_course_is_left_alone(tmp_path):
    stray = tmp_path / "exercises" / "mine.ipynb"
    stray.parent.mkdir()
    stray.write_text("mine")
    with pytest.raises(MktlabError, match="There is no folder solutions in"):
        build_all(tmp_path, run=execute)
    assert stray.read_text() == "mine"


def test_checkpoints_of_jupyter_are_no_notebooks(course, runs):
    checkpoint = course / "solutions" / "9_toys" / ".ipynb_checkpoints" / "99_toy_solution.ipynb"
    checkpoint.parent.mkdir()
    checkpoint.write_text("{}")
    assert len(build_all(course, run=runs)) == 1


def test_a_broken_solution_is_told_in_a_sentence(course):
    (course / "solutions" / "9_toys" / "99_toy_solution.ipynb").write_text("{")
    with pytest.raises(
        MktlabError, match=r"99_toy_solution\.ipynb is no notebook that Jupyter can read"
    ):
        build_all(course, run=execute)


def test_an_exercise_that_does_not_run_leaves_the_one_before_it(course, runs):
    (exercise,) = build_all(course, run=runs)
    before = exercise.read_bytes()
    path = course / "solutions" / "9_toys" / "99_toy_solution.ipynb"
    path.write_text(path.read_text().replace("first = 3", "first = 4"))

    def fail(path):
        raise MktlabError("cell [2]: it fails")

    with pytest.raises(MktlabError, match="it fails"):
        build_all(course, run=fail)
    assert exercise.read_bytes() == before
    exercise.unlink()
    with pytest.raises(MktlabError, match="it fails"):
        build_all(course, run=fail)
    assert not exercise.exists()


def test_a_built_exercise_has_run_from_a_fresh_kernel(course):
    (exercise,) = build_all(course, run=execute)
    code = [c for c in nbformat.read(exercise, as_version=4).cells if c.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
    assert code[2].outputs[0].data["text/plain"] == "Ellipsis"
    assert build_all(course, run=execute, check=True) == []
