"""Copies to work in: whole, linked, never written over; and how far their owner is."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

import mktlab
from mktlab import cli
from mktlab.course.catalogue import LESSONS, find
from mktlab.course.checking.feedback import Feedback
from mktlab.course.stored import notebooks_in, read
from mktlab.notebooks.progress import progress, states
from mktlab.notebooks.work import copy_lesson
from mktlab.schema import MktlabError

ROOT = Path(__file__).parents[2]
LESSON, OTHER = find(11), find(41)
WITH_EXERCISE = [lesson for lesson in LESSONS if lesson.exercise]


def answered(*outputs: object) -> nbformat.NotebookNode:
    """An exercise whose checks, one a question, gave these outputs; None is a check never run."""
    v4 = nbformat.v4
    cells = [v4.new_code_cell('SOURCE = "solane"\nLEARNER = ""', metadata={"tags": ["parameters"]})]
    for number, output in enumerate(outputs, 1):
        told = [] if output is None else [{"text/plain": repr(output), "text/html": "<b>Right</b>"}]
        told = [v4.new_output("execute_result", data) for data in told]
        cells.append(v4.new_code_cell(f"ex.q{number}.check(answer_{number})", outputs=told))
    return v4.new_notebook(cells=cells)


def link(at: Path, to: Path) -> str:
    return Path(os.path.relpath(to, at.parent)).as_posix()


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two lessons that lead to their exercises and to each other."""
    root = tmp_path / "course"
    for lesson, next_one in ((LESSON, OTHER), (OTHER, LESSON)):
        for folder in ("notebooks", "exercises"):
            path = root / lesson.path(folder)
            others = [lesson.path("notebooks"), lesson.path("exercises"), next_one.path()]
            text = " ".join(f"[{to}]({link(path, root / to)})" for to in others)
            notebook = answered(None, Feedback("not attempted", "q2: not attempted yet."))
            notebook.cells.append(nbformat.v4.new_markdown_cell(text))
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, path)
    monkeypatch.chdir(root)
    return root


def links(path: Path) -> list[Path]:
    text = "".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    return [(path.parent / to).resolve() for to in re.findall(r"\]\((.*?)\)", text)]


def test_a_copy_leads_to_copies_where_there_are_and_else_to_the_course(course: Path) -> None:
    for copy in copy_lesson(LESSON, course):
        assert links(copy.path) == [
            course / "my_work" / LESSON.path(),
            course / "my_work" / LESSON.path("exercises"),
            course / OTHER.path(),
        ]
    for copy in copy_lesson(OTHER, course):
        assert links(copy.path)[2] == course / "my_work" / LESSON.path()


