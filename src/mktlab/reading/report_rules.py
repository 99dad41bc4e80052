"""What a tool's preset says of its rows: counts that are absent, ids in parts, rows that lack."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from mktlab.reading.meanings import recognize
from mktlab.reading.problems import Mask, Problem, Refused
from mktlab.reading.report_cells import NUMBERS, Cells
from mktlab.reading.text_table import TextTable
from mktlab.show.words import say, say_many
from mktlab.spelling import plain

_ROUNDED = r"\d([.,]\d+)?E\+\d+"
"""An id that a spreadsheet took for a number, so that its last digits are lost."""


def once(reports: Mapping[str, TextTable]) -> list[TextTable]:
    """The reports of an archive without those that repeat rows of another, by their names."""
    kept = {}
    for name, sheet in reports.items():
        preset = recognize(sheet.columns)
        again = preset.report.get("again", ()) if preset else ()
        said = plain(PurePosixPath(name).stem)
        if not any(said.startswith(plain(word)) for word in again):
            kept[name] = sheet
    return [*(kept or reports).values()]


def completed(cells: Cells, values: dict[str, Any]) -> None:
    """Fill in the counts that a tool does not have; refuse ids whose last digits are lost."""
    for name, usual in dict(cells.says("absent")).items():
        if cells.kinds[name] not in NUMBERS:
            continue
        given = pd.Series(values.get(name, np.nan), range(cells.raw.rows), dtype=float)
        values[name] = given.fillna(usual)
        if empty := int((given.isna() & ~cells.total & ~cells.nameless).sum()):
            told = say_many(
                "{name} is taken as {usual} in {n} row, as the tool says nothing.",
                "{name} is taken as {usual} in {n:count} rows, as the tool says nothing.",
                empty,
                name=name,
                usual=usual,
            )
            cells.notes.append(told)
    for name in [name for name in cells.found if cells.kinds[name] == "id" and name in values]:
        rounded = values[name].astype("str").str.fullmatch(_ROUNDED, case=False).fillna(False)
        if (lost := rounded.to_numpy(bool) & ~cells.total).any():
            row = int(lost.argmax())
            found = say("{id}, whose last digits a spreadsheet has lost", id=values[name][row])
            fix = say("export it again, and do not open it in a spreadsheet on the way")
            file, line = cells.raw.place(row)
            many = int(lost.sum())
            accepted = say("ids as the tool has them")
            header = cells.found[name]
            raise Refused(Problem(file, found, accepted, fix, line, header, many))


def without(cells: Cells, values: dict[str, Any]) -> dict[str, Mask]:
    """Rows that lack what every row of the table needs, by why they are left out."""
    gone, reasons = cells.total | cells.nameless, {}
    for name in cells.says("needed"):
        lacks = np.asarray(pd.isna(values.get(name, np.full(len(gone), np.nan))))
        reasons[say("without {name}", name=name)] = lacks & ~gone
        gone = gone | lacks
    return reasons
