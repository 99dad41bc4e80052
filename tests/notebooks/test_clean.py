"""Rows of persons go out of stored outputs, and nothing else does."""

from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from typer.testing import CliRunner

from mktlab.cli import app
from mktlab.notebooks.clean import clean
from mktlab.schema import MktlabError
from mktlab.show.tables import grid

BUYERS = pd.DataFrame(
    {"customer_id": ["5f2a", "77c0", "912b"], "orders": [3, 1, 2], "city": ["Lyon", "Nice", "Lyon"]}
)
SEGMENTS = pd.DataFrame({"segment": ["champions", "lost"], "customers": [120, 80], "share": 0.5})
PEOPLE = pd.DataFrame({"Who": ["Marie Dupont", "Anne Martin"], "Column 2": ["a@b.fr", "c@d.fr"]})


def shown(frame: pd.DataFrame, *, plainly: bool = False) -> nbformat.NotebookNode:
    html, text = (
        (frame.to_html(), str(frame)) if plainly else (grid(frame).html(), grid(frame).text())
    )
    return new_output("execute_result", data={"text/html": html, "text/plain": text})


def printed(text: str) -> nbformat.NotebookNode:
    return new_output("stream", name="stdout", text=text)


def stored(folder: Path, *outputs: nbformat.NotebookNode) -> Path:
    path = folder / "mine.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1", outputs=list(outputs))]), path)
    return path


PERSONS = {
    "a frame of ids": (shown(BUYERS), 3),
    "a frame of ids as pandas shows it": (shown(BUYERS, plainly=True), 3),
    "ids as row labels": (shown(BUYERS.set_index("customer_id"), plainly=True), 3),
    "ids as row labels in the course's look": (shown(BUYERS.set_index("customer_id")), 3),
    "names and addresses": (shown(PEOPLE), 2),
    "a printed frame": (printed(BUYERS.to_string() + "\n"), 3),
    "a printed frame of labels": (printed(BUYERS.set_index("customer_id").to_string()), 3),
    "a printed series": (printed(str(BUYERS["customer_id"])), 3),
    "a sentence with an address": (printed("Best: marie@dupont.fr, 12 orders\n"), 1),
    "an error": (new_output("error", ename="E", evalue="no a@b.fr", traceback=["no a@b.fr"]), 2),
}
OTHERS = {
    "segments": shown(SEGMENTS),
    "segments as pandas shows them": shown(SEGMENTS, plainly=True),
    "printed segments": printed(SEGMENTS.to_string()),
    "a sentence": printed("4,338 customers, first on 2024-01-05: 12.50 EUR, 0.123456789012\n"),
    "a chart": new_output(
        "display_data", data={"image/png": "iVBORw0KGgo=", "text/plain": "<Axes>"}
    ),
    "a dictionary": shown(
        pd.DataFrame({"column": ["customer_id", "email"], "meaning": ["number", "e-mail address"]})
    ),
}


@pytest.mark.parametrize("case", PERSONS)
def test_rows_of_persons_are_counted_and_taken_out(case, tmp_path):
    output, rows = PERSONS[case]
    path = stored(tmp_path, output)
    assert clean(path, save=False) == rows
    assert clean(path) == rows
    text = path.read_text(encoding="utf-8")
    for person in ("5f2a", "77c0", "912b", "Marie", "Anne", "@"):
        assert person not in text
    assert clean(path) == 0


@pytest.mark.parametrize("case", OTHERS)
def test_sums_sentences_and_charts_stay_to_the_byte(case, tmp_path):
    path = stored(tmp_path, OTHERS[case])
    before = path.read_bytes()
    assert clean(path) == 0
    assert path.read_bytes() == before


def test_the_command_says_how_many_and_check_only_looks(tmp_path):
    path = stored(tmp_path, shown(BUYERS), shown(SEGMENTS))
    before = path.read_bytes()
    looked = CliRunner().invoke(app, ["clean", str(path), "--check"])
    assert (looked.exit_code, looked.output) == (1, f"{path}: 3 rows of persons or of few.\n")
    assert path.read_bytes() == before
    done = CliRunner().invoke(app, ["clean", str(tmp_path)])
    assert (done.exit_code, done.output) == (0, f"{path}: 3 rows of persons or of few taken out.\n")
    again = CliRunner().invoke(app, ["clean", str(path), "--check"])
    assert (again.exit_code, again.output) == (0, "No row of persons or of few in 1 notebook.\n")
    assert "champions" in path.read_text(encoding="utf-8")


def test_what_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "x.ipynb").write_text("{")
    with pytest.raises(MktlabError, match="is no notebook"):
        clean(tmp_path / "x.ipynb")
