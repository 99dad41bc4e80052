"""Checkers of what lessons say: a module a lesson, whose `wrong` recomputes its sentences."""

import math
import re
from ast import literal_eval
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
from stored import ROOT

ENDS = re.compile(r"\((\S+) to (\S+)\)")
"""The ends of an interval, as a chart describes it."""


def texts(notebook: Any) -> list[str]:
    """What the cells print and show, as text, in order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [str(o.get("text") or o.get("data", {}).get("text/plain", "")).strip() for o in outputs]


def sentence(notebook: Any, pattern: str) -> re.Match[str]:
    """The one sentence that looks like the pattern."""
    found = [match for text in texts(notebook) if (match := re.search(pattern, text))]
    assert len(found) == 1, f"{len(found)} sentences look like {pattern!r}"
    return found[0]


def tables(notebook: Any, *columns: str) -> Iterator[list[dict[str, str]]]:
    """The rows of each printed table with these columns, as text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            html = str(output.get("data", {}).get("text/html", ""))
            rows = [
                [
                    unescape(re.sub("<[^>]*>", "", c))
                    for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)
                ]
                for row in re.findall(r"<tr.*?</tr>", html, re.S)
            ]
            if rows and set(columns) <= set(rows[0]):
                yield [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def table(notebook: Any, *columns: str) -> list[dict[str, str]]:
    """The rows of the first printed table with these columns, as text."""
    found = next(tables(notebook, *columns), None)
    assert found is not None, f"no table has the columns {columns}"
    return found


def number(text: str) -> float:
    """The number in a text such as −€1,234, 45% (as .45) or €9.9k; nan for –."""
    found = re.search(r"([−-]?)[^\d−-]*([\d,]*\.?\d+)(k|M|%)?", text.replace("−€", "−"))
    if not found:
        return float("nan")
    size = {"k": 1e3, "M": 1e6, "%": 0.01, None: 1.0}[found[3]]
    return (-1 if found[1] else 1) * float(found[2].replace(",", "")) * size


def orders_of(notebook: Any) -> tuple[pd.DataFrame, pd.Timestamp]:
    """The orders in the file that the lesson ran on, and the day after the last one.

    `net` is what was kept of an order, and `bought` says whether it counts: paid, not given back.
    """
    (source,) = [c.source for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
    place = literal_eval(re.findall("SOURCE = (.*)", source)[-1])
    folder = ROOT / "datasets" / "solane" if place == "solane" else Path(place)
    table = pd.read_csv(folder / "orders.csv", parse_dates=["order_date"])
    table = pd.DataFrame({"status": "paid", "refunded": 0.0}, table.index).assign(**table)
    net, paid = table["revenue"] - table["refunded"], table["status"] == "paid"
    bought = paid & (table["revenue"] >= 0.05) & (net > 0)
    today = table["order_date"].max().normalize() + pd.Timedelta(days=1)
    return table.assign(net=net, bought=bought), today


def drawn(notebook: Any, title: str) -> dict[str, float]:
    """What the one chart of this title draws, by name."""
    marks = re.search(r"(?:Bars|Steps): ([^;]*?)(?:;|\.$)", sentence(notebook, title).string)
    assert marks, f"{title!r} names no marks"
    pairs = (pair.rsplit(" ", 1) for pair in marks[1].split(", "))
    return {name: number(value) for name, value in pairs}


def near(told: float, right: float, off: float = 0.006) -> bool:
    """Whether a number is right to `off` of its size, or to half a digit of a share or cent."""
    return math.isclose(told, right, rel_tol=off, abs_tol=0.0051)


def said(notebook: Any, pattern: str) -> tuple[str, list[float]]:
    """The one sentence that looks like the pattern, and the numbers in its groups."""
    found = sentence(notebook, pattern)
    return found[0], [number(text) for text in found.groups() if text]


def names_the_largest(told: str, sure: int) -> bool:
    """Whether a title names the largest of the changes that are beyond chance, if there are any."""
    found = re.search(r"^(.+?) (rose|fell) by ([\d,]+%); ", told)
    if not found:
        return sure == 0
    marks = re.findall(r"([^,:;]+) ([+−]?[\d,]+%) \((\S+) to (\S+)\)", told)
    named = number(found[3]) * (1 if found[2] == "rose" else -1)
    possible, surely = set(), [0.0]
    for name, by, *ends in marks:  # an end of 0% lay on either side of 0
        if not number(ends[0]) < 0 < number(ends[1]):
            possible.add((name.strip(), number(by)))
        surely += [] if around_0((*ends,)) else [abs(number(by))]
    return (found[1], named) in possible and abs(named) > max(surely) - 0.0051


MOVED = r"^(?:.+? (?:rose|fell) by \S+; )?(\d+) of (\d+) numbers changed beyond chance.*"
"""The title of a chart of changes, and what the chart says of them."""


def around_0(ends: tuple[str, str]) -> bool:
    """Whether an interval, as a chart writes it, has no change in it."""
    return number(ends[0]) <= 0 <= number(ends[1])
