"""What goes wrong between the market and the analyst's tables, on purpose and on record.

Each flaw is a function that takes the tables and gives back the damaged ones with a log: a row for
every row touched, with `table, key, flaw, detail, true_value`. `plant` applies the chosen flaws in
the order of `FLAWS`. A key is a row's id, or its key columns joined by "/"; "*" is a whole column.
`transactions` damages what is booked, `web_logs` what machines log, `surveys` what is asked and
tested, `study` what the market says, `shop` what the web shop shows and its customers say.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mktlab.market.flaws import shop, study, surveys, transactions, web_logs
from mktlab.market.flaws.log import Flaw, Tables, logged

FLAWS: dict[str, Flaw] = {
    "duplicates": transactions.duplicates,
    "test_orders": transactions.test_orders,
    "refund_lines": transactions.refund_lines,
    "date_shift": transactions.date_shift,
    "missing_scrapes": transactions.missing_scrapes,
    "ltv_total": transactions.ltv_total,
    "machine_opens": transactions.machine_opens,
    **web_logs.LOGGED_FLAWS,
    "straight_lining": surveys.straight_lining,
    "random_choices": surveys.random_choices,
    "inconsistent_prices": surveys.inconsistent_prices,
    "sample_ratio": surveys.sample_ratio,
    "peeking": surveys.peeking,
    "novelty": surveys.novelty,
    "ramp_up": surveys.ramp_up,
    **shop.SHOP_FLAWS,
    **study.STUDY_FLAWS,
    "active_only": transactions.active_only,
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
