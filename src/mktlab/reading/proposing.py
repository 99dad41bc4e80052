"""What `columns.toml` should say of a file, and which table a file is.

`propose` gives a line for each column, as `choosing` finds it or a preset knows it, and asks
`settling` and `settling_orders` for the settings that the cells need. `matching` tells the table
of a file that is not named after one.
"""

from __future__ import annotations

from typing import Any

from mktlab.reading.choosing import Choice, choose, fits, sample, share
from mktlab.reading.mapping import assign
from mktlab.reading.meanings import OTHERS, is_one, presets, recognize
from mktlab.reading.settling import Settling
from mktlab.reading.settling_orders import OrdersSettling
from mktlab.reading.text_table import TextTable
from mktlab.reading.writing import Proposal
from mktlab.schema import Column, Table
from mktlab.show.words import say
from mktlab.spelling import plain
from mktlab.tables import TABLES


def propose(
    table: Table,
    sheet: TextTable,
    *,
    files: list[str] | None = None,
    said: dict[str, Any] | None = None,
) -> Proposal:
    """What `columns.toml` should say of a file, beyond what it says.

    Parameters
    ----------
    table
        Which table the file is.
    sheet
        The file, or several files joined.
    files
        Their names, where the table must name them.
    said
        The lines that a person has written of this table: they stay, and are taken as right.
    """
    said = said or {}
    preset = recognize(sheet.columns)
    preset = preset if preset and preset.table == table.name and not preset.report else None
    proposal = Proposal(table.name, said, preset)
    if files and not {"file", "join"} & set(said):
        proposal.add(*(("join", files) if len(files) > 1 else ("file", files[0])))
    cells = {header: sample(column) for header, column in sheet.columns.items()}
    mapped = {
        key: text for key, text in said.items() if isinstance(text, str) and text in sheet.columns
    }
    exact, _ = assign(table, sheet.columns, mapped, sheet.file)
    holds = {n: bool(sheet.report) or _holds(table, n, cells[h]) for n, h in exact.items()}
    known = {name: header for name, header in exact.items() if holds[name]}
    wrong = [n for n in exact if n not in known and n not in said and not table[n].required]
    known = mapped if preset else mapped | known
    free = {header: c for header, c in cells.items() if header not in {exact[n] for n in wrong}}
    choice = choose(table.columns, table, free, known=known, preset=preset)
    settling = OrdersSettling if table.name == "orders" else Settling
    settings = settling(table, sheet, cells, choice, proposal)
    settings.first()
    for column in table.columns:
        header = choice.headers.get(column.name)
        if column.name in said or column.name in {line.key for line in proposal.lines}:
            continue
        if header:
            if header != column.name:
                why = (preset.why.get(column.name, "") if preset else "") or _why(
                    column, header, cells[header]
                )
                proposal.add(column.name, header, why)
        elif column.required and not settings.covers(column.name):
            reason = _instead(column, cells, choice)
            doubted = [h for h, fit in choice.doubts.get(column.name, ()) if fit.score]
            likely = doubted[0] if doubted else "..."
            proposal.add(column.name, likely, reason, sure=False, must=True)
    for name in wrong:
        if name not in choice.headers and not preset:
            why = fits(table[name], cells[exact[name]]).reason or say("are shares")
            told = say("the cells of {header} {reason}.", header=exact[name], reason=why)
            proposal.add(name, False, told)
    settings.rest()
    return proposal


def _holds(table: Table, name: str, cells: Any) -> bool:
    """Whether a column that goes by a declared name also holds it; a required one must anyhow.

    Discounts below 1 throughout are shares of the price, not amounts.
    """
    column, known = table[name], cells.drop_null()
    if column.required or not len(known):
        return True
    shares = name == "discount" and share(known, r"^(0|1|1\.0+|0?[.,]\d+|0[.,]0+)$") == 1
    return bool(fits(column, cells).score) and not (shares and share(known, "[1-9]") > 0)


def _why(column: Column, header: str, cells: Any) -> str:
    if column.kind == "money" and is_one(header, "total") and column.name == "revenue":
        return say("may have delivery and tax in it; revenue is {meaning}.", meaning=column.meaning)
    if column.refers_to == "customers":
        known = cells.drop_null()
        if share(known, "@") > 0.5:
            return say("e-mail addresses tell customers apart; they are masked in messages.")
        if share(known, " ") > 0.5:
            return say("names: two people of one name become one customer.")
    return ""


def _instead(column: Column, cells: dict[str, Any], choice: Choice) -> str:
    """Why no header is proposed for a column, and which might be it."""
    taken = set(choice.headers.values())
    could = [
        header
        for header, column_cells in cells.items()
        if header not in taken
        and fits(column, column_cells).score > 0.3
        and not any(is_one(header, other) for other in OTHERS)
    ]
    told = [
        say("the cells of {header} {reason}.", header=header, reason=fit.reason)
        for header, fit in choice.doubts.get(column.name, [])[:3]
    ]
    if could and column.kind in ("money", "date", "instant", "count"):
        told.append(say("it could be {headers}.", headers=", ".join(could[:6])))
    return say("{meaning}: no column is surely this; ", meaning=column.meaning) + " ".join(
        told or [say("put its header in.")]
    )


def matching(sheet: TextTable) -> list[str]:
    """The tables that a file could be by its columns, the likeliest first.

    A preset's file is its table. Else it is the table of which most columns are found, all required
    ones among them; where no table has them, a file that lacks but day or revenue of orders.
    """
    if sheet.report:
        return [presets()[sheet.report].table]
    if preset := recognize(sheet.columns):
        return [preset.table]
    cells = {header: sample(column) for header, column in sheet.columns.items()}
    fitting = []
    for table in TABLES.values():
        choice = choose(table.columns, table, cells)
        lacks = {name for name in table.required if name not in choice.headers}
        if table.name == "orders":
            lines = TABLES["order_lines"]
            choice = choose(lines.columns, table, cells, known=choice.headers)
            priced = {"quantity", "unit_price"} <= set(choice.headers) or "amount" in choice.headers
            lacks -= {"order_id"} | ({"revenue"} if priced else set())
        nearly = table.name == "orders" and len(lacks - {"customer_id"}) == len(lacks) == 1
        if not lacks or nearly:
            fitting.append((not lacks, len(set(choice.headers.values())), table.name))
    fitting.sort(reverse=True)
    return [name for *rank, name in fitting if rank == list(fitting[0][:2])]


def joinable(sheets: dict[str, TextTable], name: str) -> list[str]:
    """The files whose headers are those of file `name`, itself among them, by name.

    Reports of tools join if they are of the same table, whatever their headers.
    """
    if report := sheets[name].report:
        table = presets()[report].table
        fitting = [n for n, s in sheets.items() if s.report and presets()[s.report].table == table]
        return sorted(fitting)
    own = {plain(header) for header in sheets[name].columns}
    return sorted(
        other
        for other, sheet in sheets.items()
        if {plain(header) for header in sheet.columns} == own
    )
