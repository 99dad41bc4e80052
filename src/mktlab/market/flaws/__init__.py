"""What goes wrong between the market and the analyst's tables, on purpose and on record.

Each flaw is a function that takes the tables and gives back the damaged ones with a log: a row for
every row touched, with `table, key, flaw, detail, true_value`. `plant` applies the chosen flaws in
the order of `FLAWS`. A key is a row's id, or its key columns joined by "/"; "*" is a whole column.
`booked` damages what is booked, `logs` what machines log, `asked` what is asked and tested.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mktlab.market.flaws import asked, booked, logs
from mktlab.market.flaws.log import Flaw, Tables, logged

FLAWS: dict[str, Flaw] = {
    "duplicates": booked.duplicates,
    "test_orders": booked.test_orders,
    "refund_lines": booked.refund_lines,
    "date_shift": booked.date_shift,
    "missing_scrapes": booked.missing_scrapes,
    "ltv_total": booked.ltv_total,
    "machine_opens": booked.machine_opens,
    **logs.LOGGED_FLAWS,
    "straight_lining": asked.straight_lining,
    "random_choices": asked.random_choices,
    "inconsistent_prices": asked.inconsistent_prices,
    "sample_ratio": asked.sample_ratio,
    "peeking": asked.peeking,
    "novelty": asked.novelty,
    "ramp_up": asked.ramp_up,
    "active_only": booked.active_only,
}
"""Name -> flaw, in the order in which they strike."""

DEFAULT_FLAWS = tuple(name for name in FLAWS if name != "active_only")


def plant(tables: Tables, *, flaws: Sequence[str], seed: int) -> tuple[Tables, pd.DataFrame]:
    """The tables with the named flaws, and the log of every row touched."""
    damaged, logs = dict(tables), [logged("", [], "", "", [])]
    for name, flaw in FLAWS.items():
        if name in flaws:
            changed, log = flaw(damaged, seed)
            damaged |= changed
            logs.append(log)
    return damaged, pd.concat(logs, ignore_index=True)
