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


@sheet.number(tolerance=0.5)
def year_ahead(
    company: Company, kind: str = "mbgnbd", who: str = "once", weeks: float = 52
) -> float:
    """Purchases that the model of a year ago expected of those who had bought once by then."""
    model = learned(company, kind, cut=True)
    once = model.customers["frequency"] == 0
    chosen = {"once": once, "again": ~once, "all": once | ~once}[who]
    return float(model.expected_purchases(weeks)[chosen].sum())


year_ahead.mistake("bgnbd", kind="bgnbd")
year_ahead.also("bgnbd", {"kind": "pareto_nbd"})
year_ahead.mistake("everybody", who="all")
year_ahead.also("everybody", {"who": "again"})
year_ahead.mistake("days_for_weeks", weeks=364)
year_ahead.also("days_for_weeks", {"weeks": 52 / 7})


@year_ahead.mistake("has_seen")
def _of_today(company: Company) -> float:
    """By the model of today, of those who have bought once by today."""
    model = learned(company)
    return float(model.expected_purchases(52)[model.customers["frequency"] == 0].sum())


@year_ahead.also("has_seen")
def _came(company: Company) -> list[float]:
    """What came: a count, and no model's."""
    model, rows = learned(company, cut=True), online(company)
    rows = rows[rows["order_date"] >= company.today - YEAR]
    days = rows.groupby("customer_id")["order_date"].nunique()
    once = model.customers.index[model.customers["frequency"] == 0]
    return [float(days.reindex(once).sum())]


@lru_cache(maxsize=32)
def _value(
    company: Company,
    weeks: float = 104,
    margin: float = 0,
    discount: float = 0.08,
    late: bool = True,
) -> lifetime.LifetimeValue:
    histories = lifetime.summary(online(company, late), unit="week", until=company.today)
    return lifetime.value(
        lifetime.fit_mbgnbd(histories),
        lifetime.fit_gamma_gamma(histories),
        weeks=weeks,
        margin=margin or rate(company),
        annual_discount=discount,
    )


def _newcomer(company: Company, **turned: Any) -> float:
    return float(_value(company, **turned).newcomer["value"])


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


worth.mistake("other_rate", discount=0.1)
worth.also("other_rate", {"discount": 0.0008}, {"discount": 8})


@worth.mistake("all_customers")
def _mean_of_all(company: Company) -> float:
    """What those who are there today bring, with the first basket of a newcomer."""
    told = _value(company)
    return float(told.customers["value"].mean()) + rate(company) * first_basket(company)


@worth.also("all_customers")
def _sums_and_ends(company: Company) -> list[float]:
    told, first = _value(company), rate(company) * first_basket(company)
    return [
        float(told.total["value"]),
        float(told.customers["value"].mean()),
        float(told.newcomer["low"] + first),
        float(told.newcomer["high"] + first),
    ]


@worth.mistake("first_as_revenue")
def _first_in_full(company: Company) -> float:
    return _newcomer(company) + first_basket(company)


def _best(company: Company) -> set[str]:
    brings = gain(company)
    return set(brings[brings > 0].index)


def _guesses(company: Company) -> dict[str, set[str]]:
    """Choices that need no thought."""
    rows = steps(company).sort_values(["price", "step"])
    found = {f"cheapest_{n}": set(rows["step"].head(n)) for n in (8, 14, 28, 42, 56, 70)}
    found["all"] = set(rows["step"])
    found["up_to_100"] = set(rows.loc[rows["price"] <= 100, "step"])
    found["large_baskets"] = set(rows.loc[rows["basket"] == "large", "step"])
    found["half_of_each"] = set(rows.groupby(["channel", "basket"])["step"].head(4))
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
