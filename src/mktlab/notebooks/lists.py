"""The list beside a report: every customer, as CSV or as a workbook, with nothing that computes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mktlab.files import printable, write_whole
from mktlab.schema import MktlabError
from mktlab.show import sheets
from mktlab.show.words import say

MOST = 1_048_575
"""Rows that a sheet of a workbook holds below its header."""
DIGITS = 4


def check_list(path: Path, report: Path) -> None:
    """Refuse, before anything runs, a place where the list could not be written."""
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        told = say(
            "The list of customers cannot be called {name}: give --list a name that ends in .csv "
            "or .xlsx, such as {stem}_customers.csv.",
            name=printable(path.name),
            stem=report.stem,
        )
        raise MktlabError(told)
    write_whole(path, None, what=say("The list"))


def write_list(table: pd.DataFrame, path: Path) -> None:
    """Write a row per customer, whole or not at all; texts that look like formulas stay texts.

    Raises
    ------
    MktlabError
        When the file cannot be written, or a workbook cannot hold so many customers.
    """
    if "customer_id" not in table:
        table = table.reset_index()
    table = table.dropna(axis="columns", how="all")
    floats = table.select_dtypes("float").round(DIGITS)
    days = table.select_dtypes("datetime").apply(lambda day: day.dt.strftime("%Y-%m-%d"))
    table = table.assign(**floats, **days)
    if path.suffix.lower() == ".csv":
        write_whole(path, _csv(table), what=say("The list"))
        return
    if len(table) > MOST:
        told = say(
            "{rows:count} customers are more than a workbook holds: give --list a name that ends "
            "in .csv.",
            rows=len(table),
        )
        raise MktlabError(told)
    book, rows = sheets.empty(), table.astype(object).itertuples(index=False, name=None)
    sheets.add(book, say("Customers"), list(table), rows, widths=[16] * len(table.columns))
    write_whole(path, sheets.content_of(book), what=say("The list"))


def led_back(table: pd.DataFrame, ids: dict[str, str]) -> pd.DataFrame:
    """The table with an id in place of each pseudonym; as it is where there are none.

    >>> led_back(pd.DataFrame({"customer_id": ["5f2a", "K7"]}), {"5f2a": "ada@example.com"})
           customer_id
    0  ada@example.com
    1               K7
    """
    if not ids:
        return table
    if "customer_id" not in table:
        table = table.reset_index()
    if "customer_id" not in table:
        return table
    return table.assign(customer_id=table["customer_id"].map(lambda known: ids.get(known, known)))


def names_addresses(table: pd.DataFrame | None) -> bool:
    """Whether customers go by their e-mail addresses.

    >>> names_addresses(pd.DataFrame({"customer_id": ["ada@example.com"]}))
    True
    """
    if table is None or "customer_id" not in table:
        return False
    return bool(table["customer_id"].astype("str").str.contains("@", regex=False).any())


def _csv(table: pd.DataFrame) -> str:
    """The table as CSV, an apostrophe before what a spreadsheet would take for a formula.

    >>> _csv(pd.DataFrame({"customer_id": ["=1+1", "K7"], "gain": [-2.5, 3.0]})).split()
    ['customer_id,gain', "'=1+1,-2.5", 'K7,3.0']
    """
    texts = table.select_dtypes(["object", "str", "category"]).columns
    safe = {name: table[name].map(_safe, na_action="ignore") for name in texts}
    written: str = (
        table.assign(**safe).rename(columns=_safe).to_csv(index=False, lineterminator="\r\n")
    )
    return written


def _safe(text: object) -> object:
    return f"'{text}" if isinstance(text, str) and sheets.is_formula(text) else text
