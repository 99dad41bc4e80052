"""A company's own tables as three tools would give them out: a shop, an ad account, a mail tool.

`write_exports` writes them as the makers lay them out, with what makes raw files hard to add up: a
shop's file has a row per article, sums in the first row alone, delivery and tax in the total,
cancelled and test orders in it; an ad report has lines above its headers and a total below.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab.files import write_whole
from mktlab.resources import declared
from mktlab.spelling import need_columns

if TYPE_CHECKING:
    from mktlab.company import Company

LAYOUT = declared("data/exports.toml")
SHOP, ADS, MAILINGS = (LAYOUT[tool]["file"] for tool in ("shop", "ads", "mailings"))
SEARCH = ("search_brand", "search_generic")
PLACE = "Europe/Paris"
CANCELLED = "voided"
FIRST_NUMBER = 5_000_000_000
DELIVERY_TAX = 0.2
"""French value-added tax on delivery; articles have their own rate."""
AMOUNTS = ("revenue", "discount", "shipping", "refunded")
NEEDS = ("order_id", "customer_id", "order_date", "outlet", "status", *AMOUNTS)


def write_exports(company: Company, folder: Path, *, weeks: int = 156) -> list[str]:
    """Write what a company's tools would export of its last weeks.

    The shop's file has the orders of the web shop alone, and says amounts as Shopify does: goods
    without tax, then delivery, tax, and a total of all three. What was given back is that of goods.

    Parameters
    ----------
    company
        With `orders`, `order_lines`, `products` and `customers`; `ad_spend` and `emails` are
        exported where there are any.
    folder
        Where the files go; files of these names are replaced.
    weeks
        How many weeks before the company's present day.

    Returns
    -------
    The names of the files.

    Raises
    ------
    MktlabError
        When `orders` lacks a column, or a file cannot be written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import mktlab
    >>> with TemporaryDirectory() as place:
    ...     names = write_exports(mktlab.load("solane"), Path(place), weeks=2)
    ...     rows = pd.read_csv(Path(place, SHOP))
    >>> names
    ['orders_export_1.csv', 'Campaign report.csv', 'campaigns.csv']
    >>> parts = rows["Subtotal"] + rows["Shipping"] + rows["Taxes"]
    >>> bool((parts - rows["Total"]).abs().max() < 0.005)
    True
    """
    since = company.today - pd.Timedelta(weeks=weeks)
    made = {SHOP: _laid_out(_shop(company, since), "shop")}
    if "ad_spend" in company.tables:
        spend = company.ad_spend[company.ad_spend["week"] >= since]
        made[ADS] = LAYOUT["ads"]["above"] + _laid_out(_ads(spend), "ads")
    if "emails" in company.tables:
        made[MAILINGS] = _laid_out(_mailings(company.emails), "mailings")
    for name, text in made.items():
        write_whole(Path(folder, name), text, what=name)
    return list(made)


def _laid_out(table: pd.DataFrame, tool: str) -> str:
    """The file of a tool, with its headers."""
    headers = LAYOUT[tool]["columns"]
    table = table[list(headers.values())].set_axis(list(headers), axis=1)
    return table.to_csv(index=False, lineterminator="\n")


def _shop(company: Company, since: pd.Timestamp) -> pd.DataFrame:
    """A row per article, the order's own cells in the first of them."""
    orders = company.orders
    need_columns(NEEDS, orders, of="orders")
    orders = orders[(orders["outlet"] == "web") & (orders["order_date"] >= since)]
    products = company.products[["product_id", "name", "vat_rate"]]
    lines = company.order_lines[["order_id", "product_id", "quantity", "unit_price", "amount"]]
    lines = lines[(lines["quantity"] > 0) & lines["order_id"].isin(orders["order_id"])]
    lines = lines.merge(products.rename(columns={"name": "product"}), on="product_id")
    tax = (lines["amount"] * lines["vat_rate"]).groupby(lines["order_id"]).sum()
    tax = orders["order_id"].map(tax).fillna(0) + DELIVERY_TAX * orders["shipping"]
    mails = company.customers.drop_duplicates("customer_id").set_index("customer_id")["email"]
    invented = orders["customer_id"].str.lower() + "@example.com"
    state, moment = _state(orders), _moments(orders["order_date"])
    orders = orders.assign(
        name="#" + orders["order_id"].str.removeprefix("O"),
        email=orders["customer_id"].map(mails).fillna(invented),
        state=state,
        taxes=tax.round(2),
        moment=moment,
        paid_at=moment.mask(state == CANCELLED),
        cancelled_at=moment.where(state == CANCELLED),
        currency="EUR",
        number=FIRST_NUMBER + np.arange(len(orders)),
    )
    orders = orders.assign(total=orders[["revenue", "shipping", "taxes"]].sum(axis=1))
    rows = orders.merge(lines, on="order_id", how="left")
    rows = rows.assign(
        quantity=rows["quantity"].fillna(1).astype(int), unit_price=_cents(rows["unit_price"])
    )
    once = [*AMOUNTS, "taxes", "total"]
    rows = rows.assign(**{name: _cents(rows[name]) for name in once})
    once += ["state", "currency", "paid_at", "cancelled_at"]
    return rows.assign(**{name: rows[name].mask(rows.duplicated("order_id")) for name in once})


