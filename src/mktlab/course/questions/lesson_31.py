"""The questions of lesson 31: churn, a paired test, an honest score, a value, and parcels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import churn
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions import given_wrong_31 as wrong
from mktlab.course.questions.given_31 import (
    COST,
    DISCOUNT,
    HORIZON,
    MARGIN_RATE,
    SUCCESS,
    WEEK,
    WINDOW,
    auc_of_forest,
    bought_in,
    every_4_weeks,
    lists_of,
    person_of,
    recent_today,
    scored_today,
    snapshot,
    worth_of_saving,
)

if TYPE_CHECKING:
    from mktlab.company import Company

sheet = Sheet("31_churn", cost=COST, success=SUCCESS, margin_rate=MARGIN_RATE)


@sheet.share()
def churned(
    company: Company, window: int = WINDOW, weeks_ago: int = HORIZON, stayed: bool = False
) -> float:
    share = float(snapshot(company, weeks_ago, window, features=["purchases"])["churned"].mean())
    return 1 - share if stayed else share


churned.mistake("lesson_window", window=26)
churned.mistake("earlier_cut", weeks_ago=26)
churned.mistake("who_stayed", stayed=True)


@churned.mistake("everybody")
def _of_all_who_ever_bought(company: Company) -> float:
    bought, cut = bought_in(company), company.today - HORIZON * WEEK
    before = bought.loc[bought["order_date"] < cut, "customer_id"].unique()
    after = bought.loc[bought["order_date"] >= cut, "customer_id"]
    return float(1 - pd.Index(before).isin(after).mean())


for kind in ("other_horizon", "other_whole", "silent"):
    churned.mistake(kind, partial(wrong.first_of, wrong.shares, kind))
churned.leads(wrong.shares, "lesson_window", "earlier_cut", "everybody", "other_horizon")
churned.leads(wrong.shares, "other_whole", "silent")


@sheet.number(tolerance=0.00005)
def sure_lead(company: Company, end: str = "low", sign: int = -1, turned: bool = False) -> float:
    """How far few purchases rank better than long silence, at least."""
    table = snapshot(company, HORIZON, features=["recency_days", "purchases"])
    scores = [sign * table["purchases"], table["recency_days"]]
    one, other = scores[::-1] if turned else scores
    return float(getattr(churn.auc_difference(one, other, table["churned"]), end))


sure_lead.mistake("middle", end="difference")
sure_lead.mistake("upper_end", end="high")
sure_lead.mistake("other_way_round", turned=True)
sure_lead.mistake("upside_down", sign=1)


@sure_lead.mistake("two_intervals")
def _from_two_intervals(company: Company) -> float:
    table = snapshot(company, HORIZON, features=["recency_days", "purchases"])
    few = churn.auc(-table["purchases"], table["churned"])
    return few.low - churn.auc(table["recency_days"], table["churned"]).high


for kind in ("other_rows", "other_score", "one_auc", "width", "level"):
    sure_lead.mistake(kind, partial(wrong.first_of, wrong.leads, kind))
sure_lead.leads(wrong.leads, "other_way_round", "upside_down", "two_intervals", "one_auc", "width")
sure_lead.leads(wrong.leads, "other_rows", "other_score", "level")


@sheet.share()
def honest(company: Company, gap: int = HORIZON) -> float:
    """The AUC of a forest that learned from cuts whose outcome was known `gap` weeks later."""
    rows, cut = every_4_weeks(company), company.today - HORIZON * WEEK
    known = rows[rows["cut_date"] <= cut - gap * WEEK]
    return auc_of_forest(known, rows[rows["cut_date"] == cut])


honest.mistake("no_gap", gap=1)
honest.mistake("learned_the_test", gap=0)


@honest.mistake("shuffled")
def _of_shuffled_time(company: Company) -> float:
    rows, cut = every_4_weeks(company), company.today - HORIZON * WEEK
    drawn = rows.sample(frac=0.75, random_state=4)
    rest = rows.drop(drawn.index)
    return auc_of_forest(drawn, rest[rest["cut_date"] == cut])


@honest.mistake("shuffled_everywhere")
def _of_shuffled_time_at_all_cuts(company: Company) -> float:
    rows = every_4_weeks(company)
    drawn = rows.sample(frac=0.75, random_state=4)
    return auc_of_forest(drawn, rows.drop(drawn.index))


for kind in ("fewer_rows", "yes_or_no", "other_score"):
    honest.mistake(kind, partial(wrong.first_of, wrong.aucs, kind))
honest.leads(wrong.aucs, "shuffled_everywhere", "fewer_rows", "yes_or_no", "other_score")
honest.leads(wrong.more_aucs, "learned_the_test", "fewer_rows", "other_score")


@sheet.number()
def year_of_a_return(
    company: Company,
    margin_rate: float = MARGIN_RATE,
    silent_days: int = 91,
    periods: int | None = 3,
    first: bool = True,
) -> float:
    """What a customer who came back after a quarter of silence brings in a year."""
    rows, bought = snapshot(company, 26, features=["recency_days"]), bought_in(company)
    then, cut = company.today - 26 * WEEK, company.today - HORIZON * WEEK
    returned = rows.loc[(rows["recency_days"] > silent_days) & ~rows["churned"], "customer_id"]
    day = bought["order_date"]
    money = bought[(day >= then) & (day < cut)].groupby("customer_id")["net"].sum()
    margin = float(margin_rate * returned.map(money).mean())
    again = float(returned.isin(bought.loc[day >= cut, "customer_id"]).mean())
    rest = churn.residual_value(margin, retention=again, discount=DISCOUNT, periods=periods)
    return margin * first + rest


year_of_a_return.mistake("revenue", margin_rate=1.0)
year_of_a_return.mistake("all_customers", silent_days=-1)
year_of_a_return.mistake("lesson_weeks", silent_days=56)
year_of_a_return.mistake("without_end", periods=None)
year_of_a_return.mistake("first_quarter_missing", first=False)


@year_of_a_return.mistake("one_order")
def _order_margin(company: Company) -> float:
    """Margin of the mean purchase of the last 52 weeks."""
    bought = bought_in(company)
    return float(
        MARGIN_RATE * bought[bought["order_date"] >= company.today - 52 * WEEK]["net"].mean()
    )


year_of_a_return.also("without_end", {"periods": None, "first": False})
year_of_a_return.mistake("other_quarters", periods=4)
year_of_a_return.also("other_quarters", {"periods": 2}, {"periods": 4, "first": False})
year_of_a_return.also("other_quarters", {"periods": 12}, {"periods": 52})
year_of_a_return.also("lesson_weeks", {"silent_days": 182}, {"silent_days": 90})
year_of_a_return.mistake(
    "retention", partial(wrong.first_of, wrong.returns, "retention"), tolerance=0.0005
)
for kind in (
    "discount",
    "first_quarter",
    "not_discounted",
    "other_people",
    "sum",
    "other_retention",
):
    year_of_a_return.mistake(kind, partial(wrong.first_of, wrong.returns, kind))
year_of_a_return.leads(wrong.returns, "revenue", "discount", "first_quarter", "not_discounted")
year_of_a_return.leads(wrong.returns, "other_people", "sum", "other_retention", "one_order")


def _worth_a_parcel(company: Company) -> set[str]:
    """One record of every recent customer whose parcel pays."""
    truth = company.truth.customers
    person = person_of(truth)
    pays = person.map(SUCCESS * worth_of_saving(company)) > COST
    recent = truth["customer_id"].isin(recent_today(company)["customer_id"])
    return set(truth.loc[recent & pays & ~person.where(recent).duplicated(), "customer_id"])


def _guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no model."""
    table, made = recent_today(company), dict[str, Any]()
    for most in (1, 2):
        made[f"few_purchases_{most}"] = table["purchases"] <= most
    for column in ("recency_days", "spend"):
        for most in (200, 400, 600, 800, 1000, 1500, 2000):
            made[f"{column}_{most}"] = table[column].rank(method="first", ascending=False) <= most
    made["random_fifth"] = np.random.default_rng(1).random(len(table)) < 0.2
    return {name: set(table.loc[chosen, "customer_id"]) for name, chosen in made.items()}


