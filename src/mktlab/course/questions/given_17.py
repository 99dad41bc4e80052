"""What exercise 17 hands out: an ad group, the margin, mails with their readers' group, choices."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import messages, search_terms
from mktlab.course.checking.slips import Slip
from mktlab.orders import purchases
from mktlab.satisfaction import shrink
from mktlab.show.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

OWN_NAME = "brand"
READERS = ("café", "capsules", "elsewhere")
CEASE = 15_000  # what a line costs that must be taken back
GROUPS, PROMISES = ("beans", "capsules", "gifts"), ("convenience", "origin", "price")


def _rng(company: Company) -> np.random.Generator:
    return np.random.default_rng(len(company.orders))


@lru_cache(maxsize=4)
def margin(company: Company) -> float:
    """Margin over revenue, to the cent of a euro."""
    lines = company.order_lines
    cost = lines["product_id"].map(company.products.set_index("product_id")["unit_cost"])
    return round(float(1 - (lines["quantity"] * cost).sum() / lines["amount"].sum()), 2)


@lru_cache(maxsize=4)
def group(company: Company) -> str:
    """The ad group of question 1: one in which not all orders that are counted are extra."""
    found = search_terms.ceilings(company.search_terms, company.search_lift, margin=0.5)
    apart = (found.loc[list(GROUPS), "share"] - 1).abs()
    clear = apart.index[apart > 0.1]
    some = clear if len(clear) else apart.index[[int(apart.to_numpy().argmax())]]
    return str(some[int(_rng(company).integers(len(some)))])


def sums_of(company: Company) -> pd.Series[float]:
    """What the report counts of the group of question 1."""
    columns = ["clicks", "cost", "orders", "revenue"]
    sums = company.search_terms.groupby("ad_group")[columns].sum()
    return pd.Series({name: float(sums[name][group(company)]) for name in columns})


def side_of(company: Company, held_out: bool) -> float:
    """Orders of one side of the group's lift test."""
    sides = company.search_lift
    rows = sides[(sides["ad_group"] == group(company)) & (sides["held_out"] == held_out)]
    return float(rows["orders"].sum())


def for_orders(company: Company, orders: float) -> float:
    """What a click is worth if so many orders are extra."""
    sums = sums_of(company)
    return float(orders * margin(company) * sums["revenue"] / sums["orders"] / sums["clicks"])


def promise(company: Company) -> str:
    """The promise that question 3 asks about."""
    return PROMISES[int(_rng(company).integers(100) % len(PROMISES))]


@lru_cache(maxsize=4)
def judged(company: Company) -> pd.DataFrame:
    """The generic terms that can be left out, with what they save in a half year in truth."""
    found = search_terms.negatives(
        company.search_terms, company.search_lift, margin=margin(company), level=0.8
    )
    match = company.search_terms.groupby("search_term")["match_type"].first()
    found = found[(found["ad_group"] != OWN_NAME) & ~found["search_term"].str.startswith("(")]
    truth = company.truth.search_terms[["ad_group", "search_term", "profit"]]
    found = found.merge(truth, on=["ad_group", "search_term"])
    found = found.assign(match_type=found["search_term"].map(match), pays=-found["profit"])
    found = found.sort_values(["ad_group", "search_term"], ignore_index=True)
    found["term_id"] = [f"T{n:02d}" for n in range(1, len(found) + 1)]
    return found.set_index("term_id")


@lru_cache(maxsize=4)
def tests(company: Company) -> pd.DataFrame:
    """The mails with promise and author, the orders of 7 days, and the reader's group."""
    sent = company.subject_tests.reset_index(drop=True)
    named = company.subject_lines.set_index("line_id")
    bought = purchases(company.orders)
    outlet = pd.crosstab(bought["customer_id"], bought["outlet"]).idxmax(axis=1)
    lines = company.order_lines.merge(bought[["order_id", "customer_id"]], on="order_id")
    lines = lines.merge(company.products[["product_id", "category"]], on="product_id")
    sums = lines.pivot_table("amount", "customer_id", "category", aggfunc="sum", fill_value=0)
    family = sent["customer_id"].map(sums.idxmax(axis=1))
    cafe = sent["customer_id"].map(outlet) == "cafe"
    reader = np.select([cafe, family == "capsules"], READERS[:2], READERS[2])
    return sent.assign(
        promise=sent["line_id"].map(named["promise"]),
        ordered=messages.ordered(sent, company.orders),
        reader=reader,
    )


