"""`mktlab lesson check` says in one line what is well, and in one sentence what to do."""

import json
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from mktlab.course import check, worlds
from mktlab.course.catalogue import find
from mktlab.course.claims import Claim


def test_minutes_are_words_lines_and_figures_without_what_is_optional():
    figure = new_output("display_data", data={"image/png": "AA=="})
    cells = [
        new_markdown_cell("[two words](../not/these.ipynb) " * 75),
        new_code_cell("one\n\ntwo", outputs=[figure]),
        new_markdown_cell("more " * 900, metadata={"tags": ["optional"]}),
    ]
    assert check.minutes_to_read(new_notebook(cells=cells)) == pytest.approx(1 + 0.2 + 1 / 3)


@pytest.mark.parametrize(
    ("message", "text", "told"),
    [
        ("AssertionError: a.ipynb: mend it.\nassert not ['x']", "", "a.ipynb: mend it."),
        ("AssertionError: mend it. [+3 more lines; see the text]", "", "mend it."),
        ("Failed: cell 3 uses money.", "", "cell 3 uses money."),
        ("assert 1 == 2", "", "test_law: assert 1 == 2"),
        ("collection failure", "x\nE   KeyError: 1\nE   MktlabError: say so.", "say so."),
    ],
)
def test_a_broken_law_is_told_by_its_sentence(message, text, told):
    case = ElementTree.Element("testcase", name="test_law")
    ElementTree.SubElement(case, "failure", message=message).text = text
    assert list(check._sentences(case)) == [told]


def publish(root, **tables):
    """Tables with their checksums, as the folder of the company names them."""
    package = {"resources": [{"name": name, "hash": mark} for name, mark in tables.items()]}
    (root / worlds.PACKAGE).parent.mkdir(parents=True, exist_ok=True)
    (root / worlds.PACKAGE).write_text(json.dumps(package), encoding="utf-8")


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Lesson 11 with a claim, in a folder of its own; writes a record as `prove` does."""
    lesson = find(11)
    (tmp_path / worlds.CLAIMS).mkdir(parents=True)
    solution = tmp_path / lesson.path("solutions")
    for path in (solution, tmp_path / lesson.path()):
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(new_notebook(cells=[new_code_cell("answer = 1", id="q1")]), path)
    publish(tmp_path, orders="a1", prices="b2")
    claim = Claim("Recency pays.", lambda company: True, at_least=15)
    monkeypatch.setattr(worlds, "claims_of", lambda lesson: (claim,))

    def write(*, well=20, holds=18, companies=30):
        known = {"fingerprint": worlds.fingerprint(lesson, tmp_path), "well": well}
        known |= {"tables": " ".join(worlds.published(tmp_path))}
        known |= {"companies": companies, "code": worlds.code_of(lesson, tmp_path)}
        known["claims"] = {claim.says: holds}
        worlds.stored(lesson, tmp_path).write_text(json.dumps(known), encoding="utf-8")

    return lesson, tmp_path, write


def test_a_record_rests_on_the_tables_that_there_were(record):
    lesson, root, write = record
    write()
    publish(root, orders="a1", prices="b2", listings="c3")
    assert worlds.stale(lesson, root) == ""
    publish(root, orders="a1", prices="b3", listings="c3")
    assert "changed, so check it again" in worlds.stale(lesson, root)
    publish(root, orders="a1")
    assert "changed, so check it again" in worlds.stale(lesson, root)


def test_a_record_is_good_until_what_it_rests_on_changes(record):
    lesson, root, write = record
    assert worlds.stale(lesson, root) == (
        "Check 11_rfm in other worlds: mktlab lesson check 11 --all"
    )
    write()
    assert worlds.stale(lesson, root) == ""
    solution = root / lesson.path("solutions")
    before = solution.read_text(encoding="utf-8")
    for file in ("questions/lesson_11.py", "questions/lesson_11.toml", "claims/lesson_11.py"):
        path = root / worlds.CLAIMS.parent / file
        path.parent.mkdir(exist_ok=True)
        path.write_text("changed", encoding="utf-8")
        assert "changed, so check it again: mktlab lesson check 11 --all" in worlds.stale(
            lesson, root
        )
        write()
        assert worlds.stale(lesson, root) == ""
    for path in (solution, root / lesson.path()):
        path.write_text(before.replace("answer = 1", "answer = 2"), encoding="utf-8")
        assert "changed, so check it again" in worlds.stale(lesson, root)
        path.write_text(before, encoding="utf-8")


def test_outputs_of_a_solution_are_nothing_that_a_record_rests_on(record):
    lesson, root, write = record
    write()
    solution = root / lesson.path("solutions")
    notebook = nbformat.read(solution, as_version=4)
    notebook.cells[0].outputs = [new_output("stream", text="1")]
    nbformat.write(notebook, solution)
    assert worlds.stale(lesson, root) == ""


def test_a_claim_that_holds_too_seldom_and_a_world_that_fails_are_told(record):
    lesson, root, write = record
    write(holds=14)
    assert "claims “Recency pays.”, and that holds in 14 of 20 worlds, not 15: let the lesson" in (
        worlds.stale(lesson, root)
    )
    write(well=19)
    assert "11_rfm is well in 19 of 20 worlds: see mktlab lesson" in worlds.stale(lesson, root)
    write(companies=29)
    assert "a report or a sentence on 29 of 30 made companies" in worlds.stale(lesson, root)


def test_what_fails_in_an_authors_own_code_is_told_with_its_place(monkeypatch, tmp_path):
    def built(root, run):
        raise NameError("name 'kpis' is not defined")

    monkeypatch.setattr(check, "_built", built)
    found = next(check.judge(tmp_path, find(11), run=print))
    assert not found.ok
    assert "test_check.py, line " in found.told
    assert found.told.endswith("NameError: name 'kpis' is not defined")