def _cents(amounts: pd.Series[float]) -> pd.Series[str]:
    return amounts.fillna(0).map("{:.2f}".format)


def _moments(days: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    """A moment of the shop's own day, with the offset that France then has."""
    hours = 8 + np.arange(len(days)) % 12
    moments = (days + pd.to_timedelta(hours, unit="h")).dt.tz_localize(PLACE)
    return moments.dt.strftime("%Y-%m-%d %H:%M:%S %z")


def _state(orders: pd.DataFrame) -> pd.Series[str]:
    """The word that the shop has for an order."""
    state = orders["status"].replace("cancelled", CANCELLED)
    back, left = orders["refunded"], orders["revenue"] - orders["refunded"]
    given = pd.Series("partially_refunded", orders.index).mask(left <= 0, "refunded")
    return state.mask((back > 0) & (state != CANCELLED), given)


def _ads(spend: pd.DataFrame) -> pd.DataFrame:
    """A row per week and campaign, and a row of totals."""
    spend = spend[spend["channel"].isin(SEARCH)]
    names = spend["channel"] + " | " + spend["campaign"]
    sums = ["impressions", "clicks", "spend", "claimed_conversions"]
    weekly = spend.groupby([spend["week"], names.rename("name")])[sums].sum().reset_index()
    weekly = weekly.assign(week=weekly["week"].dt.strftime("%Y-%m-%d"))
    total = weekly[sums].sum().to_frame().T.assign(week=LAYOUT["ads"]["total"], name=" --")
    rows = pd.concat([weekly, total], ignore_index=True).assign(currency="EUR")
    whole = {name: rows[name].map("{:.0f}".format) for name in sums[:2]}
    return rows.assign(**whole, **{name: _cents(rows[name]) for name in sums[2:]})


def _mailings(emails: pd.DataFrame) -> pd.DataFrame:
    """A row for each mailing."""
    sent = emails[~emails["held_out"].astype(bool)]
    letters = sent.groupby("campaign_id").agg(
        sent_at=("sent_at", "min"),
        recipients=("customer_id", "size"),
        opened=("opened", "sum"),
        clicked=("clicked", "sum"),
        left=("unsubscribed", "sum"),
    )
    letters = letters.sort_values("sent_at").reset_index()
    moments = letters["sent_at"].dt.tz_convert(PLACE)
    return letters.assign(
        subject="News",
        audience="Newsletter",
        moment=moments.dt.strftime("%b %d, %Y %I:%M %p"),
        bounced=0,
        complaints=0,
        number=[f"{number:010d}" for number in range(len(letters))],
    )
