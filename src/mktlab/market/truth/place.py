"""What is so of where we sell: what channels add, what premises earn, what facings do.

`channel_terms` plays the last year again without the marketplace, or with a partner. The other
tables are closed forms of `market.sites`, `market.shelf_space` and of the pilot.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market import shelf_space, sites
from mktlab.market.baskets import MEAN_REFUND
from mktlab.market.observed.place import OPENED, switches
from mktlab.market.observed.sales import labels
from mktlab.market.partners import YEAR, partners
from mktlab.market.profit import (
    CAFE_GOODS,
    MARKETPLACE,
    MARKETPLACE_FEE,
    PAYMENT_FEE,
    REVENUE,
)
from mktlab.market.state import History
from mktlab.market.truth.counterfactual import Rewind, Year
from mktlab.plan.mix import PARTNERS, SHELF, SITES


def _sum(year: Year, account: str) -> float:
    return float(year.accounts[account].sum()) if account in year.accounts else 0.0


def channel_terms(rewind: Rewind) -> pd.DataFrame:
    """What each channel adds: a year with it less the same year without it."""
    year, shop, rows = rewind.year, REVENUE[0], []
    offers = partners(rewind.history.seed)
    kept = float(sum(week.expected.sales[MARKETPLACE] for week in year.weeks))
    sold = kept / (1 - MEAN_REFUND)
    closed = rewind.play({"place.marketplace": 0.0})
    goods = -_sum(year, "goods") / max(_sum(year, shop), 1e-9)
    margin = kept * (1 - MARKETPLACE_FEE - PAYMENT_FEE - goods)
    own = _sum(year, shop) - kept - _sum(closed, shop)
    rows.append(("marketplace", sold, -own, margin, year.profit - closed.profit))
    for name in PARTNERS:
        played = rewind.play({}, partners=(name,))
        theirs = [a for a in played.accounts if str(a).startswith(f"{name} ")]
        margin = sum(_sum(played, str(account)) for account in theirs)
        sold = _sum(played, f"{name} sales") / (1 - offers[name].returns)
        own = _sum(played, shop) - _sum(year, shop)
        rows.append((name, sold, -own, margin, played.profit - year.profit))
    table = pd.DataFrame(rows, columns=["channel", "sales", "own_lost", "margin", "profit"])
    switched = table["own_lost"] / table["sales"].where(table["sales"] > 0)
    table.insert(3, "switched", switched)
    return table.astype({"channel": "str"})


def openings(history: History) -> pd.DataFrame:
    """Of the pilot: what our own outlets lose for each euro that a channel sells."""
    sold, lost = switches(history)
    table = pd.DataFrame({"channel": labels(OPENED, np.arange(len(OPENED)))})
    table["own_change"] = -lost
    table["switched"] = lost / np.where(sold > 0, sold, np.nan)
    return table[sold > 0].reset_index(drop=True)


def site_profits(history: History) -> pd.DataFrame:
    """What each of the premises would sell and earn in a year, and what our café would lose."""
    there, scale = sites.town(history.seed), history.people.scale
    usual = scale * sites.sales(there)
    rows = []
    for k, name in enumerate(SITES):
        sales = scale * sites.sales(there, name)
        costs = scale * sites.weekly_costs(there, k) * YEAR
        ours = float(usual[sites.OURS] - sales[sites.OURS])
        alone = (1 - CAFE_GOODS - PAYMENT_FEE) * float(sales[k]) - costs
        rows.append((name, sales[k], ours, alone, alone - (1 - CAFE_GOODS - PAYMENT_FEE) * ours))
    columns = ["place", "sales", "from_ours", "profit_alone", "profit"]
    return pd.DataFrame(rows, columns=columns).astype({"place": "str"})


def shelf(history: History) -> pd.DataFrame:
    """What facings do to each product, and what it sells and earns in a year in rotation."""
    end = len(history.weeks)
    first = max(end - YEAR, 0)
    pieces, money, goods = shelf_space.earned(history, first, end)
    a_year = YEAR / max(end - first, 1)
    return pd.DataFrame(
        {
            "product_id": pd.array(SHELF, dtype="str"),
            "elasticity": shelf_space.elasticities(history.seed),
            "pieces": a_year * pieces,
            "sales": a_year * money,
            "margin": a_year * (money - goods),
            "over_one_facing": shelf_space.usual(history.seed),
        }
    )


def levels(history: History) -> pd.DataFrame:
    """Sales on each level over those at hand."""
    names = labels(shelf_space.LEVELS, np.arange(len(shelf_space.LEVELS)))
    return pd.DataFrame({"level": names, "over_hand": np.exp(shelf_space.LEVEL)})
