"""The pages that are written from their sources, and the course that a wheel carries."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mktlab.course import stored
from mktlab.course.glossary import GLOSSARY
from mktlab.course.pages import glossary_page, reference_page
from mktlab.schema import MktlabError

ROOT = Path(__file__).parents[2]


def test_the_glossary_has_each_word_of_a_lesson_once():
    rows = [line for line in glossary_page().splitlines() if line.startswith("| ")][1:]
    words = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert len(set(words)) == len(words) > 150
    assert set(words) <= set(GLOSSARY)
    assert "| recency | days since the last purchase | récence | 11 |" in rows


def test_the_reference_tells_how_each_function_is_called():
    page = reference_page(ROOT)
    assert "### mktlab.segmentation.rfm(orders, *, as_of" in page
    assert "### mktlab.load(source='solane'" in page
    assert " at 0x" not in page


def test_in_an_empty_folder_the_carried_course_is_laid_out_once(tmp_path, monkeypatch):
    carried = tmp_path / "carried"
    for folder in ("notebooks", "datasets"):
        (carried / folder).mkdir(parents=True)
        (carried / folder / "a.txt").write_text("ours")
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(stored, "__file__", str(tmp_path / "a" / "b" / "c" / "stored.py"))
    monkeypatch.setattr(stored, "CARRIED", tmp_path / "none")
    with pytest.raises(MktlabError, match="mktlab lab"):
        stored.lay_out()
    monkeypatch.setattr(stored, "CARRIED", carried)
    assert stored.course_folder() == carried
    place = stored.lay_out()
    assert place == here / stored.LAID_OUT
    assert not (place / "datasets").exists()
    (place / "notebooks" / "a.txt").write_text("mine")
    assert stored.lay_out() == stored.course_folder() == place
    assert (place / "notebooks" / "a.txt").read_text() == "mine"


@pytest.mark.slow
def test_a_wheel_opens_the_course_without_the_projects_folder(tmp_path):
    build = ["wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    install = ["install", "-q", "--no-deps", "--no-index", "--target", str(tmp_path / "site")]
    run = [sys.executable, "-m", "pip"]
    subprocess.run([*run, *build, "-w", str(tmp_path), str(ROOT)], check=True)
    [wheel] = tmp_path.glob("mktlab-*.whl")
    subprocess.run([*run, *install, str(wheel)], check=True)
    here = tmp_path / "empty"
    here.mkdir()
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    ask = "import mktlab; print(mktlab.__file__, len(mktlab.load('solane').orders))"
    command = [sys.executable, "-c", ask]
    told = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)
    assert told.stdout.startswith(str(tmp_path / "site")), told.stderr
    command = [sys.executable, "-m", "mktlab", "run", "11_rfm", "-o", "report.html"]
    told = subprocess.run(command, cwd=here, env=environment, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert "spring box" in (here / "report.html").read_text(encoding="utf-8")
