"""Orders of a small shop, sound or with something wrong."""

import numpy as np
import pandas as pd


def orders(rows: int = 60) -> pd.DataFrame:
    """Paid orders of twelve customers in 50 weeks from December 2, 2024."""
    rng = np.random.default_rng(1)
    days = pd.Timestamp("2024-12-02") + pd.to_timedelta(rng.integers(0, 350, rows), unit="D")
    return pd.DataFrame(
        {
            "order_id": [f"O{number}" for number in range(rows)],
            "customer_id": [f"C{number % 12}" for number in range(rows)],
            "order_date": days,
            "status": "paid",
            "revenue": rng.uniform(5, 60, rows).round(2),
            "refunded": 0.0,
        }
    )


def with_value(column: str, value: object) -> pd.DataFrame:
    """The orders with this value in two rows, the first of them row 3."""
    table = orders()
    table[column] = table[column].where(~table.index.isin([3, 4]), value)
    return table
