"""What the orders of the made companies hold: a table of lines, of products that a trade sells."""

from zlib import crc32

import numpy as np
import pandas as pd
from companies import Company

PRODUCTS = {"grocery": 60, "furniture": 12, "subscription": 1, "one-time": 20, "all new": 15}
KINDS = 3  # of customers, who like different products


def lines(company: Company, orders: pd.DataFrame) -> pd.DataFrame:
    """One to five lines an order, of what its customer's kind likes, the same every time."""
    rng, sold = np.random.default_rng(crc32(f"lines {company}".encode())), PRODUCTS[company.trade]
    taste = rng.dirichlet(np.full(sold, 0.3), KINDS)
    order = np.repeat(np.arange(len(orders)), 1 + rng.poisson(0.8, len(orders)).clip(max=4))
    kind = orders["customer_id"].map(lambda name: crc32(name.encode()) % KINDS).to_numpy()[order]
    reached = taste.cumsum(axis=1)[kind][:, :-1]
    product = (rng.random(len(order))[:, None] > reached).sum(axis=1)
    table = pd.DataFrame(
        {
            "order_id": orders["order_id"].to_numpy()[order],
            "product_id": pd.Series(product).map("P{:03d}".format),
            "quantity": 1 + rng.poisson(0.3, len(order)),
        }
    )
    share = orders["revenue"].to_numpy()[order] / np.bincount(order)[order]
    return table.assign(line_no=1 + table.groupby("order_id").cumcount(), amount=share.round(2))
