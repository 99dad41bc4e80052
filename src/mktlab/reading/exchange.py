"""Amounts of several currencies in one, by the reader's rates; without rates they are not added."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd

from mktlab.reading.numbers import Words, by_sign, by_word, code, column_of
from mktlab.reading.problems import counted
from mktlab.reading.rows import Rows
from mktlab.schema import Table
from mktlab.show.words import say, say_many


def in_one(rows: Rows, table: Table) -> dict[str, Any]:
    """Bring every amount of a table into the currency of the company.

    Sets `rows.currency`, and adds a problem where the files leave open what an amount is worth.

    Returns
    -------
    Header -> by what its amounts are multiplied, for those that are.
    """
    money = {c.name: rows.headers[c.name] for c in table.columns if c.name in rows.headers}
    money = {name: header for name, header in money.items() if table[name].kind == "money"}
    money |= {header: header for header in rows.amounts}
    cells, settings = rows.sheet.columns, rows.settings
    header = settings.currency_column or column_of(
        cells, rows.headers.values(), next(iter(money.values()), "")
    )
    if not money or (header and header not in cells):
        if header and money:
            headers = ", ".join(cells)
            why = say("the file does not have this header")
            rows.wrong("currency", header, why, headers, say("mend that line"))
        return {}
    words = _of_rows(rows, header) if header else None
    found = {
        name: seen
        for name, at in money.items()
        if (seen := _of_cells(cells[at], words, settings.currency)) is not None
    }
    if not found:
        return {}
    main = next(name for name in ("revenue", *found) if name in found)
    counts = Counter(_filled(found[main], rows.frame.get(main)))
    for seen in found.values():
        counts |= Counter(dict.fromkeys(set(seen), 1))
    del counts[""]
    return _settled(rows, counts, {money[name]: seen for name, seen in found.items()}, header)


def ask_rates(home: str, *others: str) -> str:
    """What to do where a file has several currencies."""
    return say(
        "write at the top of columns.toml, with your rates for the dots:\n"
        'currency = "{home}"\nrates = {{{others}}}',
        home=home,
        others=", ".join(f"{code} = ..." for code in others),
    )


def _of_rows(rows: Rows, header: str) -> Words:
    """The currency of every row; of further lines of an order, that of its first."""
    words = by_word(rows.sheet.columns[header])
    if not rows.settings.lines or "order_id" not in rows.frame or not (words == "").any():
        return words
    said = pd.Series(words).mask(words == "")
    return np.asarray(said.groupby(rows.frame["order_id"]).transform("first").fillna(""), object)


def _of_cells(cells: Any, words: Words | None, currency: str) -> Words | None:
    signs = by_sign(cells, currency)
    if signs is None or words is None:
        return words if signs is None else signs
    return np.where(signs == "", words, signs)


def _filled(words: Words, values: pd.Series[Any] | None) -> Words:
    return words if values is None else words[values.notna().to_numpy()]


def _settled(
    rows: Rows, counts: Counter[str], found: dict[str, Words], header: str
) -> dict[str, Any]:
    """The factors by header, or a problem; what is done is told."""
    settings = rows.settings
    home = settings.currency or (next(iter(counts)) if len(counts) == 1 else "")
    unrated = [word for word in counts if word not in settings.rates]
    home = home or (unrated[0] if len(unrated) == 1 else "")
    rows.currency = home or rows.currency
    rows.seen = home if counts else ""
    foreign = {word: number for word, number in counts.most_common() if word != home}
    missing = [word for word in foreign if word not in settings.rates]
    if missing:
        likely = home or counts.most_common(1)[0][0]
        others = (code(word) or word for word in counts if word != likely)
        told = say("amounts in {shown}", shown=counted(dict(counts.most_common())))
        told += say(", as the column {header} says", header=header) if header else ""
        accepted = say("one currency, or what one unit of each other one is worth")
        theirs = np.isin(next(iter(found.values())), missing)
        theirs = theirs if theirs.any() else ~theirs
        rows.problem(theirs, "", told, accepted, ask_rates(likely, *others))
        return {}
    if not foreign:
        if counts and not settings.currency:
            rows.tell(say("amounts are in {home}, as the file says.", home=home))
        return {}
    for word, number in foreign.items():
        rows.tell(
            say_many(
                "{n} amount in {word} counted at {rate} {home} each.",
                "{n:count} amounts in {word} counted at {rate} {home} each.",
                number,
                word=word,
                rate=f"{settings.rates[word]:.10g}",
                home=home,
            )
        )
    rates = {**settings.rates, home: 1.0, "": 1.0}
    return {at: np.array([rates[word] for word in words]) for at, words in found.items()}
