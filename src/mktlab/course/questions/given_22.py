"""What exercise 22 hands out, and what a launch would earn as far as the tables can tell."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import conjoint
from mktlab.course.checking.plain import FLAGS, NUMBERS, Unreadable, is_a
from mktlab.orders import purchases
from mktlab.plan import Plan, candidates, rival_bags
from mktlab.plan.launches import CANDIDATES
from mktlab.schema import MktlabError
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.conjoint import ChoiceModel
    from mktlab.conjoint.coding import Floats

FAMILY, SHOP = "beans", 1.21
LOWEST, HIGHEST = 9.9, 17.9
COLUMNS = ["label", "single_origin", "price"]
NOTHING = pd.DataFrame({"label": [None], "single_origin": False, "price": np.nan}, index=["none"])
SHELF = pd.DataFrame(
    {
        "label": [CANDIDATES[name].label for name in ("Jardin", "Atelier", "Chiapas")],
        "single_origin": [True, False, False],
        "price": [14.50, 11.50, 15.50],
    },
    index=["ours", "Torréval", "Vasselin"],
)
"""A shelf of three bags."""


@lru_cache(maxsize=4)
def careful(company: Company) -> pd.DataFrame:
    """The choices without those of straight-liners."""
    choices = company.conjoint_choices
    return choices[~choices["respondent_id"].isin(conjoint.straight_liners(choices))]


@lru_cache(maxsize=8)
def model(company: Company, everybody: bool = False) -> ChoiceModel:
    return conjoint.choice_model(company.conjoint_choices if everybody else careful(company))


@lru_cache(maxsize=4)
def year(company: Company) -> pd.DataFrame:
    """The lines of the purchases of the last 52 weeks."""
    since = company.today - pd.Timedelta(weeks=52)
    orders = purchases(company.orders)
    orders = orders[orders["order_date"] >= since]
    return company.order_lines[company.order_lines["order_id"].isin(orders["order_id"])]


@lru_cache(maxsize=4)
def ours(company: Company) -> pd.DataFrame:
    """Our own bags: label, origin, price on the shelf, and the margin of each."""
    bags = company.products.query("category == @FAMILY").set_index("product_id")
    costs = company.product_costs.sort_values("week").groupby("product_id")["unit_cost"].last()
    return bags.assign(
        price=bags["list_price"] * (1 + bags["vat_rate"]), margin=bags["list_price"] - costs
    )[[*COLUMNS, "margin"]]


def pieces(company: Company) -> float:
    """Bags of beans sold in the last 52 weeks."""
    lines = year(company)
    return float(lines.loc[lines["product_id"].isin(ours(company).index), "quantity"].sum())


@lru_cache(maxsize=4)
def slow(company: Company) -> list[str]:
    """The products that sold least in the last 52 weeks: a third of them."""
    lines = year(company)
    sold = (lines["quantity"] * lines["unit_price"]).groupby(lines["product_id"]).sum()
    return sorted(sold.nsmallest(len(sold) // 3).index)


def promise(
    company: Company,
    name: str,
    prices: Floats | float,
    *,
    times: float = SHOP,
    takes: bool = True,
    rivals: bool = True,
) -> Floats:
    """What a year of a new bag earns as far as the study tells, by price, in euros."""
    own, bag, asked = ours(company), candidates().loc[name], np.atleast_1d(prices)
    others = [rival_bags()] if rivals else []
    shelf = pd.concat([own[COLUMNS], *others, NOTHING])
    new = pd.DataFrame(
        {"label": bag["label"], "single_origin": bag["single_origin"], "price": asked}
    )
    found = conjoint.as_in_shop(model(company), times)
    worths = found.worths["worth"].to_numpy()
    old, more = (np.exp(found.coding.encode(rows, "promise") @ worths) for rows in (shelf, new))
    part = more / (more + old.sum())
    choices = pieces(company) * old.sum() / old[: len(own)].sum()
    kept = float(old[: len(own)] @ own["margin"].to_numpy()) / old.sum() * takes
    return np.asarray(
        choices * part * (asked / 1.055 - bag["unit_cost"] - kept) - bag["launch_cost"]
    )


@lru_cache(maxsize=64)
def best_of(company: Company, **how: Any) -> Plan:
    """The bag and the price, in steps of ten cents, that promise most."""
    prices = np.round(np.arange(LOWEST, HIGHEST + 0.05, 0.1), 2)
    told = {str(name): promise(company, name, prices, **how) for name in candidates().index}
    name = max(told, key=lambda bag: told[bag].max())
    return plan_of(name, prices[told[name].argmax()])


@lru_cache(maxsize=4)
def truth(company: Company) -> pd.DataFrame:
    """What each bag truly earns in a year, by price."""
    return company.truth.launches.pivot(index="price", columns="launch", values="profit")


def plan_of(name: str, price: float) -> Plan:
    """The plan that launches a bag at a price and changes nothing else."""
    return Plan.baseline().but(product={"launch": name, "launch_price": round(float(price), 2)})


def bag_of(plan: Plan) -> tuple[str, float]:
    """The bag that a plan launches, and its price."""
    name = plan.product.launch
    return name, float(plan.product.launch_price or candidates()["price"][name])


def earned(company: Company, plan: Plan) -> float:
    """What a launch truly earns in a year, between the prices that the truth lists."""
    name, price = bag_of(plan)
    table = truth(company)
    return float(np.interp(price, table.index.to_numpy(dtype=float), table[name].to_numpy()))


def launch_of(answer: Any, choices: tuple[tuple[str, ...], tuple[float, float]]) -> Plan:
    """A launch: a plan, its file, or a list of a bag and its price."""
    names, (low, high) = choices
    asked = say(
        'Write it as in Plan.baseline().but(product={{"launch": ..., "launch_price": ...}}), with '
        "one of {names}.",
        names=", ".join(names),
    )
    said = answer
    if type(said) is str and "=" in said:
        try:
            said = Plan.from_toml(said)
        except MktlabError as problem:
            raise Unreadable(str(problem)) from None
    if type(said) is Plan:
        said = (said.product.launch, said.product.launch_price)
    if type(said) not in (list, tuple) or len(said) != 2:
        raise Unreadable(say("Your answer is no plan. {asked}", asked=asked))
    name, price = said
    if type(name) is not str or name not in names:
        raise Unreadable(say("Your plan launches none of the bags. {asked}", asked=asked))
    if not is_a(price, *NUMBERS) or is_a(price, *FLAGS):
        raise Unreadable(say("The price of your bag is no number. {asked}", asked=asked))
    found = float(price) or float(candidates()["price"][name])
    if not low <= found <= high:
        raise Unreadable(
            say(
                "Your price is {found:decimal.2}: choose one from {low:decimal.2} to "
                "{high:decimal.2}.",
                found=found,
                low=low,
                high=high,
            )
        )
    return plan_of(name, found)
