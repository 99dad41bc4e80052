"""The decision of exercise 16: what may be chosen, what it earns, what people choose instead."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.answers import ids_among
from mktlab.course.checking.plain import Unreadable
from mktlab.course.checking.slips import Slip
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mktlab.company import Company

FLOWS = ("basket", "birthday", "welcome", "win-back")
GROUPS = ("recent", "quiet", "silent")
MAILS = (0.0, 0.5, 1.0, 2.0)
WORDS = dict(zip(MAILS, ("none", "half", "one", "two"), strict=True))


def name_of(group: str, mails: float) -> str:
    """One thing to choose: so many newsletters a week for a group."""
    return f"{group}-{WORDS[mails]}"


def options() -> pd.DataFrame:
    """All that may be chosen: flows, and newsletters a week for each group."""
    rows: list[tuple[str, str, str, float]] = [(name, "flow", "", np.nan) for name in FLOWS]
    rows += [(name_of(g, m), "newsletter", g, m) for g in GROUPS for m in MAILS]
    return pd.DataFrame(rows, columns=["option", "kind", "group", "mails_per_week"])


@lru_cache(maxsize=4)
def worth(company: Company) -> pd.Series[float]:
    """What each option earns in a year, in truth."""
    flows = company.truth.flows.set_index("flow")["profit_year"]
    told = company.truth.mail_pressure
    told = told[told["mails_per_week"].isin(MAILS)]
    names = [name_of(g, m) for g, m in zip(told["group"], told["mails_per_week"], strict=True)]
    mails = pd.Series(told["net_margin"].to_numpy() / 2, index=names)
    whole: pd.Series[float] = pd.concat([flows, mails])
    return whole


def with_mails(flows: set[str], *mails: float) -> frozenset[str]:
    """A choice: these flows, and so many newsletters for each group."""
    chosen = zip(GROUPS, mails, strict=True)
    return frozenset(flows) | {name_of(group, number) for group, number in chosen}


@lru_cache(maxsize=4)
def best(company: Company) -> frozenset[str]:
    """The flows that earn, and for each group the newsletters that earn most."""
    values = worth(company)
    flows = {name for name in FLOWS if values[name] > 0}
    mails = [values[[name_of(group, m) for m in MAILS]].argmax() for group in GROUPS]
    return with_mails(flows, *(MAILS[place] for place in mails))


def flows_of(choice: Iterable[str]) -> set[str]:
    return {name for name in choice if name in FLOWS}


def mails_of(choice: Collection[str]) -> dict[str, float]:
    return {g: m for g in GROUPS for m in MAILS if name_of(g, m) in choice}


def read(answer: Any, choices: Any) -> Any:
    """Flows that stay on, and one number of newsletters for each group."""
    chosen = ids_among(answer, choices)
    newsletters = [name for name in chosen if name not in FLOWS]
    if len(newsletters) != len(GROUPS) or set(mails_of(chosen)) != set(GROUPS):
        raise Unreadable(
            say(
                "Your answer holds {n:count} options for newsletters: choose exactly one for each "
                "of the {groups:count} groups, and the flows that stay on.",
                n=len(newsletters),
                groups=len(GROUPS),
            )
        )
    return chosen


def alike(choice: Any, mistaken: Any) -> bool:
    """The same flows; where all groups get the same, not once a week, the same newsletters, too."""
    same = flows_of(choice) == flows_of(mistaken)
    if set(mails_of(mistaken).values()) == {1.0}:
        return same
    return same and mails_of(choice) == mails_of(mistaken)


def amiss(_: Company | None, choice: Any, right: Any) -> Slip | None:
    """Which way the newsletters are wrong."""
    mine, so = mails_of(choice), mails_of(right)
    if any(mine[group] > so[group] for group in GROUPS):
        told = say(
            "A group gets more newsletters than pay for it: what they add there is less than "
            "sending costs, or than the addresses lost would have brought."
        )
        return Slip(say("too many mails for a group"), told)
    told = say(
        "A group gets fewer newsletters than would pay: a few more cost less than they bring."
    )
    return Slip(say("too few mails for a group"), told)


def guesses(company: Company) -> dict[str, frozenset[str]]:
    """Choices that somebody makes who has understood nothing."""
    made = {f"all_{m:g}": with_mails({*FLOWS}, m, m, m) for m in MAILS}
    made |= {f"none_{m:g}": with_mails(set(), m, m, m) for m in MAILS}
    made["first"] = with_mails({*FLOWS[:2]}, *MAILS[:3])
    made["last"] = with_mails({*FLOWS[1:]}, *MAILS[1:])
    return made


def subsets(company: Company, kind: str) -> list[frozenset[str]]:
    """Wrong choices of flows, with a newsletter a week for all."""
    right = flows_of(best(company))
    wrong = {*FLOWS} - right
    found = []
    for size in range(len(FLOWS) + 1):
        for some in map(set, combinations(FLOWS, size)):
            bad, missing = some & wrong, right - some
            if size == len(FLOWS):
                of = "all_on"
            elif not some:
                of = "all_off"
            elif bad and (bad == wrong or not some & right):
                of = "most_orders"
            elif bad:
                of = "one_that_costs"
            else:
                of = "one_missing" if missing else ""
            if of == kind:
                found.append(with_mails(some, 1, 1, 1))
    return found
