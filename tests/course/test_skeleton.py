"""A new lesson begins as a skeleton: complete, marked where to fill it in, and nobody's loss."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mktlab import MktlabError, cli
from mktlab.course.skeleton import write
from mktlab.course.stored import read

COURSE = Path("src", "mktlab", "course")


@pytest.fixture
def course(tmp_path):
    """A checkout that holds the catalogue alone."""
    (tmp_path / COURSE).mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(Path(cli.__file__).parent / "course" / "lessons.toml", tmp_path / COURSE)
    return tmp_path


def test_a_skeleton_has_every_part_of_a_lesson(course):
    catalogue, lesson, solution, *questions = write(course, "19_haggling")
    rows = tomllib.loads(catalogue.read_text(encoding="utf-8"))
    assert list(rows) == sorted(rows)
    assert rows["19_haggling"]["part"] == "1_segmentation"
    assert [path.name for path in questions] == ["lesson_19.py", "lesson_19.toml"]
    headings = [cell.source.partition("\n")[0] for cell in read(lesson).cells]
    for part in ("A first look", "The naive answer", "The method", "The truth", "Your data"):
        assert f"## {part}" in headings
    assert headings[0].startswith("# 19 · Haggling")
    assert sum(cell.source.startswith("ex.q") for cell in read(solution).cells) == 3
    for path in (catalogue, lesson, solution, *questions):
        assert "TODO" in path.read_text(encoding="utf-8"), path.name


def test_nothing_is_overwritten(course):
    write(course, "19_haggling")
    catalogue = course / COURSE / "lessons.toml"
    before = catalogue.read_bytes()
    with pytest.raises(MktlabError, match=r"19_haggling\.ipynb is there already, and nothing is"):
        write(course, "19_haggling")
    assert catalogue.read_bytes() == before


@pytest.mark.parametrize("name", ["cohorts", "12", "12-cohorts", "12_", "72_space", "1_x", "12_A"])
def test_a_name_that_is_none_is_told_in_a_sentence(course, name):
    told = "is called by its number and a name, such as 17_message"
    with pytest.raises(MktlabError, match=told):
        write(course, name)
    assert not list(course.rglob("*.ipynb"))


def test_a_number_that_is_taken_is_told_in_a_sentence(course):
    with pytest.raises(MktlabError, match="11 is taken by 11_rfm: choose another number"):
        write(course, "11_cohorts")


def test_outside_a_checkout_nothing_is_written(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(cli.app, ["lesson", "new", "19_haggling"])
    assert told.exit_code == 2
    assert "a lesson is written in a checkout of the course" in told.stderr
    assert not list(tmp_path.rglob("*.ipynb"))


@pytest.mark.slow
def test_a_skeleton_runs_as_it_stands_and_only_its_todos_are_left(tmp_path):
    course = tmp_path / "course"
    left = shutil.ignore_patterns(".git", ".venv*", ".*_cache", "__pycache__")
    shutil.copytree(Path(__file__).parents[2], course, ignore=left)
    start = f"import sys; sys.path.insert(0, {str(course / 'src')!r}); from mktlab.cli import app; "

    def mktlab(*words):
        command = [sys.executable, "-c", f"{start}app({list(words)})"]
        environment = os.environ | {"PYTHONPATH": str(course / "src")}
        done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
        return done.stdout.splitlines()

    assert mktlab("lesson", "new", "19_haggling")[-1].endswith("mktlab lesson check 19")
    told = mktlab("lesson", "check", "19")
    undone = [line for line in told if line.startswith("✗")]
    assert undone
    assert all("TODO" in line or "--all" in line for line in undone), undone
    assert sum(line.startswith("✓ 19_haggling") for line in told) == 3
    assert "answers are right and mistakes are named" in told[-1]
