"""Lesson 35 becomes a report on contracts alone, whose numbers are recomputed, or one sentence."""

import re
from copy import deepcopy

import nbformat
import numpy as np
import pandas as pd
import pytest
from company_contracts import COMPANIES, END, NOTHING
from stored import ROOT, notebook_at, tags

from mktlab.course.catalogue import find
from mktlab.notebooks import execute
from mktlab.schema import MktlabError

LESSON = find("35")
CASES = [
    pytest.param(company, id=str(company), marks=[pytest.mark.slow] if place else [])
    for place, company in enumerate([*COMPANIES, *NOTHING])
]


def report(company, folder):
    """What the lesson prints on a folder with this table alone."""
    company.table().to_csv(folder / "subscriptions.csv", index=False)
    notebook = deepcopy(notebook_at(ROOT / LESSON.path()))
    notebook.cells = [cell for cell in notebook.cells if "solane" not in tags(cell)]
    for cell in notebook.cells:
        if "parameters" in tags(cell):
            cell.source = f'SOURCE = {str(folder)!r}\nLEARNER = ""'
    path = folder / "report.ipynb"
    nbformat.write(notebook, path)
    execute(path)
    cells = nbformat.read(path, as_version=4).cells
    return "".join(out.get("text", "") for c in cells for out in c.get("outputs", []))


def still_there(table, renewals):
    """Kaplan and Meier with late entry, counted contract by contract."""
    days = {name: pd.to_datetime(table[name]) for name in ("started_date", "ended_date")}
    today = max(days["started_date"].max(), days["ended_date"].max()) + pd.Timedelta(days=1)
    since, left = days["ended_date"].min(), 1.0
    for renewal in range(1, renewals + 1):
        due = days["started_date"] + pd.Timedelta(days=28 * renewal)
        before = due - pd.Timedelta(days=28)
        came = (due >= since) & ~(days["ended_date"] <= before) & (due < today)
        came |= days["ended_date"].between(before, due, inclusive="right") & (due >= since)
        ended = came & (days["ended_date"] <= due)
        left *= 1 - ended.sum() / came.sum()
    return left


@pytest.mark.parametrize("company", CASES)
def test_contracts_alone_give_a_right_report_or_one_sentence(company, tmp_path):
    try:
        printed = report(company, tmp_path)
    except MktlabError as problem:
        _, kind, sentence = str(problem).partition(": MktlabError: ")
        assert kind and len(sentence.splitlines()) == 1, problem
        return
    assert company not in NOTHING
    table = company.table()
    assert table["started_date"].max() <= END.strftime("%Y-%m-%d")
    renewals, share = re.search(r"After (\d+) renewals, (\d+)% of your", printed).groups()
    assert np.isclose(still_there(table, int(renewals)), int(share) / 100, atol=0.006)
    parts = re.findall(
        r"^(?:canceled|payment failed|customer left|still there): (\d+)%", printed, re.M
    )
    assert abs(sum(map(int, parts)) - 100) <= 2
    assert "Together: 100%" in printed
