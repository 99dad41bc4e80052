"""A small table as HTML, with a caption and headers that screen readers can follow."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The rows under their headers; the first cell of each names it."""
    head = "".join(f'<th scope="col">{escape(header)}</th>' for header in headers)
    body = []
    for first, *others in rows:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in others)
        body.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return "\n".join(
        [
            "<table>",
            f"<caption>{escape(caption)}</caption>",
            f"<thead><tr>{head}</tr></thead>",
            "<tbody>",
            *body,
            "</tbody>",
            "</table>",
        ]
    )
