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
from mktlab.spelling import need_columns

if TYPE_CHECKING:
    from mktlab.company import Company

SHOP, ADS, MAILINGS = "orders_export_1.csv", "Campaign report.csv", "campaigns.csv"
SEARCH = ("search_brand", "search_generic")
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
    made = {SHOP: _csv(_shop(company, since))}
    if "ad_spend" in company.tables:
        made[ADS] = _ads(company.ad_spend[company.ad_spend["week"] >= since])
    if "emails" in company.tables:
        made[MAILINGS] = _csv(_mailings(company.emails))
    for name, text in made.items():
        write_whole(Path(folder, name), text, what=name)
    return list(made)


def _csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")


def _shop(company: Company, since: pd.Timestamp) -> pd.DataFrame:
    """A row per article, the order's own cells in the first of them."""
    orders = company.orders
    need_columns(NEEDS, orders, of="orders")
    orders = orders[(orders["outlet"] == "web") & (orders["order_date"] >= since)]
    products = company.products[["product_id", "name", "vat_rate"]]
    lines = company.order_lines[company.order_lines["quantity"] > 0]
    lines = lines[lines["order_id"].isin(orders["order_id"])].merge(products, on="product_id")
    tax = (lines["amount"] * lines["vat_rate"]).groupby(lines["order_id"]).sum()
    tax = orders["order_id"].map(tax).fillna(0) + DELIVERY_TAX * orders["shipping"]
    orders = orders.assign(taxes=tax.round(2), moment=_moments(orders["order_date"]))
    orders = orders.assign(total=orders["revenue"] + orders["shipping"] + orders["taxes"])
    rows = orders.merge(lines, on="order_id", how="left", suffixes=("", "_line"))
    first = ~rows.duplicated("order_id")
    mails = company.customers.drop_duplicates("customer_id").set_index("customer_id")["email"]
    invented = rows["customer_id"].str.lower() + "@example.com"
    money = {
        "Subtotal": rows["revenue"],
        "Shipping": rows["shipping"],
        "Taxes": rows["taxes"],
        "Total": rows["total"],
        "Discount Amount": rows["discount"],
        "Refunded Amount": rows["refunded"],
    }
    cells = {name: amount.map("{:.2f}".format).where(first) for name, amount in money.items()}
    cancelled = rows["status"] == "cancelled"
    made = {
        "Name": "#" + rows["order_id"].str.removeprefix("O"),
        "Email": rows["customer_id"].map(mails).fillna(invented),
        "Financial Status": _state(rows).where(first),
        "Paid at": rows["moment"].where(first & ~cancelled),
        "Currency": pd.Series("EUR", rows.index).where(first),
        **{name: cells[name] for name in ("Subtotal", "Shipping", "Taxes", "Total")},
        "Discount Amount": cells["Discount Amount"],
        "Created at": rows["moment"],
        "Lineitem quantity": rows["quantity"].fillna(1).astype(int),
        "Lineitem name": rows["name"].fillna("Gift card"),
        "Lineitem price": rows["unit_price"].fillna(0).map("{:.2f}".format),
        "Lineitem sku": rows["product_id"],
        "Cancelled at": rows["moment"].where(first & cancelled),
        "Refunded Amount": cells["Refunded Amount"],
        "Id": (5_000_000_000 + rows["order_id"].factorize()[0]),
    }
    return pd.DataFrame(made)


def _moments(days: pd.Series[pd.Timestamp]) -> pd.Series[str]:
    """A moment of the shop's own day, with the offset that France then has."""
    hours = 8 + np.arange(len(days)) % 12
    moments = (days + pd.to_timedelta(hours, unit="h")).dt.tz_localize("Europe/Paris")
    return moments.dt.strftime("%Y-%m-%d %H:%M:%S %z")


def _state(rows: pd.DataFrame) -> pd.Series[str]:
    """The word that the shop has for an order."""
    state = pd.Series("paid", rows.index)
    state = state.mask(rows["refunded"] > 0, "partially_refunded")
    state = state.mask((rows["refunded"] > 0) & (rows["refunded"] >= rows["revenue"]), "refunded")
    return state.mask(rows["status"] == "cancelled", "voided")


def _ads(spend: pd.DataFrame) -> str:
    """Two lines above the headers, a row per week and campaign, a row of totals below."""
    spend = spend[spend["channel"].isin(SEARCH)]
    names = spend["channel"] + " | " + spend["campaign"]
    sums = ["impressions", "clicks", "spend", "claimed_conversions"]
    weekly = spend.groupby([spend["week"], names.rename("name")])[sums].sum().reset_index()
    weekly = weekly.assign(week=weekly["week"].dt.strftime("%Y-%m-%d"))
    total = weekly[sums].sum().to_frame().T.assign(week="Total: Account", name=" --")
    rows = pd.concat([weekly, total], ignore_index=True)
    table = pd.DataFrame(
        {
            "Week": rows["week"],
            "Campaign": rows["name"],
            "Currency code": "EUR",
            "Impr.": rows["impressions"].map("{:.0f}".format),
            "Clicks": rows["clicks"].map("{:.0f}".format),
            "Cost": rows["spend"].map("{:.2f}".format),
            "Conversions": rows["claimed_conversions"].map("{:.2f}".format),
        }
    )
    return "Campaign report\nAll time\n" + _csv(table)


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
    moments = letters["sent_at"].dt.tz_convert("Europe/Paris")
    return pd.DataFrame(
        {
            "Title": "Newsletter " + letters["campaign_id"],
            "Subject": "News of Maison Solane",
            "List": "Newsletter",
            "Send Date": moments.dt.strftime("%b %d, %Y %I:%M %p"),
            "Total Recipients": letters["recipients"],
            "Successful Deliveries": letters["recipients"],
            "Soft Bounces": 0,
            "Hard Bounces": 0,
            "Unique Opens": letters["opened"],
            "Unique Clicks": letters["clicked"],
            "Unsubscribes": letters["left"],
            "Abuse Complaints": 0,
            "Unique Id": [f"{number:010d}" for number in range(len(letters))],
        }
    )
