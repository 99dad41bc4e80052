"""Words of state: which orders are paid, which cancelled, which are none, as the reader says.

`settle` writes paid and cancelled in the place of a file's words and leaves out what is ignored;
words that nobody has settled are one problem, with the lines that settle them. `likely_states`
sorts the words of shop systems.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pandas as pd

from mktlab.orders import STATUS
from mktlab.reading.problems import Fault, counted, masked
from mktlab.reading.rows import Rows
from mktlab.reading.settings import Settings
from mktlab.resources import declared
from mktlab.show.words import say
from mktlab.spelling import plain

_LIKELY: dict[str, list[str]] = declared("reading/states.toml")
_KINDS = (*STATUS, "ignored")
_MOST = 30
"""Words that a question shows; a column of more is hardly one of states."""


def likely_states(words: Iterable[str], *, refunds: bool) -> dict[str, list[str]]:
    """The words by what they most likely mean; what nobody knows is under "".

    Parameters
    ----------
    refunds
        Whether the table says how much was given back of each order: a refunded order is then a
        paid one, else one that brought nothing.

    Examples
    --------
    >>> likely_states(["Livrée", "on-hold", "refunded", "blue"], refunds=False)
    {'paid': ['Livrée'], 'cancelled': ['refunded'], 'ignored': ['on-hold'], '': ['blue']}
    """
    found: dict[str, list[str]] = {}
    for word in words:
        kind = next((kind for kind, known in _LIKELY.items() if plain(word) in known), "")
        kind = kind if kind != "refunded" else _KINDS[not refunds]
        found.setdefault(kind, []).append(word)
    return {kind: found[kind] for kind in (*_KINDS, "") if kind in found}


def settle(rows: Rows) -> None:
    """Write paid and cancelled for the words that the reader has settled, if there are any."""
    if "status" not in rows.frame or not any(_said(rows.settings).values()):
        return
    status = rows.frame["status"]
    kinds = _kinds(status, rows.settings)
    if fault := question(status, rows.settings, refunds=_given_back(rows)):
        rows.problem(fault.rows, "status", fault.found, fault.accepted, fault.fix)
        return
    rows.frame["status"] = status.map(kinds).astype("str")
    counts = status.value_counts()
    for kind in STATUS:
        held = {w: counts[w] for w, meaning in kinds.items() if meaning == kind != w}
        if held:
            rows.tell(say("{words} counted as {kind}.", words=counted(held), kind=kind))
    ignored = (rows.frame["status"] == _KINDS[-1]).to_numpy()
    words = [word for word, kind in kinds.items() if kind == _KINDS[-1]]
    rows.leave_out(ignored, say("ignored as {words}", words=", ".join(words)))


def _given_back(rows: Rows) -> bool:
    return "refunded" in rows.frame and bool((rows.frame["refunded"] > 0).any())


def _said(settings: Settings) -> dict[str, tuple[str, ...]]:
    return dict(zip(_KINDS, (settings.paid, settings.cancelled, settings.ignored), strict=True))


def _kinds(status: pd.Series[Any], settings: Settings) -> dict[str, str]:
    """What each word of a column means, "" where nobody has said it."""
    meant = {word: word for word in STATUS} | {
        word.strip().casefold(): kind for kind, words in _said(settings).items() for word in words
    }
    words = map(str, status.value_counts().index)
    return {word: meant.get(word.casefold(), "") for word in words}


def question(status: pd.Series[Any], settings: Settings, *, refunds: bool) -> Fault | None:
    """All words of a column and the lines that settle them, if some are not settled yet.

    >>> fault = question(pd.Series(["paid", "sent", "odd"]), Settings(), refunds=False)
    >>> print(fault.found, fault.fix, sep="\\n")
    paid (1), sent (1), odd (1)
    write into columns.toml under [orders], once you have checked them:
    paid = ["sent"]
    # put "odd" into one of these lines
    """
    kinds = _kinds(status, settings)
    unknown = [word for word, kind in kinds.items() if not kind]
    if not unknown:
        return None
    guess = likely_states(unknown, refunds=refunds)
    lines = []
    for kind in _KINDS:
        already = [word for word, settled in kinds.items() if settled == kind != word]
        if words := [*already, *guess.get(kind, [])]:
            lines.append(f"{kind} = {json.dumps(words, ensure_ascii=False)}")
    if unsure := guess.get("", []):
        left = ", ".join(json.dumps(word, ensure_ascii=False) for word in unsure)
        lines.append(say("# put {words} into one of these lines", words=left))
    counts = {str(word): int(n) for word, n in status.value_counts().items()}
    more = len(counts) - _MOST
    some = dict(list(counts.items())[:_MOST])
    if more > 0:  # so many words are none of state, and may be anybody's
        some = {masked(word): n for word, n in some.items()}
        lines = []
    found = counted(some)
    return Fault(
        status.isin(unknown).to_numpy(),
        found + (say(" and {n:count} other words", n=more) if more > 0 else ""),
        say(
            "write into columns.toml under [orders], once you have checked them:\n{lines}",
            lines="\n".join(lines),
        ),
        say("paid or cancelled, or lines of columns.toml that say which word is which"),
    )
