"""The questions of lesson 46: the open, days that may speak, aged parcels, a limit, a rule."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.control_charts import mature_until, p_chart
from mktlab.course.checking.sheet import Sheet

if TYPE_CHECKING:
    from mktlab.company import Company

DAY, WEEK = pd.Timedelta(days=1), pd.Timedelta(weeks=1)
YEAR = 52  # weeks that say what is usual
LOOK, MARGIN = 80.0, 20.0  # euros of a look, and of an order that is not cancelled
SILENT = 14 * DAY
FAILURES = (0.14, 0.10, 0.08, 0.06, 0.06)  # of the orders of each week, until it is noticed
BEGIN = (58, 84, 109, 134)


def _visits(company: Company) -> pd.DataFrame:
    """The visits as the exercise has them: one channel, another in each world, stops early."""
    sessions = company.sessions
    day = sessions["started_at"].dt.tz_localize(None).dt.normalize()
    visits = sessions[["session_id", "channel"]].assign(day=day)
    known = sorted(visits["channel"].value_counts().index[:4])
    stopped = known[len(company.orders) % len(known)]
    silent = (visits["channel"] == stopped) & (day >= company.today - SILENT)
    kept: pd.DataFrame = visits[~silent].reset_index(drop=True)
    return kept


@lru_cache(maxsize=8)
def _failing(company: Company) -> pd.DataFrame:
    """Orders by week, how many were cancelled, and which share of them a failure cost."""
    orders = company.orders
    monday = orders["order_date"] - pd.to_timedelta(orders["order_date"].dt.day_of_week, unit="D")
    weeks = orders.groupby(monday.dt.normalize().rename("week")).agg(
        orders=("order_id", "size"), cancelled=("status", lambda s: int((s == "cancelled").sum()))
    )
    rng = np.random.default_rng(len(orders))
    failure = np.zeros(len(weeks))
    for begin in BEGIN:
        first = begin + int(rng.integers(0, 10))
        failure[first : first + len(FAILURES)] = np.array(FAILURES) * rng.uniform(0.9, 1.2)
    more = rng.binomial(weeks["orders"] - weeks["cancelled"], failure)
    return weeks.assign(cancelled=weeks["cancelled"] + more, failure=failure)


def _weeks(company: Company) -> pd.DataFrame:
    return _failing(company)[["orders", "cancelled"]]


sheet = Sheet(
    "46_dashboard",
    given=lambda company: {"visits": _visits(company), "weeks": _weeks(company)},
    look=LOOK,
    margin=MARGIN,
)


def _parcels(company: Company, since: pd.Timestamp) -> pd.DataFrame:
    orders = company.orders
    sent = orders["promised_date"].notna()
    return orders[sent & (orders["order_date"] >= since)]


@sheet.number()
def on_the_way(company: Company, come: bool = False, sent: bool = True) -> int:
    since = company.today - WEEK
    table = company.orders[company.orders["order_date"] >= since]
    table = _parcels(company, since) if sent else table
    return int((table["delivered_date"].notna() == come).sum())


on_the_way.mistake("have_come", come=True)
on_the_way.mistake("no_parcels", sent=False)


@on_the_way.mistake("all_of_them")
def _all_of_them(company: Company) -> int:
    return len(_parcels(company, company.today - WEEK))


def _mature(company: Company) -> pd.Timestamp:
    recent = _parcels(company, company.today - 26 * WEEK)
    return mature_until(recent["order_date"], recent["delivered_date"], today=company.today)


def _told_until(found: pd.Series[Any]) -> dict[str, Any]:
    return {"stopped": int(found["conversion"]), "mature": int(found["late_share"])}


@sheet.table(key="tile", told=_told_until)
def until(
    company: Company, by_channel: bool = True, aged: bool = True, begun: bool = False
) -> pd.Series[Any]:
    visits = _visits(company)
    last = visits.groupby("channel")["day"].max().min() if by_channel else visits["day"].max()
    newest = company.orders["order_date"].max().normalize()
    days = {
        "order_value": company.today if begun else newest,
        "conversion": last,
        "late_share": _mature(company) if aged else newest,
    }
    ago: pd.Series[Any] = (company.today - pd.Series(days, name="days")).dt.days
    return ago.rename_axis("tile")


until.mistake("last_row", by_channel=False)
until.mistake("young", aged=False)
until.mistake("neither", by_channel=False, aged=False)
until.mistake("today", begun=True)


@sheet.share(digits=3)
def aged_share(company: Company, aged: bool = True, open_late: bool = True) -> float:
    end = _mature(company) if aged else company.today - DAY
    table = _parcels(company, end - 27 * DAY)
    table = table[table["order_date"] < end + DAY]
    if open_late:
        return float((~(table["delivered_date"] <= table["promised_date"])).mean())
    return float((table["delivered_date"] > table["promised_date"]).mean())


aged_share.mistake("young_in_time", aged=False, open_late=False)
aged_share.mistake("open_is_late", aged=False)


@aged_share.mistake("come_only")
def _of_those_that_have_come(company: Company) -> float:
    table = _parcels(company, company.today - 28 * DAY)
    table = table[table["delivered_date"].notna()]
    return float((table["delivered_date"] > table["promised_date"]).mean())


@aged_share.mistake("in_time")
def _in_time(company: Company) -> float:
    return 1 - float(aged_share(company))


@sheet.share(digits=4)
def limit(
    company: Company, baseline: int | None = YEAR, sigmas: float = 3.0, own_size: bool = True
) -> float:
    weeks = _weeks(company)
    chart = p_chart(weeks["cancelled"], weeks["orders"], baseline=baseline)
    usual = float(chart["usual"].iloc[-1])
    size = weeks["orders"].iloc[-1] if own_size else weeks["orders"].iloc[:YEAR].mean()
    return float(usual + sigmas * (usual * (1 - usual) / size) ** 0.5)


limit.mistake("two_sigmas", sigmas=2.0)
limit.mistake("usual_share", sigmas=0.0)
limit.mistake("lower_limit", sigmas=-3.0)
limit.mistake("all_weeks", baseline=None)
limit.mistake("mean_size", own_size=False)


def _shares(company: Company) -> pd.Series[Any]:
    weeks = _weeks(company)
    return weeks["cancelled"] / weeks["orders"]


@limit.mistake("recipe")
def _recipe_limit(company: Company) -> float:
    before = _shares(company).iloc[-27:-1]
    return float(before.mean() + 2 * before.std())


@limit.mistake("spread_of_weeks")
def _spread_of_weeks(company: Company) -> float:
    first = _shares(company).iloc[:YEAR]
    return float(first.mean() + 3 * first.std())


def _named(rings: pd.Series[Any]) -> set[str]:
    """The days of the weeks that ring, after the first year."""
    judged = rings.iloc[YEAR:]
    return {f"{week:%Y-%m-%d}" for week in judged.index[judged]}


def _best(company: Company) -> set[str]:
    """The weeks in which the p-chart rings: the best rule that needs no truth."""
    weeks = _weeks(company)
    chart = p_chart(weeks["cancelled"], weeks["orders"], baseline=YEAR)
    return _named(chart["value"] > chart["high"])


def _red(company: Company) -> set[str]:
    return _named(_shares(company).diff() > 0)


def _recipe(company: Company) -> set[str]:
    share = _shares(company)
    before = share.shift(1).rolling(26)
    return _named(share > before.mean() + 2 * before.std())


def _guesses(company: Company) -> dict[str, set[str]]:
    """Weeks that need no look at what is usual."""
    weeks = _weeks(company)
    share, all_weeks = _shares(company), pd.Series(True, index=weeks.index)
    made = {"every_week": _named(all_weeks), "no_week": set[str]()}
    months = weeks.index.to_series().dt.month
    for month in range(1, 13):
        made[f"month_{month}"] = _named(all_weeks & (months == month))
    for most in (0.01, 0.02, 0.03, 0.1, 0.12, 0.15):
        made[f"above_{most}"] = _named(share > most)
    for most in (10, 15, 20, 25, 30):
        made[f"over_{most}"] = _named(weeks["cancelled"] > most)
    return made


@sheet.decision(
    best=_best,
    choices=lambda company: pd.Series(sorted(_named(_shares(company) >= 0)), name="week"),
    good_enough=0.98,
    guesses=_guesses,
)
def ring(company: Company, chosen: set[str]) -> float:
    """Euros spared by looking in these weeks: a failure once seen is mended for the next week."""
    weeks = _failing(company)
    harm = (MARGIN * weeks["orders"] * weeks["failure"]).shift(-1, fill_value=0)
    harm = harm.where(weeks["failure"] > 0, 0)  # before it has begun, a look finds nothing
    rung = [f"{week:%Y-%m-%d}" in chosen for week in weeks.index]
    return float(harm[rung].sum() - LOOK * len(chosen))


ring.mistake("red", _red)
ring.mistake("recipe", _recipe)


@ring.mistake("every_week")
def _every_week(company: Company) -> set[str]:
    return _named(_shares(company) >= 0)


@ring.mistake("above_usual")
def _above_usual(company: Company) -> set[str]:
    share = _shares(company)
    return _named(share > share.iloc[:YEAR].mean())
