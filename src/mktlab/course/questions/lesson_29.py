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
    WEEKS,
    amiss,
    best,
    bought,
    by_net,
    choose,
    family,
    given,
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

ENOUGH, PIECES, SHARE, CUT = 0.8, 640, 0.55, 0.15
sheet = Sheet("29_offers", given=given, enough=ENOUGH, pieces=PIECES, share=SHARE, cut=CUT)


def _deal_weeks(company: Company, since: bool = True, only: bool = True) -> pd.DataFrame:
    rows = offers.baseline(weeks(company))
    rows = rows[rows["deal"]]
    if since:
        rows = rows[rows["week"] >= last_year(company)]
    return rows[rows["category"] == family(company)] if only else rows


@sheet.share(digits=2)
def anyway(company: Company, since: bool = True, only: bool = True) -> float:
    rows = _deal_weeks(company, since, only)
    return float(rows["baseline"].sum() / rows["sales"].sum())


anyway.mistake("all_families", only=False)
anyway.also("all_families", {"only": False, "since": False})
anyway.mistake("all_weeks", since=False)
anyway.mistake("by_the_deal", lambda c: 1 - anyway(c))


@anyway.mistake("of_the_base")
def _of_the_base(company: Company) -> float:
    return 1 / anyway(company) - 1


@anyway.mistake("on_deal")
def _on_deal(company: Company) -> float:
    rows = weeks(company)
    rows = rows[(rows["category"] == family(company)) & (rows["week"] >= last_year(company))]
    return float(rows.loc[rows["deal"], "sales"].sum() / rows["sales"].sum())


@anyway.mistake("week_before")
def _week_before(company: Company) -> float:
    """The week before each deal as its baseline."""
    rows = weeks(company)
    rows = rows[rows["category"] == family(company)].set_index("week")
    calm = rows["sales"].where(~rows["deal"]).ffill()
    some = rows["deal"] & (rows.index >= last_year(company))
    return float(calm[some].sum() / rows.loc[some, "sales"].sum())


@anyway.also("week_before")
def _usual_weeks(company: Company) -> list[float]:
    """Mean of all weeks without a deal."""
    rows = weeks(company)
    rows = rows[(rows["category"] == family(company)) & (rows["week"] >= last_year(company))]
    means = rows.groupby("deal")["sales"].mean()
    return [float(means[False] / means[True])]


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
must_sell.mistake("margin_on_cost", lambda c: PIECES * SHARE / (1 + SHARE) / (SHARE / (1 + SHARE) - CUT))
must_sell.mistake("cut_of_the_margin", lambda c: PIECES / (1 - CUT / (1 - SHARE)))
must_sell.also("cut_of_the_margin")(lambda c: [PIECES / (1 - CUT * SHARE)])
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
back.mistake("too_young", whole=False)
back.mistake("ever", days=10_000)
back.also("ever", {"days": 10_000, "whole": False})
back.mistake("other_days", days=14)
back.also("other_days", {"days": 13}, {"days": 30}, {"days": 182}, {"days": 364}, {"days": 728})
back.mistake("gone", lambda c: 1 - back(c))


@back.mistake("everyone")
def _everyone(company: Company) -> float:
    start = newcomers(company)
    start = start[start["date"] <= company.today - pd.Timedelta(days=DAYS)]
    seen = email.after(start, bought(company)[["customer_id", "order_date"]], DAYS)
    return float((seen["orders"] > 1).mean())


@back.also("everyone")
def _won_share(company: Company) -> list[float]:
    return [float(newcomers(company)["deal"].mean())]


@back.mistake("first_counted")
def _first_counted(company: Company) -> float:
    start = newcomers(company).query("deal")
    start = start[start["date"] <= company.today - pd.Timedelta(days=DAYS)]
    seen = email.after(start, bought(company)[["customer_id", "order_date"]], DAYS)
    return float(seen["orders"].mean())


@back.also("first_counted")
def _first_alone(company: Company) -> list[float]:
    return [1.0, _first_counted(company) - 1]


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
adds.mistake("ends", column="low")
adds.also("ends", {"column": "high"})
adds.mistake("for_one", lambda c: adds(c) / 1_000)
adds.also("for_one")(lambda c: [adds(c) / 10])


@adds.mistake("relative")
def _relative(company: Company) -> pd.Series[float]:
    return 100 * adds(company) / adds(company, column="held_out")


@adds.also("relative")
def _ratios(company: Company) -> list[pd.Series[float]]:
    return [_relative(company) / 100, 1 + _relative(company) / 100]


@adds.mistake("totals")
def _totals(company: Company) -> pd.Series[float]:
    rows = test(company).query("buyer == 'medium'").groupby("mechanic")["during"].sum()
    return (rows.drop(NONE) - rows[NONE]).rename("extra")


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
    found = offers.worth(test(company), margin(company))
    return by_net(margin(company) * found["extra"] - found["cost"])


@offer.also("two_weeks_only")
def _no_cost(company: Company) -> list[frozenset[str]]:
    found = offers.worth(test(company), margin(company))
    return [by_net(found["extra"]), by_net(found["extra"] + found["later"])]


offer.mistake("nobody", lambda c: choose(NONE, NONE, NONE))
offer.mistake("same_for_all", lambda c: choose(*["gift"] * len(BUYERS)))
offer.also("same_for_all")(lambda c: [choose(*[kind] * len(BUYERS)) for kind in MECHANICS])
