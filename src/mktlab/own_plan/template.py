"""A plan to begin with: the company's KPIs as they stand, and an action of each P to be changed."""

from __future__ import annotations

import json

import pandas as pd

from mktlab import kpi
from mktlab.company import Company
from mktlab.kpi import KPIS
from mktlab.plan.wording import GROUPS
from mktlab.resources import read_text
from mktlab.show.few import hidden, is_few


def template(company: Company, *, name: str) -> str:
    """A plan as TOML, which `OwnPlan.from_toml` reads: to be changed, not to be carried out.

    All KPIs that the tables allow and that have a good direction stand there with what they were in
    the last 52 weeks; the first of them are objectives, to hold what there is. A plan is passed on,
    so that no number of fewer than five persons stands in it.
    """
    today = pd.Timestamp(company.today)
    monday = today + pd.Timedelta(days=(7 - today.day_of_week) % 7)
    usable = [k for k in kpi.available(company) if KPIS[k].direction != "neither"]
    values = kpi.compute(company, usable, start=today - pd.Timedelta(weeks=52)).set_index("kpi")
    known = values["value"].dropna()
    text = read_text("own_plan/template.txt").format(
        name=json.dumps(name),
        starting=monday,
        currency=json.dumps(company.currency),
        ps=", ".join(GROUPS),
    )
    few = [key for key in known.index if KPIS[str(key)].unit == "people" and is_few(known[key])]
    for key in few:
        text += f"#   {key}: {hidden()}  # {KPIS[str(key)].label}\n"
    known = known.drop(few)
    for key, value in known.items():
        text += f"#   {key} = {_short(value)}  # {KPIS[str(key)].label}\n"
    for key in [k for k in ("revenue", "orders", "new_customers") if k in known.index]:
        text += read_text("own_plan/goal.txt").format(kpi=key, target=_short(known[key]))
    return text


def _short(value: float) -> str:
    """A number in at most four digits that count, as TOML takes it.

    >>> _short(1234567.0), _short(0.123456)
    ('1235000', '0.1235')
    """
    number = float(f"{value:.4g}")
    return str(int(number)) if number == int(number) else repr(number)
