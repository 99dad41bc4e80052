"""Does a notebook tell the answer to a question?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from mktlab.course.checking.compare import difference
from mktlab.plan import Plan
from mktlab.plan.mix import DECIDED


def shown(notebook: Any) -> Iterator[str]:
    """What a reader of a notebook sees, line by line: text, code and stored outputs."""
    for cell in notebook.cells:
        yield from cell.source.splitlines()
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            yield from (output.get("text", "") + "\n" + data.get("text/plain", "")).splitlines()
            rows = " ".join(data.get("text/html", "").split()).split("</tr>")
            yield from (re.sub(r"<[^>]+>", " ", row) for row in rows)
            yield output.get("metadata", {}).get("image/png", {}).get("alt", "")


def told(answer: Any, lines: list[str]) -> list[str]:
    """The lines that tell this answer: its number, a row of it, or more than half of it."""
    if isinstance(answer, pd.Series | pd.DataFrame):
        return _rows(answer, lines)
    if isinstance(answer, set | frozenset):
        return _names(answer, lines)
    if isinstance(answer, Plan):
        return _levers(answer, lines)
    if isinstance(answer, str):
        return [line for line in lines if answer in line]
    return [line for line in lines if _says(line, float(answer))]


def _says(line: str, value: float) -> bool:
    """Whether a number in the line is this one, perhaps in percent."""
    numbers = re.findall(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[-+]\d+)?", line)
    found = [float(number.replace(",", "")) for number in numbers]
    return any(difference(n, value) is None for one in found for n in (one, one / 100))


def _rows(answer: pd.DataFrame | pd.Series[Any], lines: list[str]) -> list[str]:
    table = answer.to_frame() if isinstance(answer, pd.Series) else answer
    if "customer_id" in table:
        table = table.set_index("customer_id")
    found = []
    for key, *values in table.itertuples():
        of_key = [line for line in lines if str(key).removesuffix(" 00:00:00") in line]
        found += [line for line in of_key if all(_says(line, value) for value in values)]
    return found


def _names(answer: set[str] | frozenset[str], lines: list[str]) -> list[str]:
    """Ids of many: where they stand. Of a few names, which may be chosen from: where only they do.

    A list of all that there is to choose from does not tell which of them to choose.
    """
    words = {line: re.findall(r"[\w-]+", line) for line in lines}  # days have hyphens
    named = {line: answer & set(words[line]) for line in lines}
    if len(answer) > 20:
        together = set().union(*named.values())
        return [line for line in lines if named[line]] if 2 * len(together) > len(answer) else []
    return [
        line
        for line in lines
        if 2 * len(named[line]) > len(answer) and 3 * len(named[line]) >= len(words[line])
    ]


def _levers(answer: Plan, lines: list[str]) -> list[str]:
    changed = {path.split(".")[1]: answer.value(path) for path in DECIDED if answer.changed(path)}
    found = {
        name: [line for line in lines if re.search(rf"\b{name}\b\W{{1,5}}{value}(?![\d.])", line)]
        for name, value in changed.items()
    }
    several = 2 * sum(map(bool, found.values())) > len(changed)
    return [line for some in found.values() for line in some] if several else []
