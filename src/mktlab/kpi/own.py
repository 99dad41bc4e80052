"""KPIs of a reader's own: `kpis.toml` in the folder of her tables, beside `columns.toml`.

`read_kpis` reads them; `registry.use` puts them beside those of the course, for the company that
was loaded last.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from mktlab.files import is_file
from mktlab.kpi.measures import MEASURES
from mktlab.kpi.registry import BUILT_IN, BUYERS, CONTRACTS, DERIVED, GIVEN, OWN, Kpi
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import did_you_mean

FILE = "kpis.toml"
_NEEDED = ("label", "formula", "unit", "direction", "numerator")
_KEYS = (*_NEEDED, "denominator")
_DIRECTIONS = ("up", "down", "neither")
_MADE = {name: parts for name, parts in DERIVED.items() if not set(parts) & set(GIVEN)}
KNOWN = (*MEASURES, *BUYERS, *CONTRACTS, *_MADE)
"""The measures that a KPI of one's own can be made of."""


def read_kpis(folder: Path) -> list[Kpi]:
    """The KPIs that a folder's `kpis.toml` declares; none where there is no such file.

    Raises
    ------
    MktlabError
        For the first mistake in it: what is wrong, and what to write.
    """
    path = folder / FILE
    if not is_file(path):
        return []
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        told = say(
            '{file}: {error}; write lines such as [refund_share] and label = "Refund share", all '
            "texts in double quotes.",
            file=FILE,
            error=error,
        )
        raise MktlabError(told) from None
    return [_kpi(name, lines) for name, lines in said.items()]


def _kpi(name: str, lines: Any) -> Kpi:
    """One KPI as it is declared, if it can be one."""
    if name in BUILT_IN:
        _refuse(name, say("is a KPI already: give yours another name"))
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        _refuse(name, say("is no name: give it small letters, digits and _, such as refund_share"))
    if not isinstance(lines, dict):
        _refuse(name, say("is a single line: write [{name}] and its lines below", name=name))
    for key, text in lines.items():
        if key not in _KEYS:
            known, likely = ", ".join(_KEYS), did_you_mean(key, _KEYS)
            what = say(
                "has a line {key}{likely}: known are {known}", key=key, likely=likely, known=known
            )
            _refuse(name, what)
        if not isinstance(text, str) or not text.strip():
            _refuse(name, say("{key} must be a text in double quotes", key=key))
    if missing := [key for key in _NEEDED if key not in lines]:
        _refuse(name, say("has no {key}: add the line", key=missing[0]))
    if lines["direction"] not in _DIRECTIONS:
        _refuse(name, say("direction is one of {known}", known=", ".join(_DIRECTIONS)))
    for key in ("numerator", "denominator"):
        if key in lines and lines[key] not in KNOWN:
            likely = did_you_mean(lines[key], KNOWN)
            what = say(
                "{key} {said!r} is no measure{likely}", key=key, said=lines[key], likely=likely
            )
            what += "" if likely else say("; known are {known}", known=", ".join(KNOWN))
            _refuse(name, what)
    return Kpi(name=name, family=OWN, mistake="", **lines)


def _refuse(name: str, what: str) -> None:
    raise MktlabError(say("{file}, [{name}]: {what}.", file=FILE, name=name, what=what))
