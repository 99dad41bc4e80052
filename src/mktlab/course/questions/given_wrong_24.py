"""Answers that mistakes of exercise 24 lead to, by the mistakes' names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import place
from mktlab.course.questions.given_24 import (
    CREDIT,
    GOODS,
    HOUSEHOLD,
    channel,
    offer,
    pilot,
    powers,
    site,
    sites,
    sold,
)

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.course.checking.question import Compute
    from mktlab.course.checking.sheet import Declared

Listed = Mapping[str, list[float]]


def farthest(question: Declared, listed: Callable[[Company], Listed], kind: str) -> Compute:
    """The answer that is farthest from the right one stands for a mistake: it is never right."""

    def found(company: Company) -> float:
        right = question(company)
        return float(max(listed(company)[kind], key=lambda value: abs(value - right)))

    return found


def of_offer(company: Company) -> Listed:
    """What other sums of the offer's terms give."""
    terms = offer(company)
    row, found = terms.iloc[0], place.accounts(terms, goods=GOODS, credit=CREDIT).iloc[0]
    right, fee, credit = found["margin"], found["listing_fee"], found["credit"]
    kept, takes, days = found["sales"], row["sales"], CREDIT * row["payment_days"] / 365
    pays = kept + found["commission"]

    def turned(**columns: float) -> float:
        other = place.accounts(terms.assign(**columns), goods=GOODS, credit=CREDIT)
        return float(other["margin"].iloc[0])

    return {
        "two_missing": [right - fee - credit, pays - credit, pays, kept + found["goods"]],
        "fee_again": [right + k * fee for k in (51, 11)],
        "credit_base": [
            *(right - credit - days * amount for amount in (kept, takes, kept + found["goods"])),
            right + credit * (365 / 360 - 1),
            right + credit * (365 / 364 - 1),
        ],
        "whole_year": [right - credit - CREDIT * amount for amount in (pays, kept, takes)],
        "added": [right - 2 * fee, right - 2 * credit, turned(returns=-row["returns"])],
        "commission_base": [
            kept + found["goods"] + fee - row["commission"] * takes + credit,
            turned(commission=1 - row["commission"]),
        ],
        "goods_base": [
            right - found["goods"] - GOODS * pays,
            right - found["goods"] - (1 - GOODS) * takes,
        ],
        "returns_twice": [right - row["returns"] * takes, right - row["returns"] * kept],
        "share": [right / amount for amount in (kept, takes, pays)]
        + [100 * right / amount for amount in (kept, takes, pays)],
        "step": [-found["commission"], -found["goods"], right - kept],
        "sales": [takes],
    }


def of_pilot(company: Company) -> Listed:
    """What other comparisons of the towns give."""
    early, name = pilot(company), channel(company)
    rows = place.changes(early, name)
    here, none = rows[rows["opened"]], rows[~rows["opened"]]
    through, now, before = (float(here[c].sum()) for c in ("through", "after", "before"))
    found, whole = place.switching(early), place.switching(company.openings)
    change = float(found["change"][name])
    grown, usual = float(here["change"].mean()), float(none["change"].mean())
    apart = (none["after"] - none["before"]).mean() - (here["after"] - here["before"]).mean()
    every = float(none["after"].sum())
    fell = before * every / none["before"].sum() - now
    start = early.loc[early["opened"], "week"].min()
    table = company.openings
    long = (table["week"] < start) | (table["week"] > early["week"].max())
    short = table["week"].between(start - (early["week"].max() - start), early["week"].max())
    weeks = [float(place.switching(table[some])["switched"][name]) for some in (long, short)]
    masked = [t.assign(opened=t["opened"] & (t["channel"] == name)) for t in (early, table)]
    masked.append(masked[0][early["channel"] != "none"])
    return {
        "change": [
            *(float(t[c][name]) for t in (found, whole) for c in ("low", "high")),
            float(np.log1p(change)),
            grown - usual,
            grown,
            usual,
            float(whole["change"][name]),
        ],
        "without_it": [-change * base / through for base in (before, now, now + every)],
        "by_sums": [
            apart * len(here) / through,
            fell / through,
            (usual - grown) * before / through,
            (usual - grown) * now / through,
        ],
        "before_after": [float(((here["before"] - here["after"]) / here["through"]).mean())],
        "not_divided": [
            fell,
            fell / len(here),
            apart,
            (before - now) / len(here),
            before - now,
            float(found["switched"][name]) * through,
            through / now,
            through / before,
        ],
        "other_channels": [float(place.switching(t)["switched"][name]) for t in masked],
        "other_weeks": [float(whole["switched"][name]), *weeks],
        "another": [float(v) for t in (found, whole) for v in t["switched"].drop(name)],
    }


def of_site(company: Company) -> Listed:
    """What other models of the premises give."""
    table, name, power = sites(company), site(company), powers(company)
    cafes = table[(table["kind"] != "site") | (table["place"] == name)]
    here, part = cafes["place"] == name, place.shares(cafes, power)
    right = float((cafes["money"] * part)[here].sum())
    today, then = sold(company, "", of="ours"), sold(company, name, of="ours")
    total = float(cafes["money"][here].sum())
    costs = 52 * (1350 + float(table.loc[table["place"] == name, "rent"].iloc[0]))

    def shared(by: Any, money: pd.Series[float] = cafes["money"]) -> float:
        found = place.shares(cafes, pd.Series(dict(by), dtype=float))
        return float((money * found)[here].sum())

    alone = cafes[cafes["kind"] != "ours"]
    money = (alone["money"] * place.shares(alone, power))[alone["place"] == name]
    ends = place.attraction(table.dropna(subset=["visits"]))
    seats, minutes = power["seats"], power["minutes"]
    other = sorted(set(table.loc[table["kind"] == "site", "place"]) - {name})
    sales = (cafes["money"] * part).groupby(cafes["place"]).sum()
    homes = HOUSEHOLD * cafes["households"]
    return {
        "another_site": [sold(company, one) for one in other],
        "one_feature": [
            shared({"seats": seats}),
            shared({"minutes": minutes}),
            *(sold(company, name, features=(one,)) for one in ("seats", "minutes")),
        ],
        "other_powers": [
            shared({"seats": minutes, "minutes": seats}),
            *(shared({"seats": a, "minutes": b}) for a, b in ((1, -2), (1, -1), (1, -1.5))),
            *(shared(power.round(digits)) for digits in (0, 1)),
            *(shared(ends[column]) for column in ("low", "high")),
            shared({"seats": seats, "minutes": -minutes}),
        ],
        "ours": [then, today, today - then],
        "no_rivals": [float(money.sum())],
        "a_rival": [float(v) for v in sales.drop([name, "ours"])],
        "all_money": [
            total,
            total / HOUSEHOLD,
            float(part[here].mean()) * total,
            total / cafes["place"].nunique(),
        ],
        "profit": [0.715 * right - costs, 0.715 * right, 0.715 * (right - today + then) - costs],
        "units": [right / HOUSEHOLD, float((cafes["households"] * part)[here].sum()), right / 60],
        "share": [right / total, float(part[here].mean())],
        "index": [
            shared(power, homes),
            shared(power, homes * cafes["spend_index"] ** 2),
            shared(power, homes * cafes["income"] / cafes["income"].mean()),
        ],
        "near_alone": [
            float((cafes["money"] * part)[here & (cafes["minutes"] <= most)].sum())
            for most in (10, 12, 15, 24)
        ],
    }
