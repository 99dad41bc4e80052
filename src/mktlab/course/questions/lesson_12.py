"""The questions of lesson 12: a cohort, an age, old customers, a projection, which channels pay."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases
from mktlab.segmentation import cohorts
from mktlab.survival import fit_sbg

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

YEAR, MARGIN_RATE = pd.Timedelta(weeks=52), 0.55
QUARTERS = ("2023-10-01", "2024-01-01", "2024-04-01", "2024-07-01")
KNOWN, LATER = 4, 12
FACTORS = (0.88, 0.88, 0.88, 1.15, 1.15, 1.6, 1.6)
"""The price of a new customer over what she brings in a year, for seven channels in some order."""


def _rng(company: Company) -> np.random.Generator:
    return np.random.default_rng(len(company.orders))


def quarter(company: Company) -> pd.Timestamp:
    """The quarter of questions 1, 2 and 4."""
    return pd.Timestamp(QUARTERS[len(company.orders) % len(QUARTERS)])


@lru_cache(maxsize=4)
def _bought(company: Company) -> pd.DataFrame:
    bought = purchases(company.orders)
    ages = bought["order_date"].dt.year * 4 + bought["order_date"].dt.quarter
    bought = bought.assign(net=bought["revenue"] - bought["refunded"], number=ages)
    return bought.assign(first=bought.groupby("customer_id")["order_date"].transform("min"))


@lru_cache(maxsize=4)
def true_worth(company: Company) -> pd.Series[float]:
    """By channel: the margin that a person who joined brings in 52 weeks, once a person."""
    truth, bought = company.truth.customers, _bought(company)
    started = company.orders["order_date"].min()
    joined = truth[truth["joined_date"].between(started, company.today - YEAR)]
    joined = joined[joined["duplicate_of"] == ""].set_index("customer_id")["joined_date"]
    person = bought["customer_id"].map(truth.set_index("customer_id")["person_id"])
    since = bought["order_date"] - person.map(joined)
    within = (since >= pd.Timedelta(0)) & (since < YEAR)
    brought = bought[within]["net"].groupby(person[within]).sum()
    channel = company.customers.set_index("customer_id")["acquisition_channel"]
    worth = MARGIN_RATE * brought.reindex(joined.index).fillna(0)
    by_channel: pd.Series[float] = worth.groupby(channel.reindex(joined.index)).mean()
    return by_channel


def _by_channel(company: Company, values: pd.Series[Any]) -> pd.Series[float]:
    """The mean margin by channel of values by customer."""
    channel = company.customers.set_index("customer_id")["acquisition_channel"]
    means: pd.Series[float] = MARGIN_RATE * values.groupby(channel.reindex(values.index)).mean()
    return means


@lru_cache(maxsize=4)
def _first_year(company: Company) -> pd.Series[float]:
    bought = _bought(company)
    year = bought[bought["order_date"] < bought["first"] + YEAR]
    return year.groupby("customer_id")["net"].sum()


@lru_cache(maxsize=4)
def wrong_worths(company: Company) -> dict[str, pd.Series[float]]:
    """By channel, what a new customer seems to bring: mistake -> the mean that it takes."""
    bought = _bought(company)
    first, last = (bought.groupby("customer_id")["order_date"].agg(how) for how in ("min", "max"))
    year, begins = _first_year(company), company.orders["order_date"].min()
    joined = company.customers.set_index("customer_id")["joined_date"]
    since = bought["order_date"] - bought["customer_id"].map(joined)
    within = bought[(since >= pd.Timedelta(0)) & (since < YEAR)]
    new = joined.index[joined >= begins]
    values = {
        "first_seen": year[first <= company.today - YEAR],
        "first_quarter": year[first < begins + pd.Timedelta(weeks=13)],
        "all_first_years": year,
        "survivors": year[last >= company.today - YEAR / 2],
        "all_years": bought.groupby("customer_id")["net"].sum(),
        "unfinished": within.groupby("customer_id")["net"].sum().reindex(new).fillna(0),
    }
    found = {name: _by_channel(company, value) for name, value in values.items()}
    return found | {"revenue": true_worth(company) / MARGIN_RATE}


@lru_cache(maxsize=4)
def offers(company: Company) -> pd.DataFrame:
    """What each channel asks for a new customer, and how many it can bring: three pay."""
    rng, worth = _rng(company), true_worth(company)
    for _ in range(500):
        factors = rng.permutation(FACTORS)
        price = (worth * factors).round()
        asked = pd.DataFrame({"price": price, "people": rng.integers(20, 60, len(worth)) * 10})
        gain = asked["people"] * (worth - asked["price"])
        lists = list(_simple_lists(asked).values())
        lists += [set(asked.index[w > asked["price"]]) for w in wrong_worths(company).values()]
        if all(gain[list(some)].sum() < 0.85 * gain.clip(lower=0).sum() for some in lists):
            break
    return asked.rename_axis("channel").reset_index()


def _simple_lists(asked: pd.DataFrame) -> dict[str, set[str]]:
    """Lists that need no look at what customers bring."""
    made = {"every_channel": set(asked.index), "no_channel": set()}
    for n in range(1, len(asked)):
        made[f"cheapest_{n}"] = set(asked["price"].nsmallest(n).index)
        made[f"dearest_{n}"] = set(asked["price"].nlargest(n).index)
        made[f"most_people_{n}"] = set(asked["people"].nlargest(n).index)
        made[f"fewest_people_{n}"] = set(asked["people"].nsmallest(n).index)
    return made


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {"quarter": quarter(company), "offers": offers(company)}


sheet = Sheet("12_cohorts", given=given, margin_rate=MARGIN_RATE, known=KNOWN, later=LATER)


@sheet.number()
def first_seen(company: Company) -> int:
    table = cohorts(company.orders, as_of=company.today)
    return int(table.loc[table["cohort"] == quarter(company), "customers"].iloc[0])


def _in_quarter(company: Company, orders: pd.DataFrame) -> pd.DataFrame:
    return orders[orders["order_date"].dt.to_period("Q").dt.start_time == quarter(company)]


def _purchases_of_the_new(company: Company) -> int:
    table = cohorts(company.orders, as_of=company.today).query("age == 0")
    return int(table.loc[table["cohort"] == quarter(company), "purchases"].iloc[0])


first_seen.mistake(
    "all_buyers", lambda c: _in_quarter(c, purchases(c.orders))["customer_id"].nunique()
)
first_seen.mistake("all_purchases", lambda c: len(_in_quarter(c, purchases(c.orders))))
first_seen.also("all_purchases")(lambda c: [len(_in_quarter(c, c.orders))])
first_seen.mistake("purchases_of_the_new", _purchases_of_the_new)
first_seen.mistake(
    "joined",
    lambda c: len(_in_quarter(c, c.customers.rename(columns={"joined_date": "order_date"}))),
)


@sheet.share(digits=3)
def web_at_age_2(
    company: Company,
    age: int = 2,
    outlets: tuple[str, ...] = ("web",),
    column: str = "buyers",
    of: str = "customers",
    how: str = "this",
) -> float:
    orders = company.orders
    orders = orders[orders["outlet"].isin(outlets)] if outlets else orders
    table = cohorts(orders, as_of=company.today)
    if how == "all":
        mine = table[(table["age"] == age) & table["complete"]]
        return float(mine[column].sum() / mine[of].sum())
    mine = table[table["cohort"] == quarter(company)].set_index("age")
    if how == "before":
        return float(mine.loc[age, column] / mine.loc[age - 1, column])
    return float(mine.loc[age, column] / mine.loc[age, of])


def _other_ages(company: Company) -> list[float]:
    """The ages beside, where they tell another share."""
    right = web_at_age_2(company)
    shares = [web_at_age_2(company, age=age) for age in (1, 3, 0)]
    return [share for share in shares if abs(share - right) > 0.001]


web_at_age_2.mistake("every_outlet", outlets=())
web_at_age_2.mistake("one_age_off", lambda c: _other_ages(c)[0])
web_at_age_2.also("one_age_off")(lambda c: _other_ages(c)[1:])
web_at_age_2.mistake("of_the_age_before", how="before")
web_at_age_2.mistake("purchases", column="purchases")
web_at_age_2.mistake("all_cohorts", how="all")


@lru_cache(maxsize=4)
def _seen(company: Company, outlets: tuple[str, ...] = ("web",)) -> pd.DataFrame:
    """Customers first seen in the quarter, and the ages at which each was seen first and last."""
    bought = _bought(company)
    bought = bought[bought["outlet"].isin(outlets)] if outlets else bought
    seen = bought.groupby("customer_id")["number"].agg(["min", "max"])
    mine = seen[seen["min"] == quarter(company).year * 4 + quarter(company).quarter]
    return mine.assign(age=mine["max"] - mine["min"])


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
    bought = _bought(company).query("outlet == 'web'")
    then = bought[bought["number"] == start.year * 4 + start.quarter + 2]
    return float(everywhere.index.isin(then["customer_id"]).mean())


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
def _before_the_file(company: Company) -> list[float]:
    right, early = old_in_second_quarter(company), old_in_second_quarter(company, since=0)
    return [early] if abs(early - right) > 0.001 else []


@old_in_second_quarter.mistake("joined_in_it")
def _joined_in_it(company: Company) -> float:
    return 1 - float(old_in_second_quarter(company))


def _old(company: Company, among: str) -> float:
    bought = _bought(company)
    start = sorted(bought["order_date"].dt.to_period("Q").dt.start_time.unique())[1]
    joined = company.customers.set_index("customer_id")["joined_date"]
    quarter_2 = bought[bought["order_date"].dt.to_period("Q").dt.start_time == start]
    people = {"buyers": quarter_2["customer_id"].unique(), "all": joined.index}[among]
    return float((joined.reindex(people) < start).mean())


old_in_second_quarter.mistake("all_buyers", lambda c: _old(c, "buyers"))
old_in_second_quarter.also("all_buyers")(lambda c: [_old(c, "all")])


@sheet.share(digits=3)
def left_at_age_12(company: Company, known: int = KNOWN, later: int = LATER) -> float:
    counts = survivors(company, known)
    return float(fit_sbg(counts).share(later))


def survivors(company: Company, known: int = KNOWN) -> list[int]:
    """Of all first seen in the quarter: how many bought at each age or later."""
    age = _seen(company, ())["age"]
    return [int((age >= a).sum()) for a in range(known + 1)]


left_at_age_12.mistake("unfinished", known=5)
left_at_age_12.also("unfinished", {"known": 6})
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


def _pays(company: Company, worth: pd.Series[float]) -> set[str]:
    asked = offers(company).set_index("channel")["price"]
    return set(asked.index[worth.reindex(asked.index).fillna(0) > asked])


@sheet.decision(
    best=lambda company: _pays(company, true_worth(company)),
    choices=lambda company: offers(company)["channel"],
    good_enough=0.95,
    guesses=lambda company: _simple_lists(offers(company).set_index("channel")),
)
def channels(company: Company, chosen: set[str]) -> float:
    asked = offers(company).set_index("channel")
    gain = asked["people"] * (true_worth(company) - asked["price"])
    return float(gain[list(chosen)].sum())


WRONG = ("first_seen", "survivors", "revenue", "all_years", "unfinished")
for name in WRONG:
    channels.mistake(name, lambda company, name=name: _pays(company, wrong_worths(company)[name]))
for name in ("first_quarter", "all_first_years"):
    channels.also("first_seen")(lambda c, name=name: [_pays(c, wrong_worths(c)[name])])


@channels.mistake("turned")
def _those_that_lose(company: Company) -> set[str]:
    return set(offers(company)["channel"]) - _pays(company, true_worth(company))
