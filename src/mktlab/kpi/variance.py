"""Variance against plan: how much of a gap is price, volume, mix, cost, advertising, or luck."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

COLUMNS = ("units", "sales", "goods")
STANDARD = "standard"
Factors = dict[str, Any]


def variance(
    planned: pd.DataFrame,
    actual: pd.DataFrame,
    *,
    by: str = "category",
    planned_spend: float = 0.0,
    actual_spend: float = 0.0,
    expected: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Split the gap between the contribution that came and the one that was planned.

    Contribution is `sales - goods - spend`. All units, which units (mix), price and cost go from
    plan to actual; what one of them brings depends on which went before, so each gets its mean over
    all orders (the Shapley value; Shorrocks, 2013). The steps add up to the gap exactly.

    Parameters
    ----------
    planned, actual
        A row per group: `by`, `units`, `sales` and `goods` (cost of the goods sold), in euros;
        where all of them have it also `standard`, the same goods at standard cost.
    by
        The column that names the groups.
    planned_spend, actual_spend
        Advertising, in euros.
    expected
        What the same decisions would have brought without the luck of single orders, as `actual`;
        without it, luck is not told apart and stays in the other steps.

    Returns
    -------
    `step, euros`: "volume", "mix", "price", "cost", "advertising", "luck" and their sum, "all".
    With `standard`, "cost" is what the standards moved, and "purchase_price" follows: what the
    goods cost more, or less, than their standard. A group that was not planned has no planned price
    and cost; its own stand in, so that it counts as mix.

    Raises
    ------
    MktlabError
        When a column is missing, a group stands twice, or a number is missing, infinite or, for
        units, below 0.

    Examples
    --------
    Planned: 10 bags at €10 that cost €4. Sold: 12 bags at €9, cost €4. Two bags more are worth
    2 x 6 at the planned price and 2 x 5 at the actual one: 11 in the mean.

    >>> plan = pd.DataFrame({"category": ["beans"], "units": [10], "sales": [100], "goods": [40]})
    >>> came = pd.DataFrame({"category": ["beans"], "units": [12], "sales": [108], "goods": [48]})
    >>> variance(plan, came).set_index("step")["euros"].head(3).to_dict()
    {'volume': 11.0, 'mix': 0.0, 'price': -11.0}
    """
    for name, amount in (("planned_spend", planned_spend), ("actual_spend", actual_spend)):
        if isinstance(amount, bool) or not np.isfinite(amount):
            raise MktlabError(
                say("{name} is {amount!r}: give an amount in euros.", name=name, amount=amount)
            )
    usual = actual if expected is None else expected
    split = all(STANDARD in table for table in (planned, actual, usual))
    columns = (*COLUMNS, STANDARD) if split else COLUMNS
    plan, came = _table(planned, by, "planned", columns), _table(actual, by, "actual", columns)
    usual = came if expected is None else _table(expected, by, "expected", columns)
    groups = plan.index.union(came.index).union(usual.index)
    plan, came, usual = (table.reindex(groups, fill_value=0.0) for table in (plan, came, usual))
    steps = _shapley(_factors(plan, usual), _factors(usual, plan))
    loose = (usual.where(usual["units"] == 0, 0.0) - plan.where(plan["units"] == 0, 0.0)).sum()
    steps["price"] += float(loose["sales"])  # money without a piece has no price per piece
    steps["cost"] -= float(loose["goods"])
    steps["advertising"] = float(planned_spend - actual_spend)
    steps["luck"] = _contribution(came) - _contribution(usual)
    steps["all"] = sum(steps.values())
    return pd.DataFrame({"step": list(steps), "euros": [e + 0.0 for e in steps.values()]})


def _contribution(table: pd.DataFrame) -> float:
    return float((table["sales"] - table["goods"]).sum())


def _factors(table: pd.DataFrame, other: pd.DataFrame) -> Factors:
    """Units in all, each group's share of them, and what is per unit; without any, of other."""
    units = float(table["units"].sum())
    mix = table["units"] / units if units else other["units"] / other["units"].sum()
    source = table.where(table["units"] > 0, other)
    each = source.drop(columns="units").div(source["units"].where(source["units"] > 0), axis=0)
    each = each.fillna(0.0)
    factors = {"volume": units, "mix": mix, "price": each["sales"], "cost": -each["goods"]}
    if STANDARD in each:
        factors["cost"] = -each[STANDARD]
        factors["purchase_price"] = each[STANDARD] - each["goods"]
    return factors


def _shapley(plan: Factors, actual: Factors) -> dict[str, float]:
    """What each factor brings on its way from plan to actual, in the mean over all orders."""

    def euros(moved: tuple[str, ...]) -> float:
        now = {**plan, **{name: actual[name] for name in moved}}
        margin = sum(now[name] for name in now if name not in ("volume", "mix"))
        return float(now["volume"] * (now["mix"] * margin).sum())

    steps = {}
    for name in plan:
        rest = [other for other in plan if other != name]
        steps[name] = sum(
            (euros((*first, name)) - euros(first)) / (len(plan) * comb(len(rest), size))
            for size in range(len(plan))
            for first in combinations(rest, size)
        )
    return steps


def _table(
    table: pd.DataFrame, by: str, name: str, columns: tuple[str, ...] = COLUMNS
) -> pd.DataFrame:
    told = say("give {by}, units, sales and goods", by=by)
    need_columns((by, *columns), table, of=name, do=told)
    if table[by].duplicated().any():
        twice = table.loc[table[by].duplicated(), by].iloc[0]
        raise MktlabError(
            say(
                "{name} has {by} {twice} twice: give one row for each.",
                name=name,
                by=by,
                twice=twice,
            )
        )
    numbers = table.set_index(by)[list(columns)].astype(float)
    values = numbers.to_numpy()
    wrong = ~np.isfinite(values) | ((values < 0) & (np.arange(len(columns)) == 0))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise MktlabError(
            say(
                "{column} of {name} is {value} for {row}: give a finite number, for units "
                "from 0 up.",
                column=columns[column],
                name=name,
                value=values[row, column],
                row=numbers.index[row],
            )
        )
    if not numbers["units"].sum() > 0 and name == "planned":
        raise MktlabError(say("planned has no units: there is no plan to compare with."))
    return numbers