def test_a_copy_of_the_real_course_has_no_dead_link(tmp_path: Path) -> None:
    for lesson in LESSONS:
        for folder in ("notebooks", "exercises")[: 2 if lesson.exercise else 1]:
            path = tmp_path / lesson.path(folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((ROOT / lesson.path(folder)).read_bytes())
    for lesson in LESSONS:
        for copy in copy_lesson(lesson, tmp_path):
            found = [path for path in links(copy.path) if path.suffix == ".ipynb"]
            assert found
            assert [path for path in found if not path.is_file()] == []


def test_what_is_there_already_stays_and_a_newer_course_is_told(course: Path) -> None:
    mine = [copy.path for copy in copy_lesson(LESSON, course)]
    mine[1].write_text(mine[1].read_text().replace("answer_1", "my_own_answer"))
    before = [path.read_bytes() for path in mine]
    assert [copy[1:] for copy in copy_lesson(LESSON, course)] == [(False, False)] * 2
    source = course / LESSON.path("exercises")
    source.write_text(source.read_text().replace("answer_1", "answer_one"))
    assert [copy[1:] for copy in copy_lesson(LESSON, course)] == [(False, False), (False, True)]
    fresh = copy_lesson(LESSON, course, again=True)
    assert [path.read_bytes() for path in mine] == before
    assert [copy.path for copy in fresh] == [path.with_stem(path.stem + "_2") for path in mine]
    assert links(fresh[0].path)[:2] == [copy.path for copy in fresh]
    third = copy_lesson(LESSON, course, again=True)
    assert third[0].path.stem.endswith("_3")


def test_a_learner_is_named_and_nothing_of_the_published_world_is_left(course: Path) -> None:
    for copy in copy_lesson(LESSON, course, learner='Léa "O\'Brien"\\'):
        code = [cell for cell in read(copy.path).cells if cell.cell_type == "code"]
        given: dict[str, str] = {}
        exec(code[0].source, given)
        assert given["LEARNER"] == 'Léa "O\'Brien"\\'
        assert not any(cell.outputs or cell.execution_count for cell in code)
    assert not any(copy.newer for copy in copy_lesson(LESSON, course))
    assert copy_lesson(OTHER, course)[0].made
    assert read(course / "my_work" / OTHER.path()).cells[2].outputs


def test_a_name_that_is_none_or_a_place_that_is_taken_ends_in_one_sentence(course: Path) -> None:
    with pytest.raises(MktlabError, match="learner must be a name"):
        copy_lesson(LESSON, course, learner="  ")
    exercise = course / LESSON.path("exercises")
    exercise.write_text(exercise.read_text().replace("LEARNER", "NOBODY"))
    with pytest.raises(MktlabError, match='has no line LEARNER = "" in a cell tagged'):
        copy_lesson(LESSON, course, learner="Ada")
    assert not (course / "my_work").exists()
    (course / "my_work").write_text("a diary")
    with pytest.raises(MktlabError, match="cannot be made") as problem:
        copy_lesson(LESSON, course)
    assert "\n" not in str(problem.value)


def test_the_command_says_what_it_did_and_how_to_open_it(course: Path) -> None:
    run = CliRunner().invoke
    first = run(cli.app, ["work", "11"]).output.splitlines()
    mine = Path("my_work") / LESSON.path()
    assert first[0] == f"Wrote {mine}"
    assert f"mktlab lab {mine}" in first[-1]
    second = run(cli.app, ["work", "11_rfm", "--learner", "Ada"]).output
    assert f"{mine} is there already, and stays as it is." in second
    assert "For copies in the world of Ada, add --again." in second
    wrong = run(cli.app, ["work", "99"])
    assert wrong.exit_code == 2
    assert "There is no lesson '99'" in wrong.stderr


def test_the_command_is_named_so_that_the_terminal_at_hand_finds_it(course, monkeypatch):
    folder = course / ".venv" / "bin"
    monkeypatch.chdir(course)
    monkeypatch.setattr("sys.executable", str(folder / "python"))
    monkeypatch.setenv("PATH", "")
    told = CliRunner().invoke(cli.app, ["work", "11"]).output
    assert f"To open it: {Path('.venv', 'bin', 'mktlab')} lab my_work" in told
    folder.mkdir(parents=True)
    (folder / "mktlab").touch(mode=0o755)
    monkeypatch.setenv("PATH", str(folder))
    told = CliRunner().invoke(cli.app, ["work", "11"], env={"PATHEXT": ""}).output
    assert "To open it: mktlab lab my_work" in told


def test_every_notebook_of_the_course_plays_in_the_world_of_its_learner() -> None:
    for folder in ("notebooks", "exercises", "solutions"):
        found = notebooks_in(ROOT / folder)
        assert found
        for path in found:
            code = [cell for cell in read(path).cells if cell.cell_type == "code"]
            given = [c.source for c in code if "parameters" in c.metadata.get("tags", [])]
            assert given == ['SOURCE = "solane"\nLEARNER = ""'], path
            text = "\n".join(cell.source for cell in code)
            assert text.count("mktlab.load(SOURCE, learner=LEARNER)") == 1, path
            assert text.count("LEARNER") == 2, path


@pytest.mark.parametrize("lesson", WITH_EXERCISE, ids=lambda lesson: lesson.name)
def test_stored_notebooks_say_how_far_they_are(lesson) -> None:
    assert {*states(read(ROOT / lesson.path("solutions"))).values()} == {"right"}
    asked = states(read(ROOT / lesson.path("exercises")))
    assert len(asked) >= 3
    assert {*asked.values()} == {"not attempted"}


def test_what_a_real_check_says_is_read() -> None:
    ex = mktlab.exercise(11, mktlab.load("solane"))
    told = [ex.q1.check("a lot"), ex.q2.check(None), ex.q3.check(), None, ex.q2.hint()]
    assert [*states(answered(*told)).values()] == ["not yet"] * 2 + ["not attempted"] * 3
    titles = {
        "right": "Right: a good decision.",
        "right so far": "Right so far, but rounded.",
        "not yet": "A mistake: percent for a fraction.",
        "cannot be checked": "q4 cannot be checked on these tables.",
    }
    told = [Feedback("right", title, "Right. Not yet") for title in titles.values()]
    assert [*states(answered(*told)).values()] == [*titles]


def test_progress_counts_a_question_at_its_best_and_passes_what_is_damaged(course: Path) -> None:
    right, wrong = Feedback("right", "Right."), Feedback("not yet", "Not yet.")
    for again, told in ((False, [right, None]), (True, [wrong, wrong])):
        exercise = copy_lesson(LESSON, course, again=again)[1].path
        nbformat.write(answered(*told), exercise)
    damaged = copy_lesson(OTHER, course)[1].path
    damaged.write_text("{")
    (damaged.with_stem(damaged.stem + "_2")).mkdir()
    found = {exercise.lesson: exercise for exercise in progress(course)}
    assert [*found] == [lesson for lesson in mktlab.course.catalogue.course() if lesson.exercise]
    assert str(found[LESSON]) == "11_rfm          1 of 2 right: q1 right, q2 not yet"
    assert found[OTHER].states == {"q1": "not attempted", "q2": "not attempted"}
    assert len(found[OTHER].problems) == 2
    assert "no notebook that Jupyter can read" in found[OTHER].problems[0]
    absent = found[find(23)]
    assert absent.states == {}
    assert "There is no notebook" in str(absent)
    shown = CliRunner().invoke(cli.app, ["progress"])
    assert shown.exit_code == 0
    assert "1 of 2 right: q1 right, q2 not yet" in shown.output
