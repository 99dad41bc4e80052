"""What each new bag would have brought in the last year, at every price, without a replay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.launch import VISITS, Effect, effect
from mktlab.market.state import History, ledger
from mktlab.plan.launches import CANDIDATES

YEAR = 52
PRICES = np.round(np.arange(9.0, 20.01, 0.1), 2)
_OF_ORDERS = "^(shop|shipping|goods$|delivery|payment|marketplace)"


def launches(history: History) -> pd.DataFrame:
    """Pieces and euros of the last year by bag and price, had it been there from its first day."""
    weeks = range(max(len(history.weeks) - YEAR, 1), len(history.weeks))
    books = ledger([history.weeks[w] for w in weeks], scale=history.people.scale, expected=True)
    orders = sum(float(history.weeks[w].expected.orders.sum()) for w in weeks)
    basket = float(books.filter(regex=_OF_ORDERS).to_numpy().sum()) / max(orders, 1e-9)
    parts = []
    for name, bag in CANDIDATES.items():
        found = np.zeros((len(Effect._fields), len(PRICES)))
        for week in weeks:
            told = effect(history, week, history.weeks[week].mix, name, PRICES)
            found += np.array([part.sum(axis=-1) for part in told])
        table = pd.DataFrame(dict(zip(Effect._fields, found, strict=True)))
        table.insert(0, "launch", name)
        table.insert(1, "price", PRICES)
        visits = VISITS * basket * (table["sold"] - table["taken"])
        parts.append(table.assign(visits=visits, cost=bag.launch_cost * history.people.scale))
    whole = pd.concat(parts, ignore_index=True)
    left = whole["margin"] - whole["lost"] + whole["visits"] - whole["cost"]
    return whole.astype({"launch": "str"}).assign(profit=left)
