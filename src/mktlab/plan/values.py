"""What is wrong with one value of a plan, in a sentence: its kind, its names, its limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mktlab.plan.mix import DEAL_WEEKS, Lever
from mktlab.plan.wording import is_flag, is_number, number
from mktlab.show.words import say
from mktlab.spelling import did_you_mean


def kind_problem(lever: Lever, value: object) -> str:
    """What is wrong with the kind of a value, or nothing.

    >>> from mktlab.plan.mix import DECIDED
    >>> kind_problem(DECIDED["price.beans"], "1,1")
    "price.beans: '1,1' is no finite number; write it without quotes and with a decimal point."
    """
    if lever.names:
        return _names_problem(lever, value)
    if isinstance(lever.base, bool):
        if is_flag(value):
            return ""
        return say(
            "{path}: {value} is neither yes nor no; write True or False (true or false in a file).",
            path=lever.path,
            value=number(value),
        )
    if is_number(value):
        return ""
    advice = say("write it without quotes and with a decimal point")
    return say(
        "{path}: {value} is no finite number; {advice}.",
        path=lever.path,
        value=number(value),
        advice=advice,
    )


def _names_problem(lever: Lever, value: object) -> str:
    """What is wrong with the names that are chosen, or nothing."""
    name = lever.names[0]
    shape: object = name if isinstance(lever.base, str) else [name]
    shape = dict.fromkeys(lever.groups[:1], name) or shape
    kinds = (list, tuple) if isinstance(shape, list) else Mapping if lever.groups else str
    if not isinstance(value, kinds):
        return say(
            "{path}: {value} chooses no name; write it as in {shape}, and choose among {known}.",
            path=lever.path,
            value=number(value),
            shape=json.dumps(shape),
            known=", ".join(lever.names),
        )
    groups = list(value) if isinstance(value, Mapping) else []
    chosen = [value] if isinstance(value, str) else [*value]
    chosen = list(value.values()) if isinstance(value, Mapping) else chosen
    for given, known in ((groups, lever.groups), (chosen, lever.names)):
        for name in given:
            if name not in known and name != "":
                return say(
                    "{path}: there is no {name}{hint}; choose among {known}.",
                    path=lever.path,
                    name=number(name),
                    hint=did_you_mean(str(name), known),
                    known=", ".join(known),
                )
    return ""


def limit_problem(lever: Lever, value: Any) -> str:
    """What is wrong with the size of a value, or nothing."""
    if lever.names:
        return ""
    if lever.low <= value <= lever.high:
        return ""
    advice = say("choose a value within")
    if lever.path == "promotion.deal_chance" and value > lever.high:
        advice = say(
            "a promotion lasts {weeks} weeks, and one that starts within 30 days after another may "
            "not be announced (Code de la consommation, L112-1-1), so choose a value within",
            weeks=DEAL_WEEKS,
        )
    return say(
        "{path}: {value} is outside {low} to {high} ({unit}); {advice}.",
        path=lever.path,
        value=number(value),
        low=number(lever.low),
        high=number(lever.high),
        unit=lever.unit,
        advice=advice,
    )
