"""Variance against plan: how much of a gap is price, volume, mix, cost, advertising, or luck."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

COLUMNS = ("units", "sales", "goods")


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

    Contribution is `sales - goods - spend`. Steps are taken in this order, each at the values that
    the earlier ones have reached, so that they add up exactly (Horngren et al., *Cost Accounting*):
    volume (all units, at the planned mean margin), mix (which units, at planned margins), price,
    cost of goods, advertising; luck comes last.

    Parameters
    ----------
    planned, actual
        A row per group: `by`, `units`, `sales` and `goods` (cost of the goods sold), in euros.
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
    A group that was not planned has no planned margin; its own stands in, so that it counts as mix.

    Raises
    ------
    MktlabError
        When a column is missing, a group stands twice, or a number is missing, infinite or, for
        units, below 0.

    Examples
    --------
    Planned: 10 bags at €10 that cost €4. Sold: 12 bags at €9, cost €4.

    >>> plan = pd.DataFrame({"category": ["beans"], "units": [10], "sales": [100], "goods": [40]})
    >>> came = pd.DataFrame({"category": ["beans"], "units": [12], "sales": [108], "goods": [48]})
    >>> variance(plan, came).set_index("step")["euros"].head(3).to_dict()
    {'volume': 12.0, 'mix': 0.0, 'price': -12.0}
    """
    for name, amount in (("planned_spend", planned_spend), ("actual_spend", actual_spend)):
        if isinstance(amount, bool) or not np.isfinite(amount):
            raise MktlabError(
                say("{name} is {amount!r}: give an amount in euros.", name=name, amount=amount)
            )
    plan, came = _table(planned, by, "planned"), _table(actual, by, "actual")
    usual = came if expected is None else _table(expected, by, "expected")
    groups = plan.index.union(came.index).union(usual.index)
    plan, came, usual = (table.reindex(groups, fill_value=0.0) for table in (plan, came, usual))
    units, margin = (
        usual["units"],
        _per_unit(plan, usual, "sales") - _per_unit(plan, usual, "goods"),
    )
    planned_units = float(plan["units"].sum())
    mean_margin = float((plan["sales"] - plan["goods"]).sum()) / planned_units
    volume = (float(units.sum()) - planned_units) * mean_margin
    steps = {
        "volume": volume,
        "mix": float((units * margin).sum()) - planned_units * mean_margin - volume,
        "price": float((usual["sales"] - units * _per_unit(plan, usual, "sales")).sum()),
        "cost": -float((usual["goods"] - units * _per_unit(plan, usual, "goods")).sum()),
        "advertising": float(planned_spend - actual_spend),
        "luck": _contribution(came) - _contribution(usual),
    }
    steps["all"] = sum(steps.values())
    return pd.DataFrame({"step": list(steps), "euros": [e + 0.0 for e in steps.values()]})


def _contribution(table: pd.DataFrame) -> float:
    return float((table["sales"] - table["goods"]).sum())


def _per_unit(plan: pd.DataFrame, usual: pd.DataFrame, column: str) -> pd.Series[float]:
    """Planned euros per unit; of what was not planned, the actual ones."""
    planned = plan["units"] > 0
    source = plan.where(planned, usual)
    return (source[column] / source["units"].where(source["units"] > 0)).fillna(0.0)


def _table(table: pd.DataFrame, by: str, name: str) -> pd.DataFrame:
    missing = [column for column in (by, *COLUMNS) if column not in table]
    if missing:
        raise MktlabError(
            say(
                "{name} has no column {missing}: give {by}, units, sales and goods.",
                name=name,
                missing=", ".join(missing),
                by=by,
            )
        )
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
    numbers = table.set_index(by)[list(COLUMNS)].astype(float)
    values = numbers.to_numpy()
    wrong = ~np.isfinite(values) | ((values < 0) & (np.arange(len(COLUMNS)) == 0))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise MktlabError(
            say(
                "{column} of {name} is {value} for {row}: give a finite number, for units "
                "from 0 up.",
                column=COLUMNS[column],
                name=name,
                value=values[row, column],
                row=numbers.index[row],
            )
        )
    if not numbers["units"].sum() > 0 and name == "planned":
        raise MktlabError(say("planned has no units: there is no plan to compare with."))
    return numbers
