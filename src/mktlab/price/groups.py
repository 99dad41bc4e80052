"""How groups of customers answer to price: `elasticity_by_group`, from the price test."""

from __future__ import annotations

from collections.abc import Hashable
from types import SimpleNamespace

import pandas as pd

from mktlab.price.geo_experiment import zone_test
from mktlab.price.panel import pieces_sold, sales_panel
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.tables import HasTables


def elasticity_by_group(company: HasTables, group: pd.Series[str]) -> pd.DataFrame:
    """How much each group of customers buys less where the price test makes things dearer.

    The panel of each group is that of `sales_panel` with its own pieces, family by family; then
    comes `zone_test` of all families together.

    Parameters
    ----------
    company
        As for `sales_panel`, with `price_test` in `prices`.
    group
        The group of each customer, by `customer_id`.

    Returns
    -------
    By group: `elasticity`, `low` and `high` (its 95% interval), and `pieces` (bought in weeks with
    a test or without).

    Raises
    ------
    MktlabError
        As `sales_panel` and `zone_test`, and when no customer of `group` is in `orders`.
    """
    needed = ("customers", "products", "orders", "order_lines", "prices")
    tables = {name: table for name, table in company.tables.items() if name in needed}
    shop = SimpleNamespace(tables=tables, today=company.today)
    category = tables["products"].set_index("product_id")["category"]
    shelves = {
        str(family): sales_panel(shop, category=family).drop(columns="pieces")
        for family in sorted(category.dropna().unique())
    }
    named = tables["orders"]["customer_id"].map(group)
    rows: dict[Hashable, dict[str, float]] = {}
    for name, orders in tables["orders"].groupby(named):
        lines = tables["order_lines"]
        lines = lines[lines["order_id"].isin(orders["order_id"])]
        part = tables | {"orders": orders, "order_lines": lines}
        panels = []
        for family, shelf in shelves.items():
            sold = pieces_sold(part, category[category == family].index.to_series())
            panel = shelf.merge(sold, on=["week", "zone"], how="left").assign(category=family)
            panels.append(panel.fillna({"pieces": 0}))
        panel = pd.concat(panels, ignore_index=True)
        found = zone_test(panel, by="category")
        row = {"elasticity": found.value, "low": found.low, "high": found.high}
        rows[name] = {**row, "pieces": panel["pieces"].sum()}
    if not rows:
        raise MktlabError(
            say(
                "elasticity_by_group: none of the {customers:count} customers in group is in "
                "orders; its index must hold customer_id.",
                customers=len(group),
            )
        )
    table: pd.DataFrame = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis(str(group.name or "group"))