def leads(company: Company, which: str = "", outcome: str = "ordered") -> pd.DataFrame:
    """The lines of one promise (or of all) against their mean, shrunken."""
    rows = tests(company)
    rows = rows[rows["promise"] == which] if which else rows
    return shrink(messages.lifts(rows, outcome, by="line_id"), value="lift", error="error")


def other_lines(company: Company) -> list[float]:
    """What is left of the lead, and the lead, of the other lines of the promise: the last is last.

    Lines that are moved to the same place as the best one are no other answer.
    """
    found = leads(company, promise(company))
    right = float(found["shrunk"].iloc[0])
    others = [*found["shrunk"].iloc[1:], *found["lift"].iloc[1:]]
    return [float(value) for value in others if abs(float(value) - right) > 0.001]


def other_ceilings(company: Company) -> list[float]:
    """The ceilings of the other groups, first the one that is farthest off."""
    terms, sides = company.search_terms, company.search_lift
    found = search_terms.ceilings(terms, sides, margin=margin(company))["ceiling"]
    right = float(found[group(company)])
    others = found.drop(group(company))
    return sorted((float(v) for v in others), key=lambda value: -abs(value - right))


def after_days(company: Company, days: int) -> tuple[float, float]:
    """What is left of the lead by the orders of so many days, and the lead itself."""
    rows = tests(company)
    rows = rows[rows["promise"] == promise(company)]
    rows = rows.assign(ordered=messages.ordered(rows, company.orders, days=days))
    found = shrink(messages.lifts(rows, "ordered", by="line_id"), value="lift", error="error")
    return float(found["shrunk"].iloc[0]), float(found["lift"].iloc[0])


@lru_cache(maxsize=4)
def yearly(company: Company) -> pd.DataFrame:
    """By group of readers and promise: extra margin of 52 newsletters, in truth."""
    rows, truth = tests(company), company.truth
    segment = rows["customer_id"].map(truth.customers.set_index("customer_id")["segment"])
    pays = truth.subject_promises.pivot(
        index="segment", columns="promise", values="extra_margin"
    ).reindex(segment)
    each = pays.set_axis(rows["reader"], axis=0).fillna(0) / 1_000
    found: pd.DataFrame = each.groupby(level=0).sum() * 52 / rows["date"].nunique()
    return found


@lru_cache(maxsize=4)
def choices(company: Company) -> pd.DataFrame:
    """Each line for each group of readers, with what it is worth in truth."""
    lines = company.subject_lines[["line_id", "promise", "text"]]
    made = pd.DataFrame({"reader": READERS}).merge(lines, how="cross")
    holds = company.truth.subject_lines.set_index("line_id")["claim_holds"]
    pays = yearly(company).stack()
    made["worth"] = [pays[r, p] for r, p in zip(made["reader"], made["promise"], strict=True)]
    made["holds"] = made["line_id"].map(holds).astype(bool)
    made["choice_id"] = made["reader"] + "-" + made["line_id"]
    return made.set_index("choice_id")


def one_each(company: Company, score: pd.Series[Any], holds: bool | None = None) -> set[str]:
    """For each group the choice with the highest score; of equal ones the first."""
    rows = choices(company)
    rows = rows if holds is None else rows[rows["holds"] == holds]
    scored = score.reindex(rows.index).dropna()
    return {str(part.idxmax()) for _, part in scored.groupby(rows.loc[scored.index, "reader"])}


def for_all(line_id: str) -> set[str]:
    """The choices that give every group the same line."""
    return {f"{reader}-{line_id}" for reader in READERS}


