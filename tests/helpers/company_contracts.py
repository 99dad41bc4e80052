"""Made companies with contracts alone: a table of subscriptions as such a business has it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

END = pd.Timestamp("2025-11-03")
REASONS = ("price", "not used", "payment failure")


class Contracts(NamedTuple):
    """What is made: so many contracts over so many weeks, and how they end."""

    size: int
    weeks: int
    chance: float  # to end at a renewal
    reasons: bool = True
    kept_weeks: int = 0  # contracts that ended earlier than so many weeks ago are deleted

    def __str__(self) -> str:
        return f"{self.size} contracts, {self.weeks} weeks, {self.chance:g}, {self.kept_weeks}"

    def table(self) -> pd.DataFrame:
        """The table, the same every time."""
        rng = np.random.default_rng([35, self.size, self.weeks, self.kept_weeks])
        began = rng.integers(0, 7 * self.weeks, self.size)
        life = rng.geometric(max(self.chance, 1e-9), self.size) if self.chance else 10**4
        end = began + 28 * life
        known = end < 7 * self.weeks
        start = END - pd.Timedelta(weeks=self.weeks)
        days = [start + pd.to_timedelta(day, unit="D") for day in (began, np.minimum(end, 9**5))]
        table = pd.DataFrame(
            {
                "subscription_id": [f"A{n:05d}" for n in range(self.size)],
                "customer_id": [f"K{n:05d}" for n in range(self.size)],
                "started_date": days[0].strftime("%Y-%m-%d"),
                "ended_date": pd.Series(days[1].strftime("%Y-%m-%d")).where(known),
                "box_price": 19.9,
            }
        )
        if self.reasons:
            table["cancel_reason"] = pd.Series(rng.choice(REASONS, self.size)).where(known)
        kept = ~known | (end >= 7 * (self.weeks - (self.kept_weeks or self.weeks)))
        return table[kept].sort_values("started_date", ignore_index=True)


COMPANIES = [
    Contracts(40, 53, 0.08),
    Contracts(12, 26, 0.2),
    Contracts(600, 156, 0.05),
    Contracts(2_000, 208, 0.06, kept_weeks=104),
    Contracts(300, 104, 0.03, reasons=False),
    Contracts(5_000, 78, 0.3),
    Contracts(150, 12, 0.1),
]
NOTHING = [Contracts(200, 52, 0.0), Contracts(5, 3, 0.5)]
"""Companies of which the report says in one sentence what is missing."""
