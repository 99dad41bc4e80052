"""The questions of lesson 33: who is still there, the unit, a holdout, a value, a price list."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from mktlab import lifetime
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_33 import (
    EACH,
    YEAR,
    amiss,
    below,
    first_basket,
    gain,
    given,
    learned,
    online,
    rate,
    steps,
)

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company

sheet = Sheet("33_lifetime_value", given=given, each=EACH)


@sheet.share(digits=3)
def still_there(company: Company, kind: str = "mbgnbd", who: str = "once") -> float:
    model = learned(company, kind)
    chance, once = model.chance_alive(), model.customers["frequency"] == 0
    return float(chance[{"once": once, "again": ~once, "all": once | ~once}[who]].mean())


still_there.mistake("bgnbd", kind="bgnbd")
still_there.mistake("pareto", kind="pareto_nbd")
still_there.mistake("everybody", who="all")
still_there.also("everybody", {"who": "again"}, {"kind": "pareto_nbd", "who": "all"})


@still_there.mistake("counted")
def _one_timers(company: Company) -> float:
    return float((learned(company).customers["frequency"] == 0).mean())


@sheet.number(tolerance=0.5)
def next_quarter(company: Company, weeks: float = 13, kind: str = "mbgnbd", **how: Any) -> float:
    """Purchases of all who came online, expected in the next 13 weeks."""
    return float(learned(company, kind, **how).expected_purchases(weeks).sum())


next_quarter.mistake("days_for_weeks", weeks=91)
next_quarter.also("days_for_weeks", {"weeks": 13 / 7}, {"unit": "day"})


@next_quarter.mistake("one_customer")
def _per_customer(company: Company) -> float:
    return float(learned(company).expected_purchases(13).mean())


@next_quarter.mistake("past")
def _last_quarter(company: Company) -> float:
    rows = online(company)
    last = rows[rows["order_date"] >= company.today - YEAR / 4]
    return float(len(last.drop_duplicates(["customer_id", "order_date"])))


def _came(company: Company) -> pd.Series[Any]:
    rows = online(company)
    rows = rows[rows["order_date"] >= company.today - YEAR]
    return rows.groupby("customer_id")["order_date"].nunique()


@sheet.number(tolerance=0.5)
def missed(company: Company, kind: str = "mbgnbd", who: str = "once", part: str = "both") -> float:
    """Purchases that the model of a year ago expected of one-time buyers, less those that came."""
    model = learned(company, kind, cut=True)
    chosen = model.customers["frequency"] == 0
    chosen = chosen if who == "once" else chosen | ~chosen
    expected = float(model.expected_purchases(52)[chosen].sum())
    observed = float(_came(company).reindex(chosen[chosen].index).sum())
    return {"both": expected - observed, "expected": expected, "observed": observed}[part]


missed.mistake("bgnbd", kind="bgnbd")
missed.also("bgnbd", {"kind": "pareto_nbd"})
missed.mistake("everybody", who="all")
missed.mistake("one_side", part="expected")
missed.also("one_side", {"part": "observed"})


@missed.mistake("has_seen")
def _of_today(company: Company) -> float:
    """By the model of today, which has seen the year."""
    model = learned(company)
    once = model.customers["frequency"] == 0
    return float(model.expected_purchases(52)[once].sum() - missed(company, part="observed"))


@lru_cache(maxsize=32)
def _newcomer(
    company: Company,
    weeks: float = 104,
    margin: float = 0,
    discount: float = 0.08,
    late: bool = True,
) -> float:
    histories = lifetime.summary(online(company, late), unit="week", until=company.today)
    told = lifetime.value(
        lifetime.fit_mbgnbd(histories),
        lifetime.fit_gamma_gamma(histories),
        weeks=weeks,
        margin=margin or rate(company),
        annual_discount=discount,
    )
    return float(told.newcomer["value"])


@sheet.number(tolerance=0.5)
def worth(company: Company, first: bool = True, **turned: Any) -> float:
    """What somebody who comes online leaves in two years, her first purchase included."""
    share = turned.get("margin") or rate(company)
    return _newcomer(company, **turned) + first * share * first_basket(company)


worth.mistake("without_first", first=False)
worth.mistake("not_discounted", discount=0)
worth.also("not_discounted", {"discount": 0, "first": False})
worth.mistake("revenue", margin=1)
worth.also("revenue", {"margin": 1, "discount": 0}, {"margin": 1, "first": False})
worth.mistake("old_customers", late=False)
worth.mistake("other_weeks", weeks=728)
worth.also("other_weeks", {"weeks": 52}, {"weeks": 130}, {"weeks": 2})


@worth.mistake("first_as_revenue")
def _first_in_full(company: Company) -> float:
    return _newcomer(company) + first_basket(company)


def _best(company: Company) -> set[str]:
    brings = gain(company)
    return set(brings[brings > 0].index)


def _guesses(company: Company) -> dict[str, set[str]]:
    """Choices that need no thought."""
    rows = steps(company).sort_values(["price", "step"])
    found = {f"the {n} cheapest": set(rows["step"].head(n)) for n in (8, 14, 28, 42, 56, 70)}
    found["all"] = set(rows["step"])
    found["up to 100"] = set(rows.loc[rows["price"] <= 100, "step"])
    found["large baskets"] = set(rows.loc[rows["basket"] == "large", "step"])
    found["half of each"] = set(rows.groupby(["channel", "basket"])["step"].head(4))
    return found


@sheet.decision(
    best=_best,
    choices=lambda company: steps(company)["step"],
    good_enough=0.96,
    guesses=_guesses,
    amiss=amiss,
)
def steps_bought(company: Company, chosen: set[str]) -> float:
    """What the newcomers of these steps bring until a year from today, less their price."""
    return float(gain(company)[sorted(chosen)].sum())


for _name in ("revenue", "so_far", "without_first", "same_for_all"):
    steps_bought.mistake(_name, partial(below, method=_name))


@steps_bought.mistake("turned_around")
def _too_dear(company: Company) -> set[str]:
    return set(steps(company)["step"]) - below(company, "right")
