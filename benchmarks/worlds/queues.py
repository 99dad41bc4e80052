"""A counter played guest by guest, in peak and calm hours: how patient are those who wait?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab import queues

Row = tuple[float, float, float, float]
PATIENCE, SERVICE, WEEKS, DAYS = 20.0, 4.0, 13, 6
HOURS = {8: (30.0, 2), 9: (11.0, 1)}  # hour -> guests an hour, staff


def trial(seed: int) -> dict[str, Row]:
    """The patience of one world."""
    rng = np.random.default_rng([26, seed])
    day = np.arange(WEEKS * DAYS)
    dates = pd.Timestamp("2025-01-06") + pd.to_timedelta(day + day // DAYS, unit="D")
    sheet = pd.concat(
        [
            pd.DataFrame(_counted(rng, arrivals, staff)).assign(date=dates, hour=hour, staff=staff)
            for hour, (arrivals, staff) in HOURS.items()
        ]
    )
    found = queues.patience(sheet.assign(zone="Lyon", service_minutes=SERVICE))
    return {"patience": (found.minutes, found.low, found.high, PATIENCE)}


def _counted(rng: np.random.Generator, arrivals: float, staff: int) -> dict[str, list[int]]:
    clock, free, hours = 0.0, np.zeros(staff), WEEKS * DAYS
    guests, gave_up = [0] * hours, [0] * hours
    while (clock := clock + rng.exponential(60 / arrivals)) < 60 * hours:
        guests[int(clock // 60)] += 1
        start = max(clock, float(free.min()))
        if start - clock > rng.exponential(PATIENCE):
            gave_up[int(clock // 60)] += 1
        else:
            free[free.argmin()] = start + rng.exponential(SERVICE)
    return {"guests": guests, "gave_up": gave_up}
