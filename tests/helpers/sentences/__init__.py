"""Checkers of what lessons say: a module a lesson, whose `wrong` recomputes its sentences."""

import re
from html import unescape
from typing import Any


def texts(notebook: Any) -> list[str]:
    """What the cells print and show, as text, in order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [str(o.get("text") or o.get("data", {}).get("text/plain", "")).strip() for o in outputs]


def sentence(notebook: Any, pattern: str) -> re.Match[str]:
    """The one sentence that looks like the pattern."""
    found = [match for text in texts(notebook) if (match := re.search(pattern, text))]
    assert len(found) == 1, f"{len(found)} sentences look like {pattern!r}"
    return found[0]


def table(notebook: Any, *columns: str) -> list[dict[str, str]]:
    """The rows of the first printed table with these columns, as text."""
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
                return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    raise AssertionError(f"no table has the columns {columns}")


def number(text: str) -> float:
    """The number in a text such as −€1,234, 45% (as .45) or €9.9k; nan for –."""
    found = re.search(r"([−-]?)[^\d−-]*([\d,]*\.?\d+)(k|M|%)?", text.replace("−€", "−"))
    if not found:
        return float("nan")
    size = {"k": 1e3, "M": 1e6, "%": 0.01, None: 1.0}[found[3]]
    return (-1 if found[1] else 1) * float(found[2].replace(",", "")) * size
