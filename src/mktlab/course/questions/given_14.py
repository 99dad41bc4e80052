"""What exercise 14 hands out: a pair, the boxes with what followed, next week's offers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import recommendation as rec
from mktlab.orders import purchases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

DAYS, LATELY, BOXES, JUDGED = 56, 182, 800, 91
RULES = ("popular", "again", "related", "drawn")
TOP, NEAR = 5, 3
KINDS = {"product": "bought_before", "category": "family_bought", "nothing": "other_family"}
"""What the customer knows of what is suggested -> the column of the truth."""
KEYS = ["customer_id", "product_id"]


@lru_cache(maxsize=4)
def lines(company: Company) -> pd.DataFrame:
    """The lines of all purchases, with customer, day, category and margin."""
    bought = purchases(company.orders)[["order_id", "customer_id", "order_date"]]
    products = company.products[["product_id", "category", "unit_cost"]]
    table = company.order_lines.merge(bought, on="order_id").merge(products, on="product_id")
    return table.assign(margin=table["amount"] - table["quantity"] * table["unit_cost"])


def counts(table: pd.DataFrame, each: str = "customer_id") -> pd.DataFrame:
    return pd.crosstab(table[each], table["product_id"])


def knows(company: Company, rows: pd.DataFrame, day: pd.Series[Any]) -> pd.Series[str]:
    """What each customer had bought before the day: the product, its category, or nothing of it."""
    table = lines(company)[[*KEYS, "category", "order_date"]]
    category = company.products.set_index("product_id")["category"]
    asked = rows[KEYS].assign(row=rows.index, day=day, wanted=rows["product_id"].map(category))
    both = asked.merge(table, on="customer_id", suffixes=("", "_had"))
    both = both[both["order_date"] < both["day"]]
    same = both.loc[both["product_id"] == both["product_id_had"], "row"]
    near = both.loc[both["wanted"] == both["category"], "row"]
    told = pd.Series("nothing", index=rows.index, dtype="str")
    return told.mask(rows.index.isin(near), "category").mask(rows.index.isin(same), "product")


@lru_cache(maxsize=4)
def boxes(company: Company) -> pd.DataFrame:
    """The log, whether a purchase followed, and what the customer knew."""
    log = company.suggestions.reset_index(drop=True)
    log = log.assign(bought=rec.followed(log, lines(company), days=DAYS))
    return log.assign(knows=knows(company, log, log["date"]))


def _rng(company: Company) -> np.random.Generator:
    return np.random.default_rng(len(company.orders))


@lru_cache(maxsize=4)
def pair(company: Company) -> tuple[str, str]:
    """A product, and the one that most of its customers bought, too."""
    first = rec.pairs(counts(lines(company))).drop_duplicates("item")
    first = first[first["lift"] > 1.05].sort_values("item")
    row = first.iloc[int(_rng(company).integers(len(first)))]
    return str(row["item"]), str(row["other"])


@lru_cache(maxsize=4)
def offers(company: Company) -> pd.DataFrame:
    """Next week's offers: one for each customer who bought lately, picked by a drawn rule."""
    table, rng = lines(company), _rng(company)
    every = counts(table)
    late = table[table["order_date"] >= company.today - pd.Timedelta(days=LATELY)]
    often = late.groupby("customer_id")["order_id"].nunique()
    truth = company.truth.customers.query("duplicate_of == ''")["customer_id"]
    who = often.index[often.index.isin(truth)]
    mine, names = every.loc[who].to_numpy(dtype=float), every.columns.to_numpy(dtype=object)
    sold = (counts(late) > 0).sum().reindex(every.columns, fill_value=0).to_numpy(dtype=float)
    near = rec.scores(every, "related").loc[who].to_numpy()
    near = np.argsort(np.argsort(-near, axis=1, kind="stable"), axis=1) < NEAR
    top = np.where(np.argsort(np.argsort(-sold, kind="stable")) < TOP, sold, 0)
    chances = np.array([np.tile(top, (len(who), 1)), mine, near, np.ones_like(mine)])
    rule = rng.integers(len(RULES), size=len(who))
    reached = chances[rule, np.arange(len(who))].cumsum(axis=1)
    picked = ((rng.random(len(who)) * reached[:, -1])[:, None] >= reached[:, :-1]).sum(axis=1)
    made = pd.DataFrame(
        {
            "offer_id": [f"F{n:04d}" for n in range(1, len(who) + 1)],
            "customer_id": who.to_numpy(),
            "product_id": names[picked],
            "rule": np.array(RULES, dtype=object)[rule],
            "purchases": often[who].to_numpy(),
        }
    )
    margin = table.groupby("product_id")["margin"].mean().round(2)
    made = made.assign(margin=made["product_id"].map(margin))
    day = pd.Series(company.today, index=made.index)
    return made.assign(knows=knows(company, made, day))


@lru_cache(maxsize=4)
def true_margin(company: Company) -> pd.Series[float]:
    """By offer, the extra margin that its box brings, on average."""
    made, truth = offers(company), company.truth.customers.set_index("customer_id")
    who = truth.loc[made["customer_id"], ["segment", "expected_orders_13w"]].reset_index(drop=True)
    tastes = company.truth.suggestion_tastes
    rows = made.assign(segment=who["segment"]).merge(tastes, on=["segment", "product_id"])
    rows = rows.set_index("offer_id").loc[made["offer_id"]]
    added = pd.Series(0.0, index=rows.index)
    for name, column in KINDS.items():
        added = added.mask(rows["knows"] == name, rows[column])
    orders = who["expected_orders_13w"].to_numpy() * DAYS / 91
    worth: pd.Series[float] = added * orders * rows["margin_y"]
    return worth


@lru_cache(maxsize=4)
def ranks(company: Company) -> pd.DataFrame:
    """What offers may be sorted by, by offer: no truth in it."""
    made = offers(company).set_index("offer_id")
    table = lines(company)
    late = table[table["order_date"] >= company.today - pd.Timedelta(days=LATELY)]
    held = late.groupby("product_id")["order_id"].nunique() / late["order_id"].nunique()
    chance = made["purchases"] * made["product_id"].map(held).fillna(0)
    return made.assign(share=made["product_id"].map(held).fillna(0), chance=chance)


def first_of(scored: pd.Series[Any]) -> set[str]:
    """The offers with the highest scores; of equal ones the first."""
    return set(scored.sort_values(ascending=False, kind="stable").index[:BOXES])


def simple_lists(company: Company) -> dict[str, set[str]]:
    """Lists that somebody makes who has understood nothing."""
    rows = ranks(company)
    made = {"first": set(rows.index[:BOXES]), "last": set(rows.index[-BOXES:])}
    made["any"] = set(_rng(company).permutation(rows.index.to_numpy(dtype=object))[:BOXES])
    for name in ("purchases", "margin", "share", "chance"):
        made[f"most_{name}"] = first_of(rows[name])
        made[f"least_{name}"] = first_of(-rows[name])
    for rule in RULES:
        made[f"rule_{rule}"] = first_of((rows["rule"] == rule).astype(float))
    return made


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    item, other = pair(company)
    columns = ["offer_id", "customer_id", "product_id", "rule", "knows", "purchases", "margin"]
    return {
        "item": item,
        "other": other,
        "boxes": boxes(company),
        "offers": offers(company)[columns],
    }
