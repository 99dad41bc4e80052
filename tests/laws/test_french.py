"""A lesson in another language says the same numbers, written as that language writes them."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from stored import ROOT

from mktlab.course.catalogue import find
from mktlab.notebooks import execute

NO_NUMBER = re.compile(r"\bC\d{6}|\d{4}-\d\d-\d\d")
ENGLISH, FRENCH = r"\d[\d,]*(?:\.\d+)?", r"\d[\d\u202f]*(?:,\d+)?"


def said(notebook):
    """Cell -> all that its outputs say, pictures by their alt texts."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            text = output.get("text", "") or output.get("data", {}).get("text/plain", "")
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            found[cell.id] = NO_NUMBER.sub("", f"{found.get(cell.id, '')} {text} {alt}")
    return found


def numbers(text, how, thousands, point):
    """The numbers of a text, with nothing for thousands and a point before decimals."""
    found = [n.rstrip(",") for n in re.findall(how, text)]
    return [n.replace(thousands, "").replace(point, ".") for n in found]


@pytest.mark.slow
def test_lesson_11_says_the_same_numbers_in_french(tmp_path):
    stored = nbformat.read(ROOT / find(11).path(), as_version=4)
    english = said(stored)
    setup = next(n for n, cell in enumerate(stored.cells) if "show.theme()" in cell.source)
    stored.cells.insert(setup + 1, new_code_cell('mktlab.language("fr")'))
    copy = tmp_path / "11_rfm.ipynb"
    nbformat.write(stored, copy)
    execute(copy)
    french = said(nbformat.read(copy, as_version=4))
    assert french.keys() == english.keys()
    for cell, text in english.items():
        expected = numbers(text, ENGLISH, ",", ".")
        assert numbers(french[cell], FRENCH, "\u202f", ",") == expected, cell
    everything = " ".join(french.values())
    for unit in "€%":
        assert re.search(rf"\d\u00a0{unit}", everything), unit
