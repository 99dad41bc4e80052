"""KPIs of a fortieth of the customers of a large market, beside those of all of them.

A market is cut into 40 shops by lot, customer by customer. Each shop sees one of them and does not
know the others: its intervals should hold the value of the whole market, those of a difference what
changed in the whole market, and two shops of one market should not be told apart.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from mktlab import kpi
from mktlab.company import Company
from mktlab.market.run import company_of, past

PEOPLE, WEEKS, SHOPS = 60_000, 78, 40
SPAN = pd.Timedelta(weeks=26)
APART = pd.Timedelta(weeks=104)
"""How far back another shop is put, to be compared with: longer than its history."""
NAMES = (
    *("order_value", "margin_rate", "actual_margin_rate", "repeat_rate", "retention"),
    *("nps", "service_rating", "email_click_rate", "late_share", "revenue", "active_customers"),
)
DAYS = {
    "orders": ("order_date", "promised_date", "delivered_date"),
    "emails": ("sent_at",),
    "survey_responses": ("responded_date",),
}
SHARED = ("products", "product_costs")
Shops = dict[str, dict[int, pd.DataFrame]]
RECENT = ("email_click_rate",)  # what is kept for half a year only
TODAY = pd.Timedelta(0)
QUIET = "a page of two equal shops has no verdict"


@lru_cache(maxsize=1)
def market(world: int) -> tuple[Company, Shops, pd.DataFrame]:
    """A market, its tables shop by shop, and the KPIs of all of its customers."""
    history = past(people=PEOPLE, weeks=WEEKS, seed=10_000 + world)
    company = company_of(history, history, flaws=())
    people = pd.Index(company.orders["customer_id"].unique())
    shop_of = pd.Series(np.random.default_rng(world).integers(0, SHOPS, len(people)), people)
    shops = {
        name: dict(iter(table.groupby(table["customer_id"].map(shop_of))))
        for name, table in ((name, company.tables[name]) for name in DAYS)
    }
    order = company.order_lines["order_id"].map(
        company.orders.set_index("order_id")["customer_id"].map(shop_of)
    )
    shops["order_lines"] = dict(iter(company.order_lines.groupby(order)))
    return company, shops, _told(company)


def trial(seed: int) -> dict[str, tuple[float, float, float, float]]:
    """Claim -> estimate, low, high, truth, in one shop of a market."""
    world, number = divmod(seed - 1, SHOPS)
    company, shops, whole = market(world)
    told = _told(_shop(company, shops, number))
    found = {}
    for name in NAMES:
        size = SHOPS if name in ("revenue", "active_customers") else 1
        one, all_ = told.loc[name], whole.loc[name]
        ends = (one["value"], one["low"], one["high"], all_["value"] / size)
        found[name] = tuple(map(float, ends))
        if name not in RECENT:
            change = [row["value"] - row["before"] for row in (one, all_)]
            ends = (change[0], one["change_low"], one["change_high"], change[1] / size)
            found[f"{name}, change"] = tuple(map(float, ends))
    verdicts = float(_verdicts(company, shops, number))
    return {**found, QUIET: (verdicts, 0.0, 0.0, verdicts)}


def _told(company: Company) -> pd.DataFrame:
    start = company.today - SPAN
    return kpi.intervals(company, NAMES, start=start, before=start - SPAN).set_index("kpi")


def _shop(company: Company, shops: Shops, number: int, back: pd.Timedelta = TODAY) -> Company:
    """The tables of the customers of one shop, put back in time."""
    tables = {name: company.tables[name] for name in SHARED}
    tables["order_lines"] = shops["order_lines"][number]
    for name, days in DAYS.items():
        table = shops[name][number]
        tables[name] = table.assign(**{day: table[day] - back for day in days})
    return Company(tables, name=company.name, today=company.today)


def _verdicts(company: Company, shops: Shops, number: int) -> int:
    """How many numbers of this shop are held to differ from those of the next one."""
    here = _shop(company, shops, number).tables
    there = _shop(company, shops, (number + 1) % SHOPS, back=APART).tables
    costs = company.product_costs
    there["product_costs"] = costs.assign(week=costs["week"] - APART)
    tables = {name: pd.concat([here[name], there[name]], ignore_index=True) for name in here}
    tables["products"] = company.products
    start = company.today - SPAN
    both = Company(tables, name=company.name, today=company.today)
    told = kpi.intervals(both, NAMES, start=start, before=start - APART)
    return int((kpi.against_targets(told)["status"] != "too early to tell").sum())
