"""A purchase is a card, a customer a hand of cards: `deck`, `counts`, `hands`, and `deal`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from mktlab.orders import purchases
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

LEAST = 5
"""Purchases of a customer whose hand says something."""

TRAITS = 8  # of a kind; rarer ones are "other"
SIZES = np.array(["small", "middle", "large"])
KINDS = ("what", "where", "size", "day", "offer")


def deck(
    orders: pd.DataFrame, *, lines: pd.DataFrame | None = None, products: pd.DataFrame | None = None
) -> pd.DataFrame:
    """One card per purchase: whose it is, and what is marked on it.

    Parameters
    ----------
    orders
        As for `mktlab.orders.purchases`, with `outlet` and `discount` where they are known.
    lines, products
        `order_id, product_id, amount` and `product_id, category`; both are needed to tell `what`.

    Returns
    -------
    `order_id, customer_id, quarter` and, where the tables tell and more than one thing occurs,
    `what` (the category with most money), `where` (the outlet), `size` (of the amount kept: the
    lower, middle or upper third of all), `day` (weekday or weekend) and `offer` (with a discount
    or without). Of more than 8 different marks the rarer are called "other".

    Raises
    ------
    MktlabError
        As `mktlab.orders.purchases`; when nobody is known by name, or a column is missing.

    Examples
    --------
    >>> orders = pd.DataFrame({
    ...     "order_id": ["1", "2", "3"], "customer_id": ["Ana", "Ana", "Ben"],
    ...     "order_date": pd.to_datetime(["2025-01-03", "2025-01-04", "2025-04-07"]),
    ...     "revenue": [10.0, 20.0, 30.0]})
    >>> deck(orders)
      order_id customer_id quarter    size      day
    0        1         Ana  2025Q1   small  weekday
    1        2         Ana  2025Q1  middle  weekend
    2        3         Ben  2025Q2   large  weekday
    """
    bought = purchases(orders)
    bought = bought[bought["customer_id"].notna()]
    if bought.empty:
        raise MktlabError(
            say("orders: no purchase has a customer_id; personas need purchases of customers.")
        )
    net = bought["revenue"] - bought.get("refunded", 0.0)
    cuts = net.quantile([1 / 3, 2 / 3]).round(2)
    made: dict[str, Any] = {
        "order_id": bought["order_id"],
        "customer_id": bought["customer_id"].astype(str),
        "quarter": _quarter(bought["order_date"]),
        "what": _what(bought["order_id"], lines, products),
        "where": bought.get("outlet"),
        "size": SIZES[np.searchsorted(cuts, net.round(2))],
        "day": np.where(bought["order_date"].dt.day_of_week >= 5, "weekend", "weekday"),
        "offer": None,
    }
    if "discount" in bought:
        made["offer"] = np.where(bought["discount"] > 0, "offer", "regular")
    table = pd.DataFrame({name: marks for name, marks in made.items() if marks is not None})
    for kind in set(KINDS) & set(table):
        marks = table[kind].astype(object).where(table[kind].notna(), "other").astype(str)
        often = marks.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        table[kind] = marks.where(marks.isin(often.index[:TRAITS]), "other")
        if table[kind].nunique() < 2:
            table = table.drop(columns=kind)
    return table.reset_index(drop=True)


def _quarter(day: pd.Series) -> np.ndarray:
    """The quarter of each day, such as 2025Q1."""
    number, known = pd.factorize(4 * day.dt.year + day.dt.quarter - 1)
    names = [f"{n // 4}Q{n % 4 + 1}" for n in known]
    return np.array(names, dtype=object)[number]


def _what(
    order_id: pd.Series, lines: pd.DataFrame | None, products: pd.DataFrame | None
) -> pd.Series | None:
    """The category with most money in each order, the first by name of equals."""
    if lines is None or products is None:
        return None
    need_columns(("order_id", "product_id", "amount"), lines, of="lines")
    need_columns(("product_id", "category"), products, of="products")
    category = lines["product_id"].map(products.set_index("product_id")["category"])
    sums = lines.assign(category=category).groupby(["order_id", "category"])["amount"].sum()
    most = sums.reset_index().sort_values(["amount", "category"], ascending=[False, True])
    return order_id.map(most.drop_duplicates("order_id").set_index("order_id")["category"])


def kinds_of(cards: pd.DataFrame) -> list[str]:
    """The kinds of marks on the cards of a deck."""
    return [kind for kind in KINDS if kind in cards]


def counts(
    cards: pd.DataFrame, kinds: Iterable[str] | None = None, *, least: int = LEAST
) -> pd.DataFrame:
    """How often each mark is in each customer's hand.

    Parameters
    ----------
    cards
        A deck.
    kinds
        The kinds of marks that count; all, if not given.
    least
        Customers with fewer purchases are left out.

    Returns
    -------
    One row per customer, by `customer_id`, and a column per mark, such as "where: web".

    Raises
    ------
    MktlabError
        When the deck has no such kind, or nobody has so many purchases.

    Examples
    --------
    >>> whose = ["Ana", "Ana", "Ben"]
    >>> cards = pd.DataFrame({"customer_id": whose, "where": ["web", "shop", "web"]})
    >>> counts(cards, least=2).loc["Ana"].to_dict()
    {'where: shop': 1, 'where: web': 1}
    """
    names = kinds_of(cards) if kinds is None else list(kinds)
    if not names:
        raise MktlabError(
            say(
                "Nothing tells purchases apart: personas need amounts or days of the week that "
                "differ, an outlet, a discount, or order_lines and products."
            )
        )
    need_columns(names, cards, of=say("The deck"))
    who, customers = pd.factorize(cards["customer_id"], sort=True)
    enough = np.bincount(who, minlength=len(customers)) >= least
    if not enough.any():
        raise MktlabError(
            say("No customer has {least:count} purchases or more: there are no hands.", least=least)
        )
    columns: dict[str, Any] = {}
    for kind in names:
        mark, marks = pd.factorize(cards[kind], sort=True)
        flat = np.bincount(who * len(marks) + mark, minlength=len(customers) * len(marks))
        table = flat.reshape(len(customers), len(marks))[enough]
        columns |= {f"{kind}: {name}": table[:, n] for n, name in enumerate(marks)}
    index = pd.Index(customers[enough], name="customer_id")
    return pd.DataFrame(columns, index=index)


def hands(
    cards: pd.DataFrame, kinds: Iterable[str] | None = None, *, least: int = LEAST
) -> pd.DataFrame:
    """The share of each mark in each customer's hand; those of one kind add up to 1.

    Parameters, errors: as `counts`.

    Examples
    --------
    >>> whose = ["Ana", "Ana", "Ben"]
    >>> cards = pd.DataFrame({"customer_id": whose, "where": ["web", "shop", "web"]})
    >>> hands(cards, least=2).loc["Ana"].to_dict()
    {'where: shop': 0.5, 'where: web': 0.5}
    """
    table = counts(cards, kinds, least=least)
    kind = table.columns.str.partition(": ").get_level_values(0)
    first = table.loc[:, kind == kind[0]].sum(axis=1)  # cards in the hand
    return table.div(first, axis=0)


def deal(cards: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """The same cards, shuffled and dealt anew: hands as large, and nobody has a taste.

    Cards are shuffled within a quarter, so that a season that all share is nobody's taste.

    Examples
    --------
    >>> cards = pd.DataFrame({"customer_id": ["Ana", "Ana", "Ben"], "quarter": "2025Q1",
    ...                       "where": ["web", "shop", "web"]})
    >>> sorted(deal(cards, rng=np.random.default_rng(1))["customer_id"])
    ['Ana', 'Ana', 'Ben']
    """
    quarter = pd.factorize(cards["quarter"], sort=True)[0]
    place = np.argsort(quarter, kind="stable")
    drawn = np.lexsort((rng.random(len(cards)), quarter))
    owner = cards["customer_id"].to_numpy(dtype=object, copy=True)
    owner[place] = owner[drawn]
    return cards.assign(customer_id=owner)
