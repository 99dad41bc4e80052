"""The questions of lesson 29: what comes anyway, break-even, newcomers, a test, which offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import email, offers
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_29 import (
    DAYS,
    KINDS,
    NONE,
    amiss,
    best,
    bought,
    by_net,
    choose,
    family,
    given,
    kinds_of,
    last_year,
    margin,
    newcomers,
    options,
    read,
    test,
    weeks,
    worth,
)
from mktlab.plan.mix import BUYERS, MECHANICS
from mktlab.recommendation import extra

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mktlab.company import Company

ENOUGH, PIECES, SHARE, CUT = 0.75, 640, 0.55, 0.15
sheet = Sheet("29_offers", given=given, enough=ENOUGH, pieces=PIECES, share=SHARE, cut=CUT)


def _deals(company: Company) -> pd.DataFrame:
    rows = offers.baseline(weeks(company))
    return rows[rows["deal"]]


def _share(rows: pd.DataFrame) -> float:
    return float(rows["baseline"].sum() / rows["sales"].sum())


@sheet.share(digits=2)
def anyway(company: Company) -> float:
    rows = _deals(company)
    rows = rows[rows["category"] == family(company)]
    return _share(rows[rows["week"] >= last_year(company)])


def _others(company: Company) -> list[float]:
    """Other families, all of them, all years, all weeks: the farthest from the right one first."""
    every, rows = _deals(company), offers.baseline(weeks(company))
    late, right = every[every["week"] >= last_year(company)], anyway(company)
    found = [_share(rows) for name, rows in late.groupby("category") if name != family(company)]
    found += [_share(late), _share(every), _share(every[every["category"] == family(company)])]
    rows = rows[(rows["category"] == family(company)) & (rows["week"] >= last_year(company))]
    found += [_share(rows)]
    return sorted(found, key=lambda share: -abs(share - right))


def _by_other_weeks(company: Company) -> list[float]:
    """Other weeks as the baseline: the one before, four before, all without a deal."""
    rows = weeks(company)
    rows = rows[rows["category"] == family(company)].set_index("week")
    calm, on = rows["sales"].mask(rows["deal"]), rows["deal"] & (rows.index >= last_year(company))
    sold = rows.loc[on, "sales"]
    four = calm.rolling(4, min_periods=1).mean().ffill()[on].sum() / sold.sum()
    mean = calm[calm.index >= last_year(company)].mean() / sold.mean()
    found = [float(share) for share in (calm.ffill()[on].sum() / sold.sum(), four, mean)]
    return sorted(found, key=lambda share: -abs(share - anyway(company)))


def _wrong(company: Company, found: list[float]) -> list[float]:
    return [share for share in found if abs(share - anyway(company)) > 0.012]


anyway.mistake("other_deals", lambda c: _others(c)[0])
anyway.also("other_deals")(lambda c: _wrong(c, _others(c)))
anyway.mistake("by_the_deal", lambda c: 1 - anyway(c))
anyway.also("by_the_deal")(lambda c: _wrong(c, [1 / anyway(c) - 1, 1 / anyway(c)]))
anyway.mistake("week_before", lambda c: _by_other_weeks(c)[0])
anyway.also("week_before")(lambda c: _wrong(c, _by_other_weeks(c)))


@anyway.mistake("on_deal")
def _on_deal(company: Company) -> float:
    rows = weeks(company)
    rows = rows[(rows["category"] == family(company)) & (rows["week"] >= last_year(company))]
    return float(rows.loc[rows["deal"], "sales"].sum() / rows["sales"].sum())


@anyway.also("on_deal")
def _all_on_deal(company: Company) -> list[float]:
    late = weeks(company)[weeks(company)["week"] >= last_year(company)]
    mine = late[late["deal"] & (late["category"] == family(company))]["sales"].sum()
    on = late.loc[late["deal"], "sales"].sum()
    found = [mine / late["sales"].sum(), mine / on, on / late["sales"].sum()]
    return _wrong(company, [float(share) for share in found])


@sheet.number(tolerance=1)
def must_sell(company: Company, rate: float = SHARE, off: float = CUT, more: bool = False) -> float:
    return PIECES * (rate / (rate - off) - more)


must_sell.mistake("only_more", more=True)
must_sell.mistake("same_revenue", lambda c: PIECES / (1 - CUT))
must_sell.also("same_revenue")(lambda c: [PIECES * (1 / (1 - CUT) - 1)])
must_sell.mistake("cut_by_margin", lambda c: PIECES * (1 + CUT / SHARE))
must_sell.also("cut_by_margin")(lambda c: [PIECES * CUT / SHARE])
must_sell.mistake("as_the_cut", lambda c: PIECES * (1 + CUT))
must_sell.also("as_the_cut")(lambda c: [PIECES * CUT])
must_sell.mistake(
    "margin_on_cost", lambda c: PIECES * SHARE / (1 + SHARE) / (SHARE / (1 + SHARE) - CUT)
)
must_sell.mistake("cut_of_the_margin", lambda c: PIECES / (1 - CUT / (1 - SHARE)))
must_sell.also("cut_of_the_margin")(
    lambda c: [PIECES / (1 - CUT * SHARE), PIECES / (1 - SHARE), PIECES * SHARE / CUT]
)
must_sell.mistake("a_share", lambda c: SHARE / (SHARE - CUT) - 1)
must_sell.also("a_share")(lambda c: [SHARE / (SHARE - CUT), 100 * CUT / (SHARE - CUT)])


@sheet.share(digits=3)
def back(company: Company, deal: bool = True, days: int = DAYS, whole: bool = True) -> float:
    start = newcomers(company)
    start = start[start["deal"] == deal]
    if whole:
        start = start[start["date"] <= company.today - pd.Timedelta(days=DAYS)]
    seen = email.after(start, bought(company)[["customer_id", "order_date"]], days)
    return float((seen["orders"] > 1).mean())


back.mistake("full_price", deal=False)
back.mistake("other_days", days=10_000)
back.also("other_days", {"days": 10_000, "whole": False}, {"whole": False}, {"days": 14})
back.also("other_days", *({"days": days} for days in (13, 30, 182, 364, 728)))
back.mistake("gone", lambda c: 1 - back(c))


@back.also("full_price")
def _everyone(company: Company) -> list[float]:
    start = newcomers(company)
    start = start[start["date"] <= company.today - pd.Timedelta(days=DAYS)]
    seen = email.after(start, bought(company)[["customer_id", "order_date"]], DAYS)
    return [float((seen["orders"] > 1).mean()), float(newcomers(company)["deal"].mean())]


@back.mistake("first_counted")
def _first_counted(company: Company) -> float:
    start = newcomers(company).query("deal")
    start = start[start["date"] <= company.today - pd.Timedelta(days=DAYS)]
    seen = email.after(start, bought(company)[["customer_id", "order_date"]], DAYS)
    return float(seen["orders"].mean())


@back.also("first_counted")
def _first_alone(company: Company) -> list[float]:
    start = newcomers(company).query("deal")
    size = (start["date"] <= company.today - pd.Timedelta(days=DAYS)).sum()
    return [1.0, _first_counted(company) - 1, float(round(back(company) * size)), float(size)]


def _gain(company: Company, buyer: str, outcome: str, column: str) -> pd.Series[float]:
    rows = test(company).assign(whole=lambda t: t["during"] + t["after"])
    rows = rows[rows["buyer"] == buyer] if buyer else rows
    found: pd.Series[float] = extra(offers.against_none(rows), outcome, by="mechanic")[column]
    return found.rename("extra")


@sheet.table(key="mechanic", digits=0)
def adds(
    company: Company, buyer: str = "medium", outcome: str = "during", column: str = "extra"
) -> pd.Series[float]:
    return _gain(company, buyer, outcome, column)


adds.mistake("with_offer", column="shown")
adds.also("with_offer", {"column": "shown", "buyer": ""})
adds.mistake("without", column="held_out")
adds.mistake("all_groups", buyer="")
adds.mistake("other_group", buyer="light")
adds.also("other_group", {"buyer": "heavy"})
adds.mistake("after", outcome="after")
adds.also("after", {"outcome": "whole"})
adds.also("after", {"outcome": "after", "column": "shown"})
adds.also("after", {"outcome": "whole", "column": "shown"}, {"outcome": "cost"})
adds.mistake("ends", column="low")
adds.also("ends", {"column": "high"})
adds.mistake("for_one", lambda c: adds(c) / 1_000)
adds.also("for_one")(lambda c: [adds(c) / 10])


@adds.mistake("relative")
def _relative(company: Company) -> pd.Series[float]:
    share: pd.Series[float] = adds(company) / adds(company, column="held_out")
    return 100 * share


@adds.also("relative")
def _ratios(company: Company) -> list[pd.Series[float]]:
    return [_relative(company) / 100, 1 + _relative(company) / 100]


@adds.mistake("totals")
def _totals(company: Company) -> pd.Series[float]:
    rows = test(company).query("buyer == 'medium'").groupby("mechanic")["during"].sum()
    gap: pd.Series[float] = rows.drop(NONE) - rows[NONE]
    return gap.rename("extra")


@adds.also("totals")
def _sums(company: Company) -> list[pd.Series[float]]:
    rows = test(company).query("buyer == 'medium'").groupby("mechanic")["during"].sum()
    return [rows.drop(NONE).rename("extra")]


@sheet.decision(
    best=best,
    choices=lambda company: options()["option"],
    reads=read,
    amiss=amiss,
    alike=lambda choice, mistaken: choice == mistaken,
    guesses=lambda company: {kind: choose(kind, kind, kind) for kind in KINDS},
    good_enough=ENOUGH,
)
def offer(company: Company, ids: Iterable[str]) -> float:
    return float(worth(company)[sorted(ids)].sum())


def _means(company: Company) -> pd.DataFrame:
    means = test(company).groupby(["buyer", "mechanic"])[["during", "after", "cost"]].mean()
    return means.drop(index=NONE, level="mechanic")


offer.mistake("most_orders", lambda c: by_net(_means(c)["during"]))


@offer.mistake("two_weeks_only")
def _two_weeks_only(company: Company) -> frozenset[str]:
    """The cut for light buyers: so say two weeks alone, in nearly every world."""
    return choose("cut", kinds_of(best(company))["medium"], NONE)


@offer.also("two_weeks_only")
def _half_told(company: Company) -> list[frozenset[str]]:
    found = offers.worth(test(company), margin(company))
    early = by_net(margin(company) * found["extra"] - found["cost"])
    made = [early, by_net(found["extra"]), by_net(found["extra"] + found["later"])]
    enough = ENOUGH * offer(company, best(company))
    return [choice for choice in made if offer(company, choice) < enough]


offer.mistake("nobody", lambda c: choose(NONE, NONE, NONE))
offer.mistake("same_for_all", lambda c: choose(*["gift"] * len(BUYERS)))
offer.also("same_for_all")(lambda c: [choose(*[kind] * len(BUYERS)) for kind in MECHANICS])
