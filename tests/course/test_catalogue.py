"""The catalogue says which lessons there are; whatever lists lessons is derived from it."""

import json
import shutil
from pathlib import Path

import pytest

import mktlab
from mktlab import MktlabError
from mktlab.course import catalogue, questions_of
from mktlab.course.catalogue import LESSONS, course, find
from mktlab.course.derived import write_all
from mktlab.resources import declared

ROOT = Path(__file__).parents[2]


def test_a_lesson_comes_after_all_that_it_builds_on():
    order = [lesson.name for lesson in course()]
    assert sorted(order) == [lesson.name for lesson in LESSONS]
    for lesson in LESSONS:
        assert all(order.index(before) < order.index(lesson.name) for before in lesson.after)


@pytest.mark.parametrize("said", [11, "11", "11_rfm"])
def test_a_lesson_is_found_by_number_and_name(said):
    assert find(said).name == "11_rfm"
    assert questions_of(said).lesson == "11_rfm"


@pytest.mark.parametrize("said", [19, "rfm", "", None, "11_RFM"])
def test_no_lesson_by_that_name_is_told_with_those_there_are(said):
    with pytest.raises(MktlabError, match=r"There is no lesson .*: choose among 00_start_here, "):
        mktlab.exercise(said, None)


def test_a_lesson_without_exercise_says_so():
    with pytest.raises(MktlabError, match="Lesson 00_start_here has no exercise; these have one"):
        mktlab.exercise(0, None)


@pytest.fixture
def copied(tmp_path):
    """The course's lessons, solutions and README, to be changed."""
    for lesson in LESSONS:
        for folder in ("notebooks", "solutions"):
            source = ROOT / lesson.path(folder)
            if source.is_file():
                (tmp_path / lesson.path(folder)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, tmp_path / lesson.path(folder))
    (tmp_path / "docs").mkdir()
    for page in ("README.md", "notebooks/README.md", "docs/glossary.md", "docs/reference.md"):
        shutil.copy(ROOT / page, tmp_path / page)
    return tmp_path


def test_words_edited_by_hand_are_drift_and_written_again(copied):
    path = copied / find(11).path()
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = [cell for cell in notebook["cells"] if cell["id"] == "catalogue-needs"]
    cell["source"] = ["**Time:** an hour."]
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")
    readme = copied / "README.md"
    text = readme.read_text(encoding="utf-8")
    readme.write_text(text.replace("Who deserves the spring box?", "Who?"), encoding="utf-8")
    page = copied / "notebooks" / "README.md"
    page.unlink()
    assert write_all(copied, check=True) == [path, readme, page]
    assert write_all(copied) == [path, readme, page]
    assert write_all(copied) == []
    assert path.read_bytes() == (ROOT / find(11).path()).read_bytes()
    assert readme.read_bytes() == (ROOT / "README.md").read_bytes()
    assert page.read_bytes() == (ROOT / "notebooks" / "README.md").read_bytes()


def test_a_missing_notebook_or_place_is_told_in_a_sentence(copied):
    path = copied / find(11).path()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("catalogue-next", "another"), encoding="utf-8")
    with pytest.raises(MktlabError, match=r"11_rfm\.ipynb has no cell catalogue-next: add an"):
        write_all(copied)
    path.unlink()
    with pytest.raises(MktlabError, match="The catalogue has 11_rfm, but there is no "):
        write_all(copied)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"read": None}, r"\[11_rfm\] lacks read; write its row as those of the other"),
        ({"minutes": 5}, r"\[11_rfm\] has an odd minutes; "),
        ({"after": ["10_x"]}, r"\[11_rfm\] comes after a lesson that is not there, 10_x; "),
    ],
)
def test_a_row_that_is_not_whole_is_told_in_a_sentence(monkeypatch, row, told):
    rows = declared("course/lessons.toml")
    rows["11_rfm"] = {k: v for k, v in (rows["11_rfm"] | row).items() if v is not None}
    monkeypatch.setattr(catalogue, "declared", lambda path: rows)
    with pytest.raises(MktlabError, match=told):
        catalogue._read()


def test_lessons_that_wait_for_each_other_are_told_in_a_sentence(monkeypatch):
    one, other = find(11)._replace(after=("31_churn",)), find(31)
    monkeypatch.setattr(catalogue, "LESSONS", (one, other))
    with pytest.raises(MktlabError, match="each of 11_rfm, 31_churn comes after another of them"):
        list(course())
