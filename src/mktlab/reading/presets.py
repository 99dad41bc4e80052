"""Exports of shops and tools that are known by their headers; what each holds is data.

Each file of `presets/` says which headers tell the export, which column means what, which settings
it needs, which words of state it writes, and how far all this was verified. `recognize` finds the
one that a file comes from, whatever the order and the case of its headers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from mktlab.resources import declared
from mktlab.spelling import plain


@dataclass(frozen=True)
class Preset:
    """One export: `needs` are the headers that tell it, of each list one.

    `columns` gives the headers of a column, the best first; `states` sorts words that this export
    writes; `only` says by the words of a column which rows are sales at all; `one_currency` names
    columns whose amounts are converted already; `why` gives the reason of a line.
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

    def found(self, headers: Iterable[str]) -> dict[str, str]:
        """The column that each of these headers is, in the spelling of the file."""
        spelled = spelling(headers)
        found: dict[str, str] = {}
        for column, names in self.columns.items():
            there = [spelled[plain(name)] for name in names if plain(name) in spelled]
            there = [header for header in there if header not in found.values()]
            if there:
                found[column] = there[0]
        return found


def spelling(headers: Iterable[str]) -> dict[str, str]:
    """Headers by their letters alone, so that case, accents and signs make no difference.

    >>> spelling(["Order #", "order #"])
    {'order': 'Order #'}
    """
    spelled: dict[str, str] = {}
    for header in headers:
        spelled.setdefault(plain(header), header)
    return spelled


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
