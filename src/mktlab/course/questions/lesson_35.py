"""The questions of lesson 35: who is still there, hazard, one cause, the price, two prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import survival
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_35 import (
    EVERY,
    FIRST,
    PLANS,
    TODAY,
    amiss,
    best,
    contracts,
    gain,
    given,
    likeliest,
    lives,
    near,
    pair,
    power,
    read,
    test,
)

if TYPE_CHECKING:
    from mktlab.company import Company

HALF, YEAR, TWO_YEARS, ENOUGH = 6, 13, 26, 0.55
sheet = Sheet(
    "35_subscriptions", given=given, half=HALF, two_years=TWO_YEARS, every=EVERY, enough=ENOUGH
)


def _of_cause(table: pd.DataFrame, cause: str) -> pd.DataFrame:
    """The contracts, all other ends taken as censored."""
    return table.assign(ended=table["cause"] == cause)


def _share(table: pd.DataFrame, renewal: int, cause: str | None = None) -> float:
    return float(survival.incidence(table, cause)["share"][renewal])


def _last(company: Company) -> int:
    return int(lives(company)["age"].max())


@sheet.share(digits=3)
def still_there(
    company: Company, renewal: int = HALF, entry: bool = True, all_of_them: bool = False
) -> float:
    table = lives(company, all_of_them)
    return 1 - _share(table if entry else table.assign(entry=0), renewal)


still_there.mistake("no_late_entry", entry=False)
still_there.also("no_late_entry", {"entry": False, "all_of_them": True})
still_there.mistake("who_left", lambda c: 1 - still_there(c))
still_there.mistake("other_contracts", all_of_them=True)
still_there.mistake("other_renewal", renewal=YEAR)
still_there.also("other_renewal", *({"renewal": n} for n in (3, 4, 5, 7, 8, 12, 14, 24, 26)))


@still_there.also("other_contracts")
def _only_new(company: Company) -> list[float]:
    table = lives(company)
    return [1 - _share(table[table["entry"] == 0], HALF)]


@still_there.mistake("ends_of_interval")
def _low(company: Company) -> float:
    return 1 - float(survival.incidence(lives(company))["low"][HALF])


still_there.also("ends_of_interval")(
    lambda c: [1 - float(survival.incidence(lives(c))["high"][HALF])]
)


@still_there.mistake("running_of_all")
def _running_of_all(company: Company) -> float:
    return float(contracts(company)["ended_date"].isna().mean())


@still_there.mistake("of_who_left")
def _of_who_left(company: Company) -> float:
    table = lives(company)
    return float((table.loc[table["ended"], "age"] > HALF).mean())


@still_there.also("of_who_left")
def _lasted(company: Company) -> list[float]:
    table, raw, days = lives(company), contracts(company), EVERY * HALF
    left = table.loc[table["ended"], "age"]
    ages = [(table["age"] > HALF).mean(), (table["age"] >= HALF).mean(), (left >= HALF).mean()]
    old = raw["started_date"] <= company.today - pd.Timedelta(days=days)
    life = (raw["ended_date"].fillna(company.today) - raw["started_date"]).dt.days
    whole = [life >= days, life > days]
    found = [*ages, *(one.mean() for one in whole), *(one[old].mean() for one in whole)]
    return [float(share) for share in (*found, raw["ended_date"].isna()[old].mean())]


@still_there.mistake("one_cause")
def _one_cause(company: Company) -> float:
    return 1 - _share(_of_cause(lives(company), "canceled"), HALF)


@still_there.also("one_cause")
def _other_causes(company: Company) -> list[float]:
    table = lives(company)
    names = ("canceled", "failed", "left")
    alone = [1 - _share(_of_cause(table, name), HALF) for name in names[1:]]
    parts = [_share(table, HALF, name) for name in names]
    return [*alone, *parts, *(1 - part for part in parts)]


def _chances(
    company: Company,
    column: str,
    entry: bool = True,
    first: tuple[int, ...] = FIRST,
    all_of_them: bool = False,
) -> pd.Series[float]:
    table = lives(company, all_of_them)
    told = survival.chances(table if entry else table.assign(entry=0), first=first)
    told.index = pd.Index(FIRST, name="renewal")
    found: pd.Series[float] = told[column]
    return found.rename("ended")


@sheet.table(key="renewal", digits=3, share=True)
def hazard(company: Company, column: str = "ended", **turned: Any) -> pd.Series[float]:
    return _chances(company, column, **turned)


hazard.mistake("no_late_entry", entry=False)
hazard.mistake("one_cause", column="canceled")
hazard.also("one_cause", {"column": "failed"}, {"column": "left"})
hazard.mistake("ends_of_interval", column="low")
hazard.also("ends_of_interval", {"column": "high"})
hazard.mistake("other_contracts", all_of_them=True)
hazard.mistake("other_classes", first=(1, 3, 13))
hazard.also("other_classes", *({"first": n} for n in ((1, 2, 5), (1, 4, 13), (1, 3, 14))))
hazard.mistake("who_stays", lambda c: 1 - hazard(c))


@hazard.mistake("of_contracts")
def _of_contracts(company: Company) -> pd.Series[float]:
    """Ends in a class over contracts, and not over renewals."""
    counts = _ends(company)
    return (counts / len(lives(company))).rename("ended")


def _ends(company: Company) -> pd.Series[float]:
    table = lives(company)
    left = table.loc[table["ended"], "age"]
    of = np.asarray(FIRST)[np.searchsorted(FIRST, left, side="right") - 1]
    counts: pd.Series[float] = pd.Series(1.0, index=left.index).groupby(of).sum()
    return counts.rename_axis("renewal")


@hazard.also("of_contracts")
def _of_others(company: Company) -> list[pd.Series[float]]:
    """Ends over all ends, or over those who came to the class; what has ended by its last one."""
    counts, table = _ends(company), lives(company)
    came = pd.Series({n: (table["age"] >= n).sum() for n in FIRST}).rename_axis("renewal")
    share = survival.incidence(table)["share"]
    until = pd.Series([share[3], share[13], share.iloc[-1]], came.index)
    made = [counts / counts.sum(), counts / came, until]
    return [one.rename("ended") for one in made]


@sheet.share(digits=3)
def canceled(
    company: Company, renewal: int = TWO_YEARS, cause: str | None = "canceled", entry: bool = True
) -> float:
    table = lives(company)
    return _share(table if entry else table.assign(entry=0), renewal, cause)


@canceled.mistake("alone")
def _alone(company: Company) -> float:
    return _share(_of_cause(lives(company), "canceled"), TWO_YEARS)


canceled.also("alone")(lambda c: [1 - _alone(c)])
canceled.mistake("all_ends", cause=None)
canceled.also("all_ends")(lambda c: [1 - canceled(c, cause=None)])
canceled.mistake("other_cause", cause="failed")
canceled.also("other_cause", {"cause": "left"})
canceled.mistake("no_late_entry", entry=False)
canceled.mistake("other_renewal", renewal=YEAR)
canceled.also("other_renewal", *({"renewal": n} for n in (3, 6, 24, 25, 27)))
canceled.also("other_renewal")(lambda c: [canceled(c, renewal=_last(c))])
canceled.mistake("ends_of_interval", lambda c: _ends_of(c, "low"))
canceled.also("ends_of_interval")(lambda c: [_ends_of(c, "high")])
canceled.mistake("other_contracts", lambda c: _share(lives(c, True), TWO_YEARS, "canceled"))


def _ends_of(company: Company, column: str) -> float:
    return float(survival.incidence(lives(company), "canceled")[column][TWO_YEARS])


@canceled.mistake("of_all")
def _of_all(company: Company) -> float:
    return float((lives(company)["cause"] == "canceled").mean())


@canceled.also("of_all")
def _of_ended(company: Company) -> list[float]:
    table = lives(company)
    quits, ended = table["cause"] == "canceled", table["ended"]
    soon = table["age"] <= TWO_YEARS
    parts = [quits[ended].mean(), (quits & soon).mean(), quits[soon].mean()]
    return [float(share) for share in (*parts, parts[0] * canceled(company, cause=None))]


@sheet.number(tolerance=0.005)
def elasticity(company: Company, event: str = "canceled") -> float:
    return power(company, event)


elasticity.mistake("mixed", event="ended")
elasticity.also("mixed")(lambda c: [np.exp(power(c, "ended"))])
elasticity.mistake("ratio", lambda c: float(np.exp(power(c))))
elasticity.also("ratio")(lambda c: [power(c) / np.log(10), np.exp(power(c)) - 1])


def _cox(company: Company, column: str) -> pd.Series[Any]:
    told = survival.cox(test(company), [column], event="canceled")
    return told.iloc[0]


@elasticity.mistake("per_euro")
def _per_euro(company: Company) -> float:
    return float(np.log(_cox(company, "price")["ratio"]))


@elasticity.also("per_euro")
def _ratio_per_euro(company: Company) -> list[float]:
    ratio = float(_cox(company, "price")["ratio"])
    return [ratio, ratio - 1, 100 * (ratio - 1), TODAY * float(np.log(ratio))]


elasticity.mistake("ends_of_interval", lambda c: float(np.log(_cox(c, "log_price")["low"])))
elasticity.also("ends_of_interval")(lambda c: [float(np.log(_cox(c, "log_price")["high"]))])


@elasticity.mistake("from_shares")
def _from_shares(company: Company) -> float:
    share = test(company).groupby("price")["canceled"].mean()
    return float(share.iloc[-1] - share.iloc[0])


@elasticity.also("from_shares")
def _other_shares(company: Company) -> list[float]:
    share = test(company).groupby("price")["canceled"].mean()
    price = share.index.to_numpy(dtype=float)
    found = []
    for a, b in ((0, 1), (1, 2), (0, 2)):
        more, dearer = share.iloc[b] / share.iloc[a], price[b] / price[a]
        found += [more, more - 1, (more - 1) / (dearer - 1), np.log(more) / np.log(dearer)]
        found += [share.iloc[b] - share.iloc[a], 100 * (share.iloc[b] - share.iloc[a])]
    return [float(one) for one in found]


@sheet.decision(
    best=best,
    choices=lambda company: (),
    reads=read,
    alike=near,
    amiss=amiss,
    good_enough=ENOUGH,
    guesses=lambda company: {
        "today": pair(TODAY, TODAY),
        "a_tenth_more": pair(1.1 * TODAY, 1.1 * TODAY),
        "a_third_more": pair(31, 31),
        "thirty": pair(30, 30),
        "twenty_five": pair(25, 25),
    },
)
def two_prices(company: Company, choice: pd.Series[float]) -> float:
    return sum(gain(company, plan, choice[plan]) for plan in PLANS)


two_prices.mistake("as_it_is", lambda c: pair(TODAY, TODAY))
two_prices.mistake("year_for_both", lambda c: pair(*[likeliest(c)["one_year"]] * 2))
two_prices.mistake("swapped", lambda c: pair(*likeliest(c)[::-1]))
two_prices.mistake("nobody_cancels", lambda c: likeliest(c, elasticity=0.0))