def measured(company: Company, outcome: str, by_reader: bool = True) -> pd.Series[float]:
    """The mean outcome of each choice's line, among its readers or among all."""
    rows, made = tests(company), choices(company)
    of_all = rows.groupby("line_id")[outcome].mean()
    of_each = rows.groupby(["reader", "line_id"])[outcome].mean()
    each = [
        of_each[r, n] if by_reader else of_all[n]
        for r, n in zip(made["reader"], made["line_id"], strict=True)
    ]
    return pd.Series(each, index=made.index)


def simple_choices(company: Company) -> dict[str, set[str]]:
    """Choices of somebody who has understood nothing."""
    made = choices(company)
    found = {f"all_{p}": one_each(company, (made["promise"] == p).astype(float)) for p in PROMISES}
    found |= {f"line_{n}": for_all(n) for n in ("L01", "L10", "L30")}
    return found


def claims(company: Company) -> dict[str, list[set[str]]]:
    """Lines that somebody takes out who checks something else, by mistake."""
    lines = company.subject_lines.set_index("line_id")
    holds = company.truth.subject_lines.set_index("line_id")["claim_holds"].astype(bool)
    right = set(holds.index[~holds])

    def where(rows: pd.Series[Any]) -> set[str]:
        return set(lines.index[rows])

    def says(text: str) -> set[str]:
        return where(lines["text"].str.contains(text, regex=False))

    claimed, machine = lines["claim"] != "none", lines["author"] != "person"
    right_ten, net_tea, net_box = says("4.40"), says("7.87"), says("50")
    green, rank = where(lines["claim"] == "green"), where(lines["claim"] == "rank")
    some = [right | right_ten, right - net_tea, right - net_box, right - net_tea - net_box]
    return {
        "all_claims": [where(claimed)],
        "machine": [where(machine), where(machine & claimed), right & where(machine)],
        "net_prices": [(right | right_ten) - net_tea - net_box, *some],
        "no_list": [right - green, right - rank, right - rank - green],
        "tone": [where(lines["tone"] == "lofty"), where(lines["tone"] == "curious")],
    }


def amiss_terms(company: Company, chosen: Any, best: Any) -> Slip:
    """What is wrong with the terms that are left out."""
    if not chosen:
        told = say("Some terms cost far more than they bring: hold each rate against its price.")
        return Slip(say("nothing is left out"), told)
    if chosen <= best:
        told = say("All of yours lose money. Others do, too: many clicks, and an order or two.")
        return Slip(say("words that lose are missing"), told)
    if chosen >= best:
        told = say(
            "All that lose are among yours, and with them terms that bring more than they cost."
        )
        return Slip(say("good words are among them"), told)
    told = say(
        "Some of yours bring more than they cost, and some that lose are missing: hold the rate of "
        "each against the rate that its clicks need."
    )
    return Slip(say("good and bad words are mixed up"), told)


def amiss_lines(company: Company, chosen: Any, best: Any) -> Slip | None:
    """What is wrong with three lines for three groups."""
    rows = choices(company).loc[sorted(chosen)]
    if rows["reader"].nunique() < len(READERS):
        told = say(
            "Choose one line for each of the three groups; a group without one earns nothing."
        )
        return Slip(say("a group has no line"), told)
    if not rows["holds"].all():
        told = say("One of your lines claims what does not hold: see question 4.")
        return Slip(say("a line must not be sent"), told)
    if len(set(rows["promise"])) == 1:
        told = say("One promise for all leaves money: compare the promises within each group.")
        return Slip(say("this is one promise for all"), told)
    told = say("In at least one group another promise sells more: compare promises, not lines.")
    return Slip(say("a group gets the wrong promise"), told)


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    made = choices(company).reset_index()
    return {
        "group": group(company),
        "margin": margin(company),
        "promise": promise(company),
        "candidates": judged(company).reset_index()[["term_id", "ad_group", "search_term"]],
        "tests": tests(company),
        "choices": made[["choice_id", "reader", "line_id", "promise", "text"]],
    }
