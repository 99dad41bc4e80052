"""Pieces and prices side by side: `sales_panel` makes the table that elasticities come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from mktlab.orders import rules
from mktlab.price.checks import days, needs, numbers
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import TABLES, HasTables

NEEDED = {
    "customers": ("customer_id", "zone"),
    "products": ("product_id", "category"),
    "orders": ("order_id", "customer_id", "order_date", "revenue"),
    "order_lines": ("order_id", "product_id", "quantity"),
    "prices": ("week", "zone", "product_id", "price"),
}


def sales_panel(company: HasTables, *, category: str) -> pd.DataFrame:
    """Pieces and prices of one product family: a row per week and zone.

    Counted are pieces bought in paid orders; what was taken back later was bought at its price, and
    stays. The zone is the customer's.

    Parameters
    ----------
    company
        With `customers, products, orders, order_lines, prices`, and `competitor_prices` if known.
    category
        A product family, as `products` names it.

    Returns
    -------
    `week, zone, pieces, price` (mean of the family's shelf prices, each product alike: geometric,
    so that 5% on every product is 5%), `on_promotion, price_test` where `prices` has them and, by
    week, `competitor` and `green_coffee` (indices, empty where unknown); sorted by week and zone.
    A week and zone without a sale has 0 pieces; `attrs["left_out"]` counts pieces sold in weeks and
    zones for which `prices` has none.

    Raises
    ------
    MktlabError
        When a table is missing, has two rows for one key, or knows no such family.
    """
    tables = company.tables
    for name, columns in NEEDED.items():
        if name not in tables:
            raise MktlabError(
                say(
                    "sales_panel: the company has no table {name}; it needs {columns}.",
                    name=name,
                    columns=", ".join(columns),
                )
            )
        needs(tables[name], columns, f"sales_panel, {name}")
        if name in ("products", "orders"):
            TABLES[name].refuse_twice(tables[name])
    days(tables["prices"], "week", "sales_panel, prices")
    days(tables["orders"], "order_date", "sales_panel, orders")
    products = tables["products"]
    family = products.loc[products["category"] == category, "product_id"]
    if family.empty:
        known = ", ".join(sorted(products["category"].dropna().unique()))
        raise MktlabError(
            say(
                "sales_panel: there is no category {category!r}; choose among {known}.",
                category=category,
                known=known,
            )
        )
    shelf = tables["prices"][tables["prices"]["product_id"].isin(family)]
    shelf = shelf.assign(
        price=np.log(numbers(shelf, ["price"], "sales_panel, prices", positive=True)["price"])
    )
    how = {"price": "mean", "on_promotion": "max", "price_test": "first"}
    panel = shelf.groupby(["week", "zone"], as_index=False).agg(
        {name: how[name] for name in how if name in shelf}
    )
    panel["price"] = np.exp(panel["price"])
    sold = pieces_sold(tables, family)
    panel = panel.merge(sold, on=["week", "zone"], how="left")
    panel["pieces"] = panel["pieces"].fillna(0).astype(int)
    left_out = int(sold["pieces"].sum() - panel["pieces"].sum())
    if not panel["pieces"].sum():
        raise MktlabError(
            say(
                "sales_panel: none of the {left_out:count} pieces sold of {category} meets a "
                "price; week in prices must be a Monday, and zone the same words as in customers.",
                left_out=left_out,
                category=category,
            )
        )
    others = tables.get("competitor_prices")
    if others is not None:
        names = {"price_index": "competitor", "green_coffee_index": "green_coffee"}
        needs(others, ["category"], "sales_panel, competitor_prices")
        days(others, "week", "sales_panel, competitor_prices")
        TABLES["competitor_prices"].refuse_twice(others)
        theirs = others[others["category"] == category].rename(columns=names)
        kept = [name for name in names.values() if name in theirs]
        panel = panel.merge(theirs[["week", *kept]], on="week", how="left")
    panel.attrs["left_out"] = left_out
    return panel[["week", "zone", "pieces", *panel.columns.drop(["week", "zone", "pieces"])]]


def pieces_sold(tables: Mapping[str, pd.DataFrame], family: pd.Series[Any]) -> pd.DataFrame:
    """Pieces of the family by week (its Monday) and zone of the customer."""
    is_paid, _ = rules(map(str, tables["orders"]))
    paid = nw.from_native(tables["orders"]).filter(is_paid).to_native()
    lines = tables["order_lines"]
    lines = lines[lines["product_id"].isin(family) & (lines["quantity"] > 0)]
    zones = tables["customers"][["customer_id", "zone"]].drop_duplicates()
    TABLES["customers"].refuse_twice(zones)  # in two rows, a customer may not have two zones
    sold = lines.merge(paid[["order_id", "customer_id", "order_date"]], on="order_id").merge(
        zones, on="customer_id"
    )
    monday = sold["order_date"] - pd.to_timedelta(sold["order_date"].dt.day_of_week, unit="D")
    pieces = sold.groupby([monday.rename("week"), "zone"])["quantity"].sum()
    return pieces.rename("pieces").reset_index()
