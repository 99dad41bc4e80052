"""The questions of lesson 12: a cohort, an age, old customers, a projection, which channels pay."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_12 import (
    KNOWN,
    LATER,
    MARGIN_RATE,
    YEAR,
    all_bought,
    by_channel,
    given,
    offers,
    pays,
    quarter,
    simple_lists,
    true_worth,
    wrong_worths,
)
from mktlab.orders import purchases
from mktlab.segmentation import cohorts
from mktlab.survival import fit_sbg

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("12_cohorts", given=given, margin_rate=MARGIN_RATE, known=KNOWN, later=LATER)


@lru_cache(maxsize=8)
def _cohorts(company: Company, outlets: tuple[str, ...] = ()) -> pd.DataFrame:
    orders = company.orders
    orders = orders[orders["outlet"].isin(outlets)] if outlets else orders
    table: pd.DataFrame = cohorts(orders, as_of=company.today)
    return table


def _by_age(company: Company, column: str, outlets: tuple[str, ...] = ()) -> list[float]:
    """A column of the cohort of the questions, from age 0 on."""
    table = _cohorts(company, outlets)
    return [float(n) for n in table.loc[table["cohort"] == quarter(company), column]]


@lru_cache(maxsize=4)
def _seen(company: Company, outlets: tuple[str, ...] = ("web",)) -> pd.DataFrame:
    """Customers first seen in the quarter, and the ages at which each was seen first and last."""
    bought = all_bought(company)
    bought = bought[bought["outlet"].isin(outlets)] if outlets else bought
    seen = bought.groupby("customer_id")["number"].agg(["min", "max"])
    mine = seen[seen["min"] == quarter(company).year * 4 + quarter(company).quarter]
    return mine.assign(age=mine["max"] - mine["min"])


@sheet.number()
def first_seen(company: Company) -> int:
    return int(_by_age(company, "customers")[0])


def _in_quarter(company: Company, orders: pd.DataFrame) -> pd.DataFrame:
    starts = orders["order_date"].dt.to_period("Q").dt.start_time
    found: pd.DataFrame = orders[starts == quarter(company)]
    return found


first_seen.mistake(
    "all_buyers", lambda c: _in_quarter(c, purchases(c.orders))["customer_id"].nunique()
)
first_seen.mistake("all_purchases", lambda c: len(_in_quarter(c, purchases(c.orders))))
first_seen.also("all_purchases")(lambda c: [len(_in_quarter(c, c.orders))])
first_seen.mistake("purchases_of_the_new", lambda c: _by_age(c, "purchases")[0])
first_seen.mistake(
    "joined",
    lambda c: len(_in_quarter(c, c.customers.rename(columns={"joined_date": "order_date"}))),
)


first_seen.mistake("later_age", lambda c: _by_age(c, "buyers")[1])
first_seen.mistake("other_cohorts", lambda c: _cohorts(c).query("age == 0")["customers"].sum())


@first_seen.also("other_cohorts")
def _others(company: Company) -> list[float]:
    sizes = _cohorts(company).query("age == 0")["customers"].tolist()
    sums = [sum(_by_age(company, column)) for column in ("buyers", "customers")]
    return [n for n in [*sizes, *sums] if n != first_seen(company)]


@first_seen.mistake("not_purchases")
def _first_orders(company: Company) -> int:
    """By all orders, where that is another number; else all who ordered then."""
    first = company.orders.sort_values("order_date").drop_duplicates("customer_id")
    ordered = _in_quarter(company, company.orders)["customer_id"].nunique()
    found = len(_in_quarter(company, first))
    return ordered if found == first_seen(company) else found


@sheet.share(digits=3)
def web_at_age_2(
    company: Company,
    age: int = 2,
    outlets: tuple[str, ...] = ("web",),
    column: str = "buyers",
    how: str = "this",
) -> float:
    if how == "all":
        table = _cohorts(company, outlets)
        mine = table[(table["age"] == age) & table["complete"]]
        return float(mine[column].sum() / mine["customers"].sum())
    below = age - 1 if how == "before" else 0
    return _by_age(company, column, outlets)[age] / _by_age(company, "buyers", outlets)[below]


def _other_ages(company: Company) -> list[float]:
    """The ages beside, where they tell another share."""
    right = web_at_age_2(company)
    shares = [web_at_age_2(company, age=age) for age in (1, 3, 0)]
    return [share for share in shares if abs(share - right) > 0.001]


web_at_age_2.mistake("every_outlet", outlets=())
web_at_age_2.also("every_outlet", {"outlets": ("cafe",)}, {"outlets": ("marketplace",)})
web_at_age_2.mistake("not_bought", lambda c: 1 - web_at_age_2(c))
web_at_age_2.mistake("counted", lambda c: web_at_age_2(c) * len(_seen(c)))
web_at_age_2.mistake("one_age_off", lambda c: _other_ages(c)[0])
web_at_age_2.also("one_age_off")(lambda c: _other_ages(c)[1:])
web_at_age_2.mistake("of_the_age_before", how="before")
web_at_age_2.mistake("purchases", column="purchases")
web_at_age_2.mistake("all_cohorts", how="all")


@web_at_age_2.mistake("survivors")
def _of_those_still_there(company: Company) -> float:
    """Of those who still bought at age 2 or later."""
    right = web_at_age_2(company)
    return float(right / (_seen(company)["age"] >= 2).mean())


@web_at_age_2.mistake("at_this_age_or_later")
def _or_later(company: Company) -> float:
    return float((_seen(company)["age"] >= 2).mean())


@web_at_age_2.mistake("web_of_all")
def _web_by_all_first_seen(company: Company) -> float:
    """First seen anywhere in the quarter, and on the web two quarters later."""
    everywhere, start = _seen(company, ()), quarter(company)
    bought = all_bought(company).query("outlet == 'web'")
    then = bought[bought["number"] == start.year * 4 + start.quarter + 2]
    return float(everywhere.index.isin(then["customer_id"]).mean())


@web_at_age_2.also("web_of_all")
def _web_buyers_by_all(company: Company) -> list[float]:
    return [float(web_at_age_2(company) * len(_seen(company)) / len(_seen(company, ())))]


@sheet.share(digits=3)
def old_in_second_quarter(company: Company, place: int = 1, since: int | None = None) -> float:
    """Of those first seen in the file's second quarter, who had joined before it began."""
    first = purchases(company.orders).groupby("customer_id")["order_date"].min()
    starts = sorted(first.dt.to_period("Q").dt.start_time.unique())
    mine = first[first.dt.to_period("Q").dt.start_time == starts[place]]
    joined = company.customers.set_index("customer_id")["joined_date"].reindex(mine.index)
    begins = company.orders["order_date"].min() if since == 0 else starts[place]
    return float((joined < begins).mean())


