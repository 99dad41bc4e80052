"""What personal data of a file are left out, taken out of texts, or to become pseudonyms.

By default no table keeps what only tells who somebody is: `leave_out` says which headers are not
read, and tells it; `without` takes contacts out of texts that are read. An id that is an e-mail
address, a phone number or a name is needed, to tell customers apart: `Rows.personal` names it, and
whoever makes a company of the tables gives it a pseudonym (`mktlab.data.pseudonyms`).
`personal = "keep"` in columns.toml keeps everything, which is told each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from mktlab.reading.personal import MOST, Personal, personal_columns, without_contacts
from mktlab.reading.rows import Rows
from mktlab.schema import Table
from mktlab.show.words import say, say_many

KEEP = "keep"
SAME = {"referrer_id": "customer_id"}
"""Ids of other tables that are those of customers."""
_STAYS = ("name", "free_text")
"""Kinds that a declared text may hold: a product has a name, an answer a comment."""


def leave_out(rows: Rows, table: Table) -> set[str]:
    """The headers that are not read, told; personal ids go into `rows.personal`."""
    by_header = {header: table[name] for name, header in rows.headers.items()}
    cells = {
        header: column.drop_null().slice(0, MOST).to_pylist()
        for header, column in rows.sheet.columns.items()
        if header in by_header or not rows.sheet.report  # of a report no other column is kept
    }
    left, kept = [], []
    for header, what in personal_columns(cells).items():
        column = by_header.get(header)
        if column and column.kind == "id":
            if what.kind != "free_text":
                rows.personal[column.name] = what.kind
                kept.append(header)
        elif column is None or _needless(column.kind, column.required, what):
            left.append(header)
            kept.append(header)
    if rows.settings.personal == KEEP:
        rows.personal.clear()
        if kept:
            told = say(
                'personal data are kept, as personal = "keep" says: {headers}.',
                headers=", ".join(kept),
            )
            rows.tell(told)
        return set()
    if left:
        rows.tell(say("left out as personal: {headers}.", headers=", ".join(left)))
    return set(left)


def _needless(kind: str, required: bool, what: Personal) -> bool:
    """Whether a declared column holds what no table needs."""
    return kind == "text" and not required and what.kind not in _STAYS


def without(rows: Rows, table: Table) -> None:
    """Take contacts out of the declared texts of a table, and tell in how many cells."""
    if rows.settings.personal == KEEP:
        return
    for column in table.columns:
        if column.kind != "text" or column.name not in rows.frame:
            continue
        texts: pd.Series[Any] = rows.frame[column.name]
        clean = {text: without_contacts(text) for text in texts.dropna().unique()}
        changed = {text: new for text, new in clean.items() if text != new}
        if changed:
            hit = texts.isin(list(changed))
            rows.frame[column.name] = texts.where(~hit, texts.map(changed)).astype(texts.dtype)
            rows.tell(
                say_many(
                    "{column}: contacts of people taken out of {n} cell.",
                    "{column}: contacts of people taken out of {n:count} cells.",
                    int(hit.sum()),
                    column=column.name,
                )
            )


def of_people(found: Iterable[str]) -> set[str]:
    """All columns of ids that are those of the same people as the ones found.

    >>> sorted(of_people(["customer_id"]))
    ['customer_id', 'referrer_id']
    """
    same = {SAME.get(name, name) for name in found}
    return same | {name for name, other in SAME.items() if other in same}


def told(columns: dict[str, str]) -> str:
    """The sentence on ids that become pseudonyms: the one place that says what these are."""
    ids = say(" and ").join(
        say("{name} ({kind})", name=n, kind=kind.replace("_", " ")) for n, kind in columns.items()
    )
    return say(
        "{ids} would name people, so pseudonyms stand instead; they are still personal data: "
        "whoever has the key can tell who is who.",
        ids=ids,
    )
