"""The questions of lesson 51: minutes a blend, words and deeds, what it takes, a price, offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import cannibalization
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_51 import (
    COST,
    OFFERS,
    PRICES,
    VAT,
    all_at,
    best,
    gain,
    given,
    learned,
    read,
    test,
)
from mktlab.experiments import adjusted_effect

if TYPE_CHECKING:
    from mktlab.company import Company

ENOUGH, NAMED, LOWEST = 0.95, 26.0, 18.0
sheet = Sheet(
    "51_made_to_measure", given=given, cost=COST, enough=ENOUGH, named=NAMED, lowest=LOWEST
)


def _shown(company: Company) -> pd.DataFrame:
    rows = test(company)
    return rows[rows["price"].notna()]


@sheet.number(tolerance=0.005)
def made(company: Company, over: str = "blends") -> float:
    rows = _shown(company)
    return float(rows["minutes"].sum() / rows[over].sum())


@made.mistake("mean_of_ratios")
def _mean_of_ratios(company: Company) -> float:
    rows = _shown(company)
    rows = rows[rows["blends"] > 0]
    return float((rows["minutes"] / rows["blends"]).mean())


@made.mistake("each_buyer")
def _each_buyer(company: Company) -> float:
    rows = _shown(company)
    return float(rows.loc[rows["blends"] > 0, "minutes"].mean())


made.also("each_buyer")(lambda c: [float(_shown(c)["minutes"].mean())])
made.mistake("designs", over="designs")


def _sure(company: Company) -> pd.DataFrame:
    rows = _shown(company)
    return rows[(rows["said"] >= NAMED) & (rows["price"] == NAMED)]


@sheet.share(digits=3)
def held(company: Company) -> float:
    return float((_sure(company)["blends"] > 0).mean())


@held.mistake("all_shown")
def _all_shown(company: Company) -> float:
    rows = _shown(company)
    return float((rows.loc[rows["price"] == NAMED, "blends"] > 0).mean())


@held.mistake("words")
def _words(company: Company) -> float:
    return float((test(company)["said"].dropna() >= NAMED).mean())


held.mistake("designs", lambda c: float((_sure(c)["designs"] > 0).mean()))
held.mistake("blends", lambda c: float(_sure(c)["blends"].mean()))


@held.mistake("any_price")
def _any_price(company: Company) -> float:
    rows = _shown(company)
    return float((rows.loc[rows["said"] >= NAMED, "blends"] > 0).mean())


def _sides(company: Company, group: str | None = "regular") -> pd.DataFrame:
    rows = test(company)
    rows = rows if group is None else rows[rows["group"] == group]
    return rows.assign(shown=rows["price"].notna())


def _raw(rows: pd.DataFrame, of: str = "margin") -> float:
    mean = rows.groupby("shown")[of].mean()
    return float(mean[True] - mean[False])


@sheet.number(tolerance=0.005)
def lost(company: Company, group: str = "regular") -> float:
    return float(cannibalization.replaced(test(company))["each"][group])


@lost.mistake("each_customer")
def _each_customer(company: Company) -> float:
    return -adjusted_effect(_sides(company), "margin", "margin_before", "shown").difference


@lost.mistake("raw")
def _lost_raw(company: Company) -> float:
    rows = _sides(company)
    return float(-_raw(rows) / rows.loc[rows["shown"], "blends"].mean())


lost.also("raw")(lambda c: [-_raw(_sides(c))])


@lost.mistake("buyers")
def _buyers(company: Company) -> float:
    rows = _sides(company)
    seen = rows[rows["shown"]]
    mean = seen.groupby(seen["blends"] > 0)["margin"].mean()
    return float(mean[False] - mean[True])


@lost.mistake("all_groups")
def _all_groups(company: Company) -> float:
    rows = test(company).assign(group="all")
    return float(cannibalization.replaced(rows)["each"]["all"])


lost.also("all_groups", {"group": "once"}, {"group": "occasional"})


def _net(company: Company, vat: float = VAT, group: str | None = "regular") -> pd.DataFrame:
    rows = _sides(company, group)
    rows = rows[(rows["price"] == LOWEST) | ~rows["shown"]]
    return rows.assign(net=rows["margin"] + rows["blends"] * (LOWEST / (1 + vat) - COST))


@sheet.number(tolerance=0.005)
def lowest(company: Company, **turned: Any) -> float:
    return adjusted_effect(_net(company, **turned), "net", "margin_before", "shown").difference


@lowest.mistake("blends_alone")
def _blends_alone(company: Company) -> float:
    rows = _net(company)
    return float(rows.loc[rows["shown"], "blends"].mean() * (LOWEST / (1 + VAT) - COST))


lowest.mistake("raw", lambda c: _raw(_net(c), "net"))
lowest.mistake("with_tax", vat=0.0)
lowest.mistake("all_groups", group=None)
lowest.also("all_groups", {"group": "once"}, {"group": "occasional"})


def lists(company: Company) -> dict[str, Any]:
    """Offers of someone who has understood nothing."""
    some = np.random.default_rng(51).permutation(sorted(OFFERS))
    made = {f"all_at_{price:.0f}": all_at(price) for price in PRICES}
    return made | {"one": {str(some[0])}, "none": set()}


@sheet.decision(
    best=best,
    choices=lambda company: set(OFFERS),
    reads=read,
    good_enough=ENOUGH,
    guesses=lists,
)
def which(company: Company, offers: set[str]) -> float:
    return gain(company, offers)


which.mistake("nothing_taken", lambda c: learned(c, takes=False))
which.mistake("as_in_the_lesson", lambda c: {"occasional_22"})
which.also("as_in_the_lesson")(lambda c: [{"occasional_26"}])
which.mistake("all_at_one", lambda c: all_at(26.0))
which.also("all_at_one")(lambda c: [all_at(price) for price in PRICES])
which.mistake("no_regulars", lambda c: {n for n in learned(c) if not n.startswith("regular")})