old_in_second_quarter.mistake("first_quarter", place=0)
old_in_second_quarter.mistake("other_day", place=2)


@old_in_second_quarter.also("other_day")
def _other_days(company: Company) -> list[float]:
    right, joined = old_in_second_quarter(company), _joined(company)
    first = all_bought(company).groupby("customer_id")["order_date"].min()
    mine = first[first.dt.to_period("Q") == first.min().to_period("Q") + 1]
    found = [old_in_second_quarter(company, since=0), (joined.reindex(mine.index) < mine).mean()]
    found += [old_in_second_quarter(company, place=place) for place in (3, 4, 5, 6)]
    return [share for share in found if abs(share - right) > 0.001]


@old_in_second_quarter.also("first_quarter")
def _of_the_first(company: Company) -> list[float]:
    first = all_bought(company).groupby("customer_id")["order_date"].min()
    mine = first[first.dt.to_period("Q") == first.min().to_period("Q")]
    joined = _joined(company).reindex(mine.index)
    return [float((joined < day).mean()) for day in (first.min(), pd.Timestamp("2023-04-01"))]


old_in_second_quarter.mistake("counted", lambda c: old_in_second_quarter(c) * _of_quarter_2(c))


def _joined(company: Company) -> pd.Series[Any]:
    joined: pd.Series[Any] = company.customers.set_index("customer_id")["joined_date"]
    return joined


def _of_quarter_2(company: Company) -> int:
    first = all_bought(company).groupby("customer_id")["order_date"].min().dt.to_period("Q")
    return int((first == first.min() + 1).sum())


@old_in_second_quarter.mistake("joined_in_it")
def _joined_in_it(company: Company) -> float:
    return 1 - float(old_in_second_quarter(company))


def _old(company: Company, among: str) -> float:
    bought = all_bought(company)
    start = sorted(bought["order_date"].dt.to_period("Q").dt.start_time.unique())[1]
    joined = company.customers.set_index("customer_id")["joined_date"]
    quarter_2 = bought[bought["order_date"].dt.to_period("Q").dt.start_time == start]
    people = {
        "buyers": quarter_2["customer_id"].unique(),
        "all": joined.index,
        "rows": quarter_2["customer_id"],
    }[among]
    return float((joined.reindex(people) < start).mean())


old_in_second_quarter.mistake("all_buyers", lambda c: _old(c, "buyers"))
old_in_second_quarter.also("all_buyers")(lambda c: [_old(c, "all"), _old(c, "rows")])


@sheet.share(digits=3)
def left_at_age_12(company: Company, known: int = KNOWN, later: int = LATER) -> float:
    counts = survivors(company, known)
    return float(fit_sbg(counts).share(later))


