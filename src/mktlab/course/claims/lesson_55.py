"""What lesson 55 claims: a total misleads, a file is read to the cent, a naive forecast holds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pandas as pd

from mktlab import forecast
from mktlab.course.claims import Claim
from mktlab.data.exports import SHOP, write_exports
from mktlab.orders import purchases
from mktlab.reading import read_folder
from mktlab.resources import read_text
from mktlab.segmentation import SEGMENTS, rfm
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

HORIZON = 8
LONG_AGO_AND_HIGH = ("low", "high")
"""Last purchase and value of the customers at risk."""
COLUMNS = "course/claims/lesson_55.columns.toml"
"""What `mktlab check` proposes for the shop's file, as far as money is concerned."""


def _kept(orders: pd.DataFrame) -> float:
    bought = purchases(orders)
    return float((bought["revenue"] - bought["refunded"]).sum())


def _books(company: Company) -> pd.DataFrame:
    return company.orders[company.orders["outlet"] == "web"]


def total_misleads(company: Company) -> bool:
    """The sum of Total is more than 10% above what the web shop kept."""
    with TemporaryDirectory() as place:
        write_exports(company, Path(place))
        naive = pd.read_csv(Path(place, SHOP))["Total"].sum()
    return bool(naive > 1.1 * _kept(_books(company)))


def read_to_the_cent(company: Company) -> bool:
    """What is read of the shop's file has the purchases and the money of the books."""
    with TemporaryDirectory() as place:
        write_exports(company, Path(place))
        Path(place, "columns.toml").write_text(read_text(COLUMNS), encoding="utf-8")
        orders = read_folder(Path(place)).tables["orders"]
    books = _books(company)
    same = len(purchases(orders)) == len(purchases(books))
    return same and abs(_kept(orders) - _kept(books)) < 0.005


def naive_holds(company: Company) -> bool:
    """Smoothing is not a tenth nearer than the better of two naive forecasts."""
    sold = forecast.weekly(purchases(_books(company)), today=company.today)
    methods = {name: forecast.METHODS[name] for name in ("last_year", "recent", "ets")}
    plan = pd.DataFrame(index=sold.index)
    tested = forecast.backtest(sold, plan, methods, horizon=HORIZON)
    off = (tested["actual"] - tested["forecast"]).abs().groupby(tested["method"]).mean()
    return bool(off["ets"] > 0.9 * off[["last_year", "recent"]].min())


def few_at_risk_are_left(company: Company) -> bool:
    """Of the customers at risk, fewer than one in five still buy."""
    listed = rfm(_books(company), as_of=company.today)
    (name,) = (name for name, cell in SEGMENTS.items() if cell == LONG_AGO_AND_HIGH)
    at_risk = listed.loc[listed["segment"] == name, "customer_id"]
    status = company.truth.customers.set_index("customer_id")["status"]
    return bool((at_risk.map(status) == "active").mean() < 0.2)


CLAIMS = (
    Claim(
        say(
            "The sum of Total in the shop's file is more than 10% above what the shop kept of its "
            "sales."
        ),
        total_misleads,
        at_least=19,
    ),
    Claim(
        say(
            "What is read of the shop's file has the purchases and the money of the books, to the "
            "cent."
        ),
        read_to_the_cent,
        at_least=19,
    ),
    Claim(
        say(
            "Eight weeks ahead, smoothing is not a tenth nearer than the better of two naive "
            "forecasts."
        ),
        naive_holds,
        at_least=16,
    ),
    Claim(
        say("Of the customers 'at risk', fewer than one in five are still customers."),
        few_at_risk_are_left,
        at_least=17,
    ),
)
