"""What exercise 24 hands out: an offer, a pilot cut short, premises; and how a layout is read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import merchandising, place
from mktlab.course.checking.compare import difference, pairs
from mktlab.course.checking.plain import Unreadable
from mktlab.orders import purchases
from mktlab.show.words import label, say

if TYPE_CHECKING:
    from mktlab.company import Company

GOODS, CREDIT, HOUSEHOLD, ROOM, MOST = 0.42, 0.08, 52.0, 30, 6
PILOT = 13  # weeks after the opening that the exercise sees


def rng(company: Company) -> np.random.Generator:
    return np.random.default_rng(len(company.orders))


def offer(company: Company) -> pd.DataFrame:
    """The terms of an online grocer."""
    lot = rng(company).random(5)
    return pd.DataFrame(
        {
            "channel": [label("online grocer")],
            "commission": [round(0.22 + 0.1 * lot[0], 2)],
            "listing_fee": [float(100 * round(20 + 30 * lot[1]))],
            "returns": [round(0.05 + 0.05 * lot[2], 3)],
            "payment_days": [int(30 + 30 * lot[3])],
            "sales": [float(500 * round(100 + 100 * lot[4]))],
        }
    )


@lru_cache(maxsize=4)
def pilot(company: Company) -> pd.DataFrame:
    """The pilot as it stood some weeks after the opening."""
    table: pd.DataFrame = company.openings
    start = table.loc[table["opened"], "week"].min()
    early: pd.DataFrame = table[table["week"] < start + pd.Timedelta(weeks=PILOT)]
    return early.reset_index(drop=True)


@lru_cache(maxsize=4)
def channel(company: Company) -> str:
    """The channel of question 2: that of the two about which 13 weeks and 26 differ more."""
    early, whole = (
        place.switching(table)["switched"] for table in (pilot(company), company.openings)
    )
    return str((early - whole).abs()[["marketplace", "retailer"]].idxmax())


@lru_cache(maxsize=4)
def sites(company: Company) -> pd.DataFrame:
    """The quarters and places, with the money of each quarter."""
    table = company.sites
    return table.assign(money=HOUSEHOLD * table["households"] * table["spend_index"])


def site(company: Company) -> str:
    """The premises of question 3: of the three farthest from our café's areas, one."""
    names = sorted(sites(company).query("kind == 'site'")["place"].unique())
    return str(names[int(rng(company).integers(1, len(names)))])


@lru_cache(maxsize=4)
def powers(company: Company) -> pd.Series[float]:
    return place.attraction(sites(company).dropna(subset=["visits"]))["power"]


def sold(
    company: Company,
    name: str,
    *,
    of: str = "",
    features: tuple[str, ...] = ("seats", "minutes"),
    rivals: bool = True,
    every_site: bool = False,
) -> float:
    """Euros a year of a place, when the premises `name` are a café of ours."""
    table = sites(company)
    here = (table["kind"] != "site") | (table["place"] == name) | every_site
    if not rivals:
        here &= table["kind"] != "rival"
    cafes = table[here]
    power = powers(company)
    if features != ("seats", "minutes"):
        power = place.attraction(table.dropna(subset=["visits"]), features)["power"]
    part = place.shares(cafes, power)
    some = cafes["place"] == (of or name)
    return float((cafes["money"] * part)[some].sum())


@lru_cache(maxsize=4)
def unit(company: Company) -> pd.Series[float]:
    """Margin of a piece of each product on the shelf, at what was paid in the last year."""
    bought = purchases(company.orders)
    year = bought[bought["order_date"] >= company.today - pd.Timedelta(weeks=52)]
    lines = company.order_lines[company.order_lines["order_id"].isin(year["order_id"])]
    sums = lines.groupby("product_id")[["amount", "quantity"]].sum()
    cost = company.products.set_index("product_id")["unit_cost"]
    margin = (sums["amount"] / sums["quantity"] - cost).reindex(company.shelf_weeks["product_id"])
    return margin.groupby(level=0).first().round(2).rename("unit")


@lru_cache(maxsize=4)
def earns(company: Company) -> pd.Series[float]:
    """Margin of each product on the shelf in the year of the rotation."""
    pieces = company.shelf_weeks.groupby("product_id")["pieces"].sum()
    return (pieces * unit(company)).rename("margin")


@lru_cache(maxsize=4)
def measured(company: Company, by: str = "category") -> pd.Series[float]:
    """Elasticity of each product on the shelf, measured by family or by product."""
    shelf = company.shelf_weeks.merge(company.products[["product_id", "category"]])
    found = merchandising.space(shelf, by=by)["elasticity"]
    names = earns(company).index.to_series()
    keys = names.map(company.products.set_index("product_id")[by]) if by != "product_id" else names
    return keys.map(found)


def over_equal(company: Company, facings: pd.Series[Any]) -> float:
    """Euros a year of a layout over the same facings for each product, in truth."""
    truth = company.truth.shelf.set_index("product_id")
    power = truth["elasticity"]
    given, usual = facings.reindex(truth.index).astype(float), ROOM / len(truth)
    return float((truth["margin"] * (given**power - usual**power) / truth["over_one_facing"]).sum())


def layout_of(answer: Any, names: tuple[str, ...]) -> pd.Series[float]:
    """A layout: facings for each product, 30 in all, 1 to 6 each."""
    answer = pd.Series(answer, dtype=object) if type(answer) is dict else answer
    index = pd.Index(names, name="product_id")
    places = pd.Series(np.arange(float(len(names))), index, name="facings")
    found = pairs(answer, places)
    if not found:
        asked = say("Give the facings of each product.")
        raise Unreadable(difference(answer, places) or asked)
    (pair,) = found.values()
    facings = pd.Series(pair.mine[np.argsort(pair.theirs)], index, name="facings", dtype=float)
    if not np.isfinite(facings).all() or (facings != facings.round()).any():
        raise Unreadable(say("Facings are whole numbers: round them, and look at their sum again."))
    if facings.min() < 1 or facings.max() > MOST:
        raise Unreadable(say("Each product has 1 facing at least, and 6 at most."))
    if facings.sum() != ROOM:
        raise Unreadable(
            say(
                "Your facings add up to {total:count}, and the shelf has room for {room:count}.",
                total=float(facings.sum()),
                room=ROOM,
            )
        )
    return facings


def alike(layout: pd.Series[float], other: pd.Series[float]) -> bool:
    """Layouts that differ by two facings at most, one taken and one given."""
    return float((layout - other.reindex(layout.index)).abs().sum()) <= 2