def survivors(company: Company, known: int = KNOWN) -> list[int]:
    """Of all first seen in the quarter: how many bought at each age or later."""
    age = _seen(company, ())["age"]
    return [int((age >= a).sum()) for a in range(known + 1)]


left_at_age_12.mistake("unfinished", known=5)
left_at_age_12.also("unfinished", {"known": 6}, {"known": 7})
left_at_age_12.mistake("too_few", known=3)
left_at_age_12.also("too_few")(
    lambda c: [fit_sbg(survivors(c)[1:]).share(age) for age in (LATER, LATER - 1)]
)
left_at_age_12.mistake("gone", lambda c: 1 - left_at_age_12(c))
left_at_age_12.mistake(
    "web", lambda c: fit_sbg([int((_seen(c)["age"] >= a).sum()) for a in range(5)]).share(LATER)
)
left_at_age_12.mistake("buyers", lambda c: _by_age(c, "buyers")[KNOWN] / survivors(c)[0])


@left_at_age_12.mistake("from_last_known")
def _from_the_last_known(company: Company) -> float:
    """As `project` goes on: from the share seen at age 4, not from the curve."""
    counts, fit = survivors(company), fit_sbg(survivors(company))
    expected = counts[-1] / counts[0] * fit.share(LATER) / fit.share(KNOWN)
    seen = counts[-1] / counts[0]
    return float(expected if abs(expected - fit.share(LATER)) > 0.001 else 0.9 * seen)


left_at_age_12.mistake("one_age_off", later=LATER - 1)
left_at_age_12.also("one_age_off", {"later": LATER + 1})


@left_at_age_12.mistake("same_loss")
def _same_loss(company: Company) -> float:
    """As if everybody left with the same chance."""
    counts = survivors(company)
    return float((counts[-1] / counts[0]) ** (LATER / KNOWN))


@left_at_age_12.also("same_loss")
def _other_same_losses(company: Company) -> list[float]:
    counts = survivors(company)
    last = counts[-1] / counts[-2]
    return [counts[-1] / counts[0] * last ** (LATER - KNOWN), (counts[1] / counts[0]) ** LATER]


@left_at_age_12.mistake("of_those_left")
def _of_those_left(company: Company) -> float:
    fit = fit_sbg(survivors(company))
    return float(fit.share(LATER) / fit.share(KNOWN))


@left_at_age_12.mistake("last_known")
def _last_known(company: Company) -> float:
    counts = survivors(company)
    return counts[-1] / counts[0]


@left_at_age_12.mistake("customers")
def _customers(company: Company) -> float:
    return float(survivors(company)[0] * left_at_age_12(company))


@sheet.decision(
    best=lambda company: pays(company, true_worth(company)),
    choices=lambda company: offers(company)["channel"],
    good_enough=0.95,
    guesses=lambda company: simple_lists(offers(company).set_index("channel")),
)
def channels(company: Company, chosen: set[str]) -> float:
    asked = offers(company).set_index("channel")
    gain = asked["people"] * (true_worth(company) - asked["price"])
    return float(gain[list(chosen)].sum())


WRONG = ("first_seen", "survivors", "revenue", "all_years", "unfinished")
for name in WRONG:
    channels.mistake(name, lambda company, name=name: pays(company, wrong_worths(company)[name]))
for name in ("first_quarter", "all_first_years"):
    channels.also("first_seen")(lambda c, name=name: [pays(c, wrong_worths(c)[name])])


@channels.mistake("turned")
def _those_that_lose(company: Company) -> set[str]:
    return set(offers(company)["channel"]) - pays(company, true_worth(company))


def _ranked(company: Company) -> tuple[list[str], list[str]]:
    """The channels from the cheapest on, and from that of the best customers on."""
    price = offers(company).set_index("channel")["price"]
    return list(price.sort_values().index), list(
        true_worth(company).sort_values(ascending=False).index
    )


channels.mistake("cheapest", lambda c: set(_ranked(c)[0][:3]))
channels.also("cheapest")(lambda c: [set(_ranked(c)[0][:n]) for n in (1, 2, 4, 5)])
channels.mistake("best_people", lambda c: set(_ranked(c)[1][:3]))
channels.also("best_people")(lambda c: [set(_ranked(c)[1][:n]) for n in (1, 2, 4, 5)])


@channels.also("all_years")
def _years_of_the_new(company: Company) -> list[set[str]]:
    """Those who joined, with all that they have bought until today."""
    joined = company.customers.set_index("customer_id")["joined_date"]
    new = joined.index[joined.between(company.orders["order_date"].min(), company.today - YEAR)]
    total = all_bought(company).groupby("customer_id")["net"].sum().reindex(new).fillna(0)
    return [pays(company, by_channel(company, total))]
