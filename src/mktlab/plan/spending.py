"""What a plan costs: lever by lever over its weeks, against today's costs and its budget.

`cost_table` adds up `costs.weekly_costs` with every change from the week it starts, and what a
launch costs once.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mktlab.plan.costs import weekly_costs
from mktlab.plan.decisions import Decisions
from mktlab.plan.launches import CANDIDATES
from mktlab.plan.mix import DECIDED, Mix
from mktlab.plan.wording import P_NAMES


def phases(plan: Decisions) -> Iterator[tuple[int, int, Mix]]:
    """The stretches of weeks in which nothing changes: first week, number of weeks, their mix."""
    starts = {plan.starts_in(path) for path in DECIDED if plan.changed(path)}
    first = sorted({1} | {week for week in starts if 1 < week <= plan.weeks})
    for begin, end in zip(first, [*first[1:], plan.weeks + 1], strict=True):
        yield begin, end - begin, plan.in_week(begin - 1)


def cost_table(plan: Decisions) -> pd.DataFrame:
    """One row per lever that costs by itself; `Plan.cost` says what the columns hold."""
    before, after = weekly_costs(Mix()), weekly_costs(plan)
    total = dict.fromkeys(after, 0.0)
    for _, weeks, mix in phases(plan):
        for lever, amount in weekly_costs(mix).items():
            total[lever] += weeks * amount
    bag = CANDIDATES.get(plan.product.launch)
    once = bag.launch_cost if bag and plan.starts_in("product.launch") <= plan.weeks else 0.0
    new = [(P_NAMES["product"], "product.launch", 0.0, 0.0, once, once)] if bag else []
    rows = [
        (
            P_NAMES[DECIDED[lever].group],
            lever,
            round(before.get(lever, 0.0), 2),
            round(after[lever], 2),
            round(total[lever], 2),
            round(total[lever] - plan.weeks * before.get(lever, 0.0), 2) + 0.0,  # no minus zero
        )
        for lever in after
    ]
    columns = ["p", "lever", "weekly_before", "weekly_after", "total", "extra"]
    return pd.DataFrame(rows[:1] + new + rows[1:], columns=columns)
