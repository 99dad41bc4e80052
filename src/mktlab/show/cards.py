"""A page of cards to print: one card per row of a table, one line per column."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from mktlab.show.tables import Grid
from mktlab.show.words import label


@dataclass(frozen=True)
class Page:
    """A card for each row of a table of texts: its name above, a line per column.

    Attributes
    ----------
    table
        By the name of the card, a column per line.
    note
        A sentence below the cards.

    Examples
    --------
    >>> print(Page(pd.DataFrame({"where": ["web 90%"]}, index=["beans, web"]), note="A guess."))
    beans, web
    where  web 90%
    <BLANKLINE>
    A guess.
    """

    table: pd.DataFrame
    note: str = ""

    def _grids(self) -> list[tuple[str, Grid]]:
        heads = ["", ""]
        return [
            (label(str(name)), Grid.of(heads, [(label(str(k)), str(v)) for k, v in row.items()]))
            for name, row in self.table.iterrows()
        ]

    def __repr__(self) -> str:
        texts = [f"{name}\n{grid.text()}" for name, grid in self._grids()]
        return "\n\n".join([*texts, *filter(None, [self.note])])

    def _repr_html_(self) -> str:
        card = (
            '<div role="listitem" style="flex:1 1 300px;border:1px solid #D1D9E0;'
            'border-radius:8px;padding:8px 16px;break-inside:avoid">'
        )
        made = [
            f"{card}<p><b>{escape(name)}</b></p>\n{grid.html()}</div>"
            for name, grid in self._grids()
        ]
        row = '<div role="list" style="display:flex;flex-wrap:wrap;gap:16px;max-width:784px">'
        note = f"<p>{escape(self.note)}</p>" if self.note else ""
        return "\n".join([row, *made, "</div>", note])
