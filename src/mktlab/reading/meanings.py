"""What headers mean: which column of a table a person's own name for it is likeliest to be.

`words` reduces a header to the words that matter, whatever its case, accents, abbreviations and
order of words. `meaning` holds it against the synonyms of a column. `recognize` finds the export of
a shop or tool whose headers a file has; what each export holds is data, a file of `presets/`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from mktlab.reading.numbers import code
from mktlab.resources import declared
from mktlab.spelling import plain

_DECLARED = declared("reading/synonyms.toml")
OTHERS: dict[str, list[str]] = _DECLARED.pop("others")
"""Meanings that no column has, such as tax."""

_SAME = {word: meant for meant, known in _DECLARED.pop("same").items() for word in known.split()}
_IDLE, _NEUTRAL, _SUMS = (
    frozenset(_DECLARED.pop(name).split()) for name in ("idle", "neutral", "sums")
)

SYNONYMS: dict[str, list[str]] = _DECLARED
"""How exports in English and French name the columns that own data usually has."""


@cache
def words(header: str) -> frozenset[str]:
    """The words of a header that matter.

    >>> words("TicketNo") == words("ticket number") == words("No. of Ticket")
    True
    >>> sorted(words("Quantités (EUR)"))
    ['quantity']
    """
    parted = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    parted = re.sub(r"(?i)\be[- ]mail", "email", parted).replace("°", "o ").replace("#", " number ")
    found = plain(parted).split()
    if re.search(r"(?i)\bn\s?[°º]", header):
        found = ["number" if word in ("no", "n") else word for word in found]
    known = [_SAME.get(word, word) for word in found]
    single = [w[:-1] if len(w) > 3 and w[-1] == "s" and not w.endswith("ss") else w for w in known]
    kept = frozenset(_SAME.get(word, word) for word in single)
    return (kept - _IDLE) or kept


@cache
def _known(column: str) -> tuple[frozenset[str], ...]:
    names = [column, *SYNONYMS.get(column, OTHERS.get(column, ()))]
    return tuple(words(name.replace("_", " ")) for name in names)


@cache
def _spelled(column: str) -> list[str]:
    return [" ".join(sorted(name)) for name in _known(column)]


@cache
def _named() -> frozenset[frozenset[str]]:
    """What is the name of some column, or of what no column holds."""
    return frozenset(name for column in (*SYNONYMS, *OTHERS) for name in _known(column))


def meaning(header: str, column: str) -> float:
    """How likely a header means a column: 3 for its own name, less down its synonyms, 0 for no.

    >>> meaning("Order total", "revenue") > meaning("Tax total", "revenue") == 0
    True
    """
    said = words(header)
    known = _known(column)
    number = column.endswith("_id")
    if number and re.fullmatch(r"(total |new |active )*\w+[^s]s", plain(header)):
        return 0.0  # Users, Total customers, Orders: so many of them
    if said in known:
        return 3.0 - 0.01 * known.index(said)
    if said in _named():
        return 0.0
    neutral = _NEUTRAL - _SUMS if number else _NEUTRAL
    inside = [
        (rank, len(said - name))
        for rank, name in enumerate(known)
        if name < said and said - name <= neutral and name - _NEUTRAL
    ]
    if inside:
        return max(2.0 - 0.005 * rank - 0.2 * more for rank, more in inside)
    spelled = " ".join(sorted(said))
    close = difflib.get_close_matches(spelled, _spelled(column), n=1, cutoff=0.9)
    return 0.9 if close and len(spelled) >= 6 else 0.0


def is_one(header: str, other: str) -> bool:
    """Whether a header has one of the meanings that no column has: tax, total, fee.

    >>> is_one("Montant TVA", "tax"), is_one("Total", "tax")
    (True, False)
    """
    return words(header) in _known(other)


@dataclass(frozen=True)
class Preset:
    """One export: `needs` are the headers that tell it, of each list one.

    `columns` gives the headers of a column, the best first; `states` sorts words that this export
    writes; `only` says by the words of a column which rows are sales at all; `one_currency` names
    columns whose amounts are converted already; `why` gives the reason of a line. `report` is what
    `reports` asks of a tool's report, whose rows are days or weeks and not sales.
    """

    name: str
    table: str
    needs: list[list[str]]
    columns: dict[str, list[str]]
    verified: str
    unverified: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    states: dict[str, list[str]] = field(default_factory=dict)
    only: dict[str, list[str]] = field(default_factory=dict)
    one_currency: dict[str, str] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)

    def found(self, headers: Iterable[str]) -> dict[str, str]:
        """The column that each of these headers is, in the spelling of the file."""
        spelled = spelling(headers)
        found: dict[str, str] = {}
        for column, names in self.columns.items():
            there = [header for name in names for header in alike(name, spelled)]
            there = [header for header in there if header not in found.values()]
            if there:
                found[column] = there[0]
        return found


def alike(name: str, spelled: Mapping[str, str]) -> list[str]:
    """The headers, by `spelling`, that are a name; a * in it is for any words.

    >>> alike("*reach (Overall)", {"post reach overall": "Post reach (Overall)"})
    ['Post reach (Overall)']
    """
    form = re.compile(".*".join(re.escape(plain(part)) for part in name.split("*")))
    return [header for said, header in spelled.items() if form.fullmatch(said)]


def spelling(headers: Iterable[str]) -> dict[str, str]:
    """Headers by their letters alone, so that case, accents and signs make no difference.

    >>> spelling(["Order #", "order #"])
    {'order': 'Order #'}
    """
    spelled: dict[str, str] = {}
    headers = list(headers)
    for header in headers:
        spelled.setdefault(plain(header), header)
    for header in headers:
        spelled.setdefault(plain(bare(header)), header)
    return spelled


def bare(header: str) -> str:
    """A header without the currency behind it.

    >>> bare("Amount spent (EUR)"), bare("Created (UTC)")
    ('Amount spent', 'Created (UTC)')
    """
    name, _, behind = header.rpartition("(")
    return name.strip() if name and code(behind.removesuffix(")")) else header


@cache
def presets() -> Mapping[str, Preset]:
    """All presets by their name.

    >>> presets()["Stripe payments"].columns["revenue"]
    ['Amount']
    """
    folder = files("mktlab").joinpath("reading", "presets")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    known = [Preset(**declared(f"reading/presets/{name}")) for name in names]
    return {preset.name: preset for preset in known}


def recognize(headers: Iterable[str]) -> Preset | None:
    """The export that has these headers, or None; of several, the one that needs most of them.

    >>> recognize(["STATUS", "id", "amount", "Amount refunded", "currency", "created (utc)"]).name
    'Stripe payments'
    >>> recognize(["id", "amount"])
    """
    there = set(spelling(headers))
    fitting = [
        preset
        for preset in presets().values()
        if all(any(plain(name) in there for name in names) for names in preset.needs)
    ]
    return max(fitting, key=lambda preset: len(preset.needs), default=None)
