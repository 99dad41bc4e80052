"""Proposals as the text of `columns.toml`: each line under its reason, and what a person wrote.

`write` makes the file, or extends the one that is there: what stands in it stays, letter by letter.
"""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Iterable
from typing import Any

from mktlab.reading.choosing import Line, Proposal, Raw
from mktlab.reading.mapping import FILE
from mktlab.schema import MktlabError
from mktlab.show.words import say

_WIDTH = 98
_FIRST = [
    "file",
    "join",
    "encoding",
    "decimal",
    "date_order",
    "order_id",
    "customer_id",
    "no_customer",
    "order_date",
    "lines",
    "revenue",
    "amount",
    "refunds",
    "refunded",
    "status",
    "paid",
    "cancelled",
    "ignored",
    "only",
]


def write(proposals: Iterable[Proposal], written: str = "", *, brief: bool = False) -> str:
    """The text of `columns.toml`.

    Parameters
    ----------
    proposals
        One for each table; lines above all tables are written once.
    written
        The file as it is, if there is one.
    brief
        Leave the reasons out.

    Raises
    ------
    MktlabError
        If a file that is there is written in a way that nothing can be added to it.

    Examples
    --------
    >>> proposal = Proposal("orders")
    >>> proposal.add("revenue", "Total", "the only amount.")
    >>> print(write([proposal], '[orders]  # mine'))
    [orders]  # mine
    # the only amount.
    revenue = "Total"
    <BLANKLINE>
    """
    proposals = list(proposals)
    lines = written.splitlines()
    for proposal in proposals:
        added = _section(proposal, brief)
        head = re.compile(rf"\s*\[\s*{re.escape(proposal.table)}\s*\]")
        place = next((n for n, line in enumerate(lines) if head.match(line)), None)
        if place is not None:
            lines[place + 1 : place + 1] = added
        elif added:
            lines += [""] * bool(lines) + [f"[{proposal.table}]", *added]
        for column, words in proposal.spellings.items():
            lines += ["", f"[{proposal.table}.values.{column}]"]
            lines += _reason(say("one word in several spellings: the commonest stands for all."))
            lines += [f"{toml(word)} = {toml(meant)}" for word, meant in words.items()]
    top: dict[tuple[str, bool], Line] = {}
    for proposal in proposals:
        for line in proposal.folder:
            top.setdefault((line.key, line.sure), line)
    above = [text for line in top.values() for text in _written(line, brief)]
    text = "\n".join([*above, *([""] if above and lines else []), *lines]) + "\n"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = say(
            "{file} is written in a way that nothing can be added to it ({error}): take it out of "
            "the folder, and add its lines to what mktlab check writes.",
            file=FILE,
            error=error,
        )
        raise MktlabError(told) from None
    return text


def _section(proposal: Proposal, brief: bool) -> list[str]:
    """The lines of a table, below its head."""
    texts = []
    if proposal.preset and not brief:
        told = say("{name}, known by its headers.", name=proposal.preset.name)
        told += say(" Verified: {what}", what=proposal.preset.verified)
        if proposal.preset.unverified:
            told += say(" Not verified: {what}", what=proposal.preset.unverified)
        texts += _reason(told)
    for line in sorted(proposal.lines, key=_place):
        texts += _written(line, brief)
    return texts


def _place(line: Line) -> int:
    """Files and ids first, then what a row brought, its state, and the rest."""
    if not line.key:  # words of state to sort
        return _FIRST.index("ignored")
    return _FIRST.index(line.key) if line.key in _FIRST else len(_FIRST)


def _written(line: Line, brief: bool) -> list[str]:
    mark = "" if line.sure else "# "
    reasons = [text for why in line.why for text in _reason(why) if not brief]
    text = f"{mark}{line.key} = {toml(line.value)}" if line.key else f"{mark}{line.value}"
    if len(text) > _WIDTH:
        for one, other in (('["', '[\n    "'), ('", "', '",\n    "'), ('"]', '",\n]')):
            text = text.replace(one, other.replace("\n", f"\n{mark}"))
    return [*reasons, text]


def _reason(text: str) -> list[str]:
    return [f"# {part}" for part in textwrap.wrap(text, _WIDTH, break_on_hyphens=False)]


def toml(value: Any) -> str:
    """A value as TOML writes it.

    >>> toml(["a", "b"]), toml({"USD": 0.9}), toml(True)
    ('["a", "b"]', '{ USD = 0.9 }', 'true')
    """
    if isinstance(value, Raw):
        return value
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {toml(item)}" for key, item in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
