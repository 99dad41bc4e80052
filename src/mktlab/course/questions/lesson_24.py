"""The questions of lesson 24: an offer's margin, a pilot's switching, a site's sales, a shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import merchandising, place
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_24 import (
    CREDIT,
    GOODS,
    HOUSEHOLD,
    MOST,
    ROOM,
    alike,
    channel,
    earns,
    layout_of,
    measured,
    offer,
    over_equal,
    pilot,
    site,
    sites,
    sold,
    unit,
)
from mktlab.course.questions.given_wrong_24 import farthest, of_offer, of_pilot, of_site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company


def given(company: Company) -> Mapping[str, Any]:
    """The offer, the pilot so far, the channel and premises asked about, margins a piece."""
    return {
        "offer": offer(company),
        "pilot": pilot(company),
        "channel": channel(company),
        "site": site(company),
        "household": HOUSEHOLD,
        "unit": unit(company),
    }


sheet = Sheet("24_place", given=given)
OFFER: tuple[str, ...] = ("two_missing", "fee_again", "credit_base", "whole_year", "added")
OFFER += ("commission_base", "goods_base", "returns_twice", "share", "step")
PILOT: tuple[str, ...] = ("without_it", "by_sums", "not_divided", "other_weeks", "another")
PILOT += ("other_channels",)
SITE: tuple[str, ...] = ("another_site", "other_powers", "one_feature", "index", "a_rival")
SITE += ("all_money", "profit", "units", "share", "near_alone")


@sheet.number(tolerance=1)
def margin_of_offer(company: Company, without: str = "", **how: Any) -> float:
    found = place.accounts(offer(company), **({"goods": GOODS, "credit": CREDIT} | how)).iloc[0]
    return float(found["margin"] - (found[without] if without else 0.0))


margin_of_offer.mistake("no_fee", without="listing_fee")
margin_of_offer.mistake("no_credit", without="credit")
margin_of_offer.mistake("no_commission", without="commission")
margin_of_offer.mistake("no_goods", without="goods")


@margin_of_offer.mistake("returned_goods")
def _returned_goods(company: Company) -> float:
    """Goods of what was kept alone."""
    row = offer(company).iloc[0]
    back: float = GOODS * row["sales"] * row["returns"]
    return float(margin_of_offer(company)) + back


@margin_of_offer.mistake("no_returns")
def _no_returns(company: Company) -> float:
    whole = offer(company).assign(returns=0.0)
    return float(place.accounts(whole, goods=GOODS, credit=CREDIT)["margin"].iloc[0])


@margin_of_offer.mistake("sales")
def _sales(company: Company) -> float:
    return float(place.accounts(offer(company), goods=GOODS, credit=CREDIT)["sales"].iloc[0])


for _name in OFFER:
    margin_of_offer.mistake(_name, farthest(margin_of_offer, of_offer, _name))
margin_of_offer.leads(of_offer, *OFFER, "sales")


@sheet.number(tolerance=0.005)
def switched(company: Company, column: str = "switched") -> float:
    return float(place.switching(pilot(company))[column][channel(company)])


switched.mistake("change", column="change")
switched.mistake("ends", column="switched_low")
switched.also("ends", {"column": "switched_high"})


@switched.mistake("before_after")
def _before_after(company: Company) -> float:
    rows = place.changes(pilot(company), channel(company)).query("opened")
    lost = (rows["before"] - rows["after"]).sum()
    return float(lost / rows["through"].sum())


@switched.mistake("afterwards")
def _afterwards(company: Company) -> float:
    """Towns with the channel against the others, after the opening alone."""
    rows = place.changes(pilot(company), channel(company))
    after = rows.groupby("opened")["after"].mean()
    return float((after[False] - after[True]) / rows.loc[rows["opened"], "through"].mean())


for _name in PILOT:
    switched.mistake(_name, farthest(switched, of_pilot, _name))
switched.leads(of_pilot, *PILOT, "change", "before_after")


@sheet.number(tolerance=500)
def sales_of_site(company: Company, **how: Any) -> float:
    return sold(company, site(company), **how)


sales_of_site.mistake("every_site", every_site=True)
sales_of_site.mistake("no_rivals", rivals=False)
sales_of_site.mistake("ours", of="ours")


@sales_of_site.mistake("less_ours")
def _less_ours(company: Company) -> float:
    """What the company sells more."""
    ours = sold(company, "", of="ours") - sold(company, site(company), of="ours")
    return float(sales_of_site(company)) - ours


@sales_of_site.mistake("copied_share")
def _copied_share(company: Company) -> float:
    """The share of our own café in each ring of minutes."""
    table = sites(company)
    ring = pd.Series(np.digitize(table["minutes"], [12.5, 24.5]), table.index)
    ours = table[table["kind"] == "ours"]
    gets = ours["money"] * ours["visits"].astype(float) / 60
    part = gets.groupby(ring).sum() / ours["money"].groupby(ring).sum()
    new = table[table["place"] == site(company)]
    return float((new["money"] * ring[new.index].map(part)).sum())


for _name in SITE:
    sales_of_site.mistake(_name, farthest(sales_of_site, of_site, _name))
sales_of_site.leads(of_site, *SITE, "no_rivals", "ours")


def best_layout(company: Company) -> pd.Series[float]:
    truth = company.truth.shelf.set_index("product_id")
    one = truth["margin"] / truth["over_one_facing"]
    return merchandising.fill(one, truth["elasticity"], ROOM, most=MOST).astype(float)


def simple_layouts(company: Company) -> dict[str, pd.Series[float]]:
    """Layouts that need no look at what space does."""
    margin = earns(company)
    made = {"equal": margin * 0 + 3, "rotated": pd.Series([1.0, 5.0] * 5, margin.index)}
    for family in ("BEA", "GRO", "CAP", "GIF", "TEA"):
        favored = margin.where(margin.index.str.startswith(family), margin.min() / 99)
        made[f"most_to_{family}"] = _by_share(favored)
    made["most_to_one"] = _by_share(margin**9)
    made["by_root"] = _by_share(margin**0.5)
    return made


def _by_share(value: pd.Series[float]) -> pd.Series[float]:
    return merchandising.in_proportion(value, ROOM, most=MOST).astype(float)


@sheet.decision(
    best=best_layout,
    choices=lambda company: tuple(earns(company).index),
    reads=layout_of,
    alike=alike,
    good_enough=0.88,
    guesses=simple_layouts,
)
def layout(company: Company, facings: pd.Series[float]) -> float:
    return over_equal(company, facings)


layout.mistake("textbook", lambda c: _by_share(earns(c)))
layout.also("textbook")(lambda c: [_by_share(c.shelf_weeks.groupby("product_id")["pieces"].sum())])
layout.mistake("equal", lambda c: earns(c) * 0 + 3)


@layout.mistake("turned")
def _turned(company: Company) -> pd.Series[float]:
    power = 0.5 - measured(company)
    return merchandising.fill(earns(company), power, ROOM, most=MOST).astype(float)


@layout.also("textbook")
def _one_elasticity(company: Company) -> list[pd.Series[float]]:
    """The mean of the literature for all."""
    margin = earns(company)
    return [merchandising.fill(margin, margin * 0 + 0.17, ROOM, most=MOST).astype(float)]
