"""What `columns.toml` should say: a `Proposal` collects `Line`s, each with its reason.

`write` makes the file of them, or extends the one that is there: what stands in it stays, letter by
letter. A line that is not sure stands there as a comment: a person decides.
"""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mktlab.reading.mapping import FILE
from mktlab.reading.meanings import Preset
from mktlab.schema import MktlabError
from mktlab.show.words import say


class Raw(str):
    """Text that stands in `columns.toml` as it is, with dots for what a person fills in."""


@dataclass
class Line:
    """One line of `columns.toml` and its reason; one that is not `sure` is a comment.

    `must` says that the table cannot be read before a person has decided it.
    """

    key: str
    value: Any
    why: list[str] = field(default_factory=list)
    sure: bool = True
    must: bool = False


@dataclass
class Proposal:
    """The lines of one table; `folder` stands above all tables, `spellings` are words for words.

    What a person has `said` of the table already is never proposed.
    """

    table: str
    said: dict[str, Any] = field(default_factory=dict)
    preset: Preset | None = None
    lines: list[Line] = field(default_factory=list)
    folder: list[Line] = field(default_factory=list)
    spellings: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def open(self) -> list[Line]:
        """What a person must decide."""
        return [line for line in (*self.folder, *self.lines) if line.must and not line.sure]

    def add(self, key: str, value: Any, *why: str, sure: bool = True, must: bool = False) -> None:
        """Add a line of the table, unless its key is said."""
        if key not in self.said:
            self.lines.append(Line(key, value, [text for text in why if text], sure, must))

    def __contains__(self, key: str) -> bool:
        return any(line.key == key and line.sure for line in self.lines)


_WIDTH = 98
_FIRST = (  # noqa: SIM905
    "file join encoding decimal date_order order_id customer_id no_customer order_date lines "
    "revenue amount refunds refunded status paid cancelled ignored only"
).split()


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
