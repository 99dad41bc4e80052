"""`mktlab.load` of invoice lines against plain pandas, and their sums to the cent.

The shape is that of a year of a wholesaler: 541,909 rows, one for each article, 22,000 invoices of
4,372 customers, credit notes with a C before their number, one invoice in eight of nobody. The peer
reads the file and adds up revenue by order; `load` checks everything, takes refunds off the orders
that brought the money, makes order_lines as well, and gives an account of every amount.
"""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import mktlab
from benchmarks.timing import Ratio, compare

TOML = """[orders]
order_id = "InvoiceNo"
customer_id = "CustomerID"
order_date = "InvoiceDate"
product_id = "StockCode"
quantity = "Quantity"
unit_price = "UnitPrice"
lines = true
amount = "Quantity * UnitPrice"
no_customer = "leave out"
refunds = "rows"
"""


def make_lines(rows: int = 541_909, invoices: int = 22_000) -> pd.DataFrame:
    """Invoice lines, a little out of order."""
    rng = np.random.default_rng(1)
    invoice = np.sort(rng.integers(0, invoices, rows))
    credit, nobody = rng.random(invoices) < 0.15, rng.random(invoices) < 0.12
    minutes = np.sort(rng.integers(0, 373 * 24 * 60, invoices))
    moments = pd.Timestamp("2023-12-01") + pd.to_timedelta(minutes, unit="m")
    customers = pd.Series(rng.integers(12_346, 16_718, invoices).astype(str)).mask(nobody)
    pieces = rng.geometric(0.12, rows)
    lines = pd.DataFrame(
        {
            "InvoiceNo": np.where(credit, "C", "")[invoice]
            + pd.Series(invoice + 536_365).astype(str),
            "StockCode": rng.integers(10_000, 14_000, rows).astype(str),
            "Quantity": np.where(credit[invoice], -np.minimum(pieces, 6), pieces),
            "InvoiceDate": moments[invoice].strftime("%m/%d/%Y %H:%M"),
            "UnitPrice": np.round(rng.gamma(2, 1.9, rows) + 0.01, 2),
            "CustomerID": customers.to_numpy()[invoice],
            "Country": np.where(rng.random(invoices) < 0.9, "United Kingdom", "France")[invoice],
        }
    )
    return lines.iloc[np.argsort(np.arange(rows) + rng.integers(0, 30, rows), kind="stable")]


def run() -> list[Ratio]:
    """Measure, after the sums were found right."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_lines().to_csv(folder / "orders.csv", index=False)
        (folder / "columns.toml").write_text(TOML, encoding="utf-8")

        def plain() -> pd.DataFrame:
            lines = pd.read_csv(
                folder / "orders.csv",
                dtype={"InvoiceNo": "str", "StockCode": "str", "CustomerID": "str"},
                parse_dates=["InvoiceDate"],
                date_format="%m/%d/%Y %H:%M",
            )
            lines["amount"] = lines["Quantity"] * lines["UnitPrice"]
            known = lines.dropna(subset="CustomerID")
            known = known[~known["InvoiceNo"].str.startswith("C")]
            order = known.groupby("InvoiceNo", sort=False)
            return order.agg(revenue=("amount", "sum"), day=("InvoiceDate", "first"))

        company, expected = mktlab.load(folder), plain()
        (file,) = company.account.files
        revenue = company.orders.set_index("order_id")["revenue"]
        assert ((revenue - expected["revenue"]).abs() < 0.005).all()
        left_out = sum(left.money for left in file.left_out)
        assert abs(file.read - (file.money - file.refunds + left_out)) < 0.005
        assert (company.orders["refunded"] <= company.orders["revenue"]).all()
        return [
            compare(
                f"load, {file.rows:,} invoice lines: CSV / pandas.read_csv, groupby",
                lambda: mktlab.load(folder),
                plain,
                rounds=3,
            )
        ]