@sheet.decision(
    best=_worth_a_parcel,
    choices=lambda company: recent_today(company)["customer_id"],
    good_enough=0.15,
    guesses=_guesses,
    amiss=wrong.reached,
)
def parcels(company: Company, chosen: set[str]) -> float:
    """Profit of the parcels; who has two records is one person, and gets two parcels."""
    truth = company.truth.customers
    people = person_of(truth)[truth["customer_id"].isin(chosen)].drop_duplicates()
    return float(SUCCESS * worth_of_saving(company)[people].sum() - COST * len(chosen))


@parcels.mistake("everybody")
def _everybody(company: Company) -> set[str]:
    return set(recent_today(company)["customer_id"])


@parcels.mistake("riskiest")
def _riskiest(company: Company) -> set[str]:
    return set(lists_of(scored_today(company))["riskiest"]["customer_id"])


@parcels.mistake("silent")
def _longest_silent(company: Company) -> set[str]:
    table = recent_today(company)
    return set(table.nlargest(len(table) // 5, "recency_days")["customer_id"])


@parcels.mistake("one_order")
def _above_the_cut_off_of_one_order(company: Company) -> set[str]:
    table = scored_today(company)
    above = table["risk"] > COST / (SUCCESS * _order_margin(company))
    return set(table.loc[above, "customer_id"])
