"""The answers that hold marks of several things, and of all of it."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from mktlab.drivers.weights import MOST_SHAPLEY
from mktlab.schema import HasTables, MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

_PRESENT, _FEWEST = 0.5, 3  # share of the answers that a mark is in, and marks


class Marked(NamedTuple):
    """Answers with marks of several things, and of all of it."""

    table: pd.DataFrame
    outcome: str
    marks: list[str]


def marked(company: HasTables) -> Marked:
    """The answers of a company that hold marks of several things and of all of it.

    Returns
    -------
    Those of `touch_ratings` with `overall`, or else those of `survey_responses` with `nps`: the
    rows that have all marks. Marks are the columns of numbers from 0 to 10 that at least half of
    the rows have, 12 at most.

    Raises
    ------
    MktlabError
        When neither table is there, or fewer than three such columns.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> told = pd.DataFrame({"nps": [9, 3], "taste": [8, 5], "price": [7, 2], "room": [9, 8]})
    >>> marked(SimpleNamespace(tables={"survey_responses": told.assign(response_id="a")})).marks
    ['taste', 'price', 'room']
    """
    name, outcome = "touch_ratings", "overall"
    if name not in company.tables:
        name, outcome = "survey_responses", "nps"
    table = company.tables.get(name, pd.DataFrame())
    need_columns([outcome], table, of=name)
    table = table.dropna(subset=[outcome])
    numbers = table.select_dtypes("number").drop(columns=outcome)
    inside = numbers.ge(0) & numbers.le(10) | numbers.isna()
    kept = inside.all() & (numbers.notna().mean() >= _PRESENT) & (numbers.max() > numbers.min())
    marks = [str(column) for column in numbers.columns[kept.to_numpy()]][:MOST_SHAPLEY]
    if len(marks) < _FEWEST:
        raise MktlabError(
            say(
                "{table} holds marks of {rows:count} things beside {outcome}: weights need three "
                "or more columns of numbers from 0 to 10, so ask for marks of several things.",
                table=name,
                rows=len(marks),
                outcome=outcome,
            )
        )
    return Marked(table.dropna(subset=marks), outcome, marks)
