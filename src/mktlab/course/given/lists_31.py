"""Lists of customers who might get a parcel in exercise 31: the best, guesses, and mistakes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.given.lesson_31 import (
    lists_of,
    order_margin,
    recent_today,
    scored_today,
    worth_of_saving,
)

if TYPE_CHECKING:
    from mktlab.company import Company

COST, SUCCESS = 3.5, 0.25


def person_of(truth: pd.DataFrame) -> pd.Series[Any]:
    """The person behind each record."""
    return truth["customer_id"].mask(truth["duplicate_of"] != "", truth["duplicate_of"])


def worth_a_parcel(company: Company) -> set[str]:
    """One record of every recent customer whose parcel pays."""
    truth = company.truth.customers
    person = person_of(truth)
    pays = person.map(SUCCESS * worth_of_saving(company)) > COST
    recent = truth["customer_id"].isin(recent_today(company)["customer_id"])
    return set(truth.loc[recent & pays & ~person.where(recent).duplicated(), "customer_id"])


def guesses(company: Company) -> dict[str, set[str]]:
    """Lists that need no model."""
    table, made = recent_today(company), dict[str, Any]()
    for most in (1, 2):
        made[f"few_purchases_{most}"] = table["purchases"] <= most
    for column in ("recency_days", "spend"):
        for most in (200, 400, 600, 800, 1000, 1500, 2000):
            made[f"{column}_{most}"] = table[column].rank(method="first", ascending=False) <= most
    made["random_fifth"] = np.random.default_rng(1).random(len(table)) < 0.2
    return {name: set(table.loc[chosen, "customer_id"]) for name, chosen in made.items()}


def everybody(company: Company) -> set[str]:
    """All recent customers."""
    return set(recent_today(company)["customer_id"])


def riskiest(company: Company) -> set[str]:
    """The fifth with the highest risk."""
    return set(lists_of(scored_today(company))["riskiest"]["customer_id"])


def of_the_lesson(company: Company) -> set[str]:
    """The list of the lesson, from who bought in the last 26 weeks."""
    return set(lists_of(scored_today(company, 26))["silent_without_them"]["customer_id"])


def others_of_high_risk(company: Company) -> list[set[str]]:
    """More, or fewer, of the highest risks."""
    rows = scored_today(company)
    most = [rows.nlargest(n, "risk") for n in (len(rows) // 10, 2 * len(rows) // 5, 500, 1000)]
    least = [rows[rows["risk"] > risk] for risk in (0.5, 0.8, 0.9)]
    return [set(chosen["customer_id"]) for chosen in (*most, *least)]


def all_but_the_riskiest(company: Company) -> set[str]:
    """All but the fifth with the highest risk."""
    rows = scored_today(company)
    return set(rows.drop(lists_of(rows)["riskiest"].index)["customer_id"])


def lowest_risk(company: Company) -> set[str]:
    """The fifth with the lowest risk."""
    rows = scored_today(company)
    return set(rows.nsmallest(len(rows) // 5, "risk")["customer_id"])


def next_highest_risk(company: Company) -> set[str]:
    """The fifth that follows the one with the highest risk."""
    rows = scored_today(company)
    others = rows.drop(lists_of(rows)["riskiest"].index)
    return set(others.nlargest(len(rows) // 5, "risk")["customer_id"])


def spent_most(company: Company) -> set[str]:
    """The fifth who spent most."""
    table = recent_today(company)
    return set(table.nlargest(len(table) // 5, "spend")["customer_id"])


def bought_once(company: Company) -> set[str]:
    """Who bought once in the window."""
    table = recent_today(company)
    return set(table.loc[table["purchases"] == 1, "customer_id"])


def bought_twice_at_most(company: Company) -> list[set[str]]:
    """Who bought once or twice."""
    table = recent_today(company)
    return [set(table.loc[table["purchases"] <= 2, "customer_id"])]


def otherwise_silent(company: Company) -> list[set[str]]:
    """Longer, or shorter, lists of the silent."""
    table = recent_today(company)
    most = [table.nlargest(n, "recency_days") for n in (2 * len(table) // 5, 500, 1000)]
    least = [table[table["recency_days"] > days] for days in (91, 56)]
    return [set(chosen["customer_id"]) for chosen in (*most, *least)]


def longest_silent(company: Company) -> set[str]:
    """The fifth who has been silent longest."""
    table = recent_today(company)
    return set(table.nlargest(len(table) // 5, "recency_days")["customer_id"])


def above_the_cut_off_of_one_order(company: Company) -> set[str]:
    """Every risk from which a parcel pays, if one order were all that it brings."""
    table = scored_today(company)
    return set(table.loc[table["risk"] > COST / (SUCCESS * order_margin(company)), "customer_id"])


def above_other_cut_offs(company: Company) -> list[set[str]]:
    """The cut-offs of a parcel that always works, and of a saved customer worth three orders."""
    table, margin = scored_today(company), order_margin(company)
    least = COST / margin, COST / (3 * SUCCESS * margin)
    return [set(table.loc[table["risk"] > risk, "customer_id"]) for risk in least]
