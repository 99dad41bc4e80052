"""The questions of lesson 31: churn by outlet, boxes, an honest score, and whom to send a coupon.

`_chance_of_silence` reads from the truth how likely each customer is to buy nothing in the 13 weeks
from today; it prices the decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import churn
from mktlab.course.checking.words import decision, question, question_set
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

WINDOW, HORIZON = 26, 13
NEW_YEAR = pd.Timestamp("2025-01-01")
COUPON, SUCCESS, MARGIN_RATE = 3.0, 0.25, 0.55


def _purchases(company: Company, *, gross: bool = False) -> pd.DataFrame:
    orders = company.orders
    return purchases(orders.assign(status="paid", refunded=0.0) if gross else orders)


def _weeks_ago(company: Company, weeks: int) -> pd.Timestamp:
    return company.today - pd.Timedelta(weeks=weeks)


def _by_outlet(
    company: Company, *, window: int = 52, horizon: int = 26, gross: bool = False
) -> pd.Series[Any]:
    """Share that churned, by the outlet of the last purchase before the cut."""
    bought = _purchases(company, gross=gross).sort_values(["order_date", "order_id"])
    cut = _weeks_ago(company, 26)
    end = cut + pd.Timedelta(weeks=horizon)
    day = bought["order_date"]
    before = bought[(day >= cut - pd.Timedelta(weeks=window)) & (day < cut)]
    last = before.drop_duplicates("customer_id", keep="last")
    after = bought.loc[(day >= cut) & (day < end), "customer_id"]
    gone = ~last["customer_id"].isin(after)
    return gone.groupby(last["outlet"]).mean().rename("churned")


def _boxes(company: Company, *, failures: bool = False, later: bool = False) -> float:
    """Share of the boxes running on New Year that was cancelled in the 26 weeks from then on."""
    boxes = company.subscriptions
    end = NEW_YEAR + pd.Timedelta(weeks=26)
    running = ~(boxes["ended_date"] < NEW_YEAR)
    running &= boxes["started_date"] < (end if later else NEW_YEAR)
    lost = running & (boxes["ended_date"] < end)
    if not failures:
        lost &= boxes["cancel_reason"] != "payment failure"
    return float(lost.sum() / running.sum())


def _boxes_by_start(company: Company) -> float:
    """The same cancellations, out of every box that had started, ended ones included."""
    boxes = company.subscriptions
    started = boxes["started_date"] < NEW_YEAR
    running = started & ~(boxes["ended_date"] < NEW_YEAR)
    return float(_boxes(company) * running.sum() / started.sum())


def _honest_auc(company: Company, *, until_today: bool = False, sign: int = -1) -> pd.Series[Any]:
    """How well few purchases rank churners, at four cuts."""
    cuts = [_weeks_ago(company, HORIZON * k) for k in (4, 3, 2, 1)]
    found = {}
    for cut in cuts:
        table = churn.snapshots(
            company, cut, window_weeks=WINDOW, horizon_weeks=HORIZON, features=["purchases"]
        )
        count = table["purchases"]
        if until_today:
            bought = _purchases(company)
            late = bought.loc[bought["order_date"] >= cut - pd.Timedelta(weeks=WINDOW)]
            count = table["customer_id"].map(late["customer_id"].value_counts())
        found[cut] = churn.auc(sign * count, table["churned"]).auc
    return pd.Series(found, name="auc").rename_axis("cut_date")


def _order_margin(company: Company) -> float:
    """Margin of the mean purchase of the last 52 weeks."""
    bought = _purchases(company)
    year = bought[bought["order_date"] >= _weeks_ago(company, 52)]
    return float(MARGIN_RATE * (year["revenue"] - year["refunded"]).mean())


def _break_even(company: Company, *, margin_rate: float = MARGIN_RATE) -> float:
    saved = SUCCESS * (margin_rate / MARGIN_RATE * _order_margin(company) - COUPON)
    return COUPON / (COUPON + saved)


def _chance_of_silence(truth: pd.DataFrame, parameters: dict[str, Any]) -> pd.Series[Any]:
    """True chance of no purchase in 13 weeks from the true rates, which are taken as even."""
    mood = parameters["death_per_satisfaction"] * (truth["satisfaction"] - 7)
    leaves = -np.expm1(-truth["death_rate"] * np.exp(-mood))
    weeks_there = sum((1 - leaves) ** week for week in range(HORIZON))
    rate = truth["expected_orders_13w"] / weeks_there
    quiet, left_quiet = rate * 0 + 1.0, rate * 0  # nobody has had the time to buy or leave
    for _ in range(HORIZON):
        quiet = quiet * np.exp(-rate)
        left_quiet = left_quiet + quiet * leaves
        quiet = quiet * (1 - leaves)
    chance: pd.Series[Any] = (quiet + left_quiet).where(truth["is_customer"], 1.0)
    return chance


def _gains(company: Company) -> pd.Series[Any]:
    """What a coupon to each record is worth in truth; second records of a person are worth 0."""
    truth = company.truth.customers
    silent = _chance_of_silence(truth, company.truth.parameters)
    saved = SUCCESS * silent * truth["is_customer"] * (_order_margin(company) - COUPON)
    return (saved - (1 - silent) * COUPON).set_axis(truth["customer_id"])


def _value(company: Company, chosen: set[str]) -> float:
    """Profit of the coupons; who has two records has one purse."""
    truth = company.truth.customers
    person = truth["customer_id"].mask(truth["duplicate_of"] != "", truth["duplicate_of"])
    people = person[truth["customer_id"].isin(chosen)].drop_duplicates()
    return float(_gains(company)[people].sum())


def _at_risk(company: Company) -> pd.DataFrame:
    return churn.snapshots(
        company,
        company.today,
        window_weeks=WINDOW,
        horizon_weeks=None,
        features=["recency_days", "spend"],
    )


def _worth_a_coupon(company: Company) -> set[str]:
    """One record of everyone at risk whose coupon pays."""
    truth = company.truth.customers
    at_risk = truth["customer_id"].isin(_at_risk(company)["customer_id"])
    person = truth["customer_id"].mask(truth["duplicate_of"] != "", truth["duplicate_of"])
    pays = person.map(_gains(company)) > 0
    return set(truth.loc[at_risk & pays & ~person.where(at_risk).duplicated(), "customer_id"])


def _longest_silent(company: Company) -> set[str]:
    table = _at_risk(company)
    return set(table.loc[table["recency_days"] > 7 * HORIZON, "customer_id"])


def _biggest_spenders(company: Company) -> set[str]:
    table = _at_risk(company)
    return set(table.nlargest(len(table) // 4, "spend", keep="all")["customer_id"])


QUESTIONS = question_set(
    "31_churn",
    q1=question(
        expected=_by_outlet,
        key=("outlet",),
        tolerance=0.0005,
        mistakes={
            "everybody": lambda company: _by_outlet(company, window=520),
            "cancelled_counted": lambda company: _by_outlet(company, gross=True),
            "lesson_window": lambda company: _by_outlet(company, window=26),
            "who_stayed": lambda company: 1 - _by_outlet(company),
            "short_horizon": lambda company: _by_outlet(company, horizon=13),
            "percent": (lambda company: 100 * _by_outlet(company), 0.05),
        },
    ),
    q2=question(
        expected=_boxes,
        tolerance=0.0005,
        mistakes={
            "failures": lambda company: _boxes(company, failures=True),
            "later_boxes": lambda company: _boxes(company, later=True),
            "all_started": _boxes_by_start,
            "percent": (lambda company: 100 * _boxes(company), 0.05),
        },
    ),
    q3=question(
        expected=_honest_auc,
        key=("cut_date",),
        tolerance=0.0005,
        mistakes={
            "upside_down": lambda company: _honest_auc(company, sign=1),
            "knows_future": lambda company: _honest_auc(company, until_today=True),
        },
    ),
    q4=question(
        expected=_break_even,
        tolerance=0.0005,
        mistakes={
            "same_cost": lambda company: COUPON / (SUCCESS * _order_margin(company)),
            "full_price": lambda company: COUPON / (COUPON + SUCCESS * _order_margin(company)),
            "percent": (lambda company: 100 * _break_even(company), 0.05),
            "revenue": lambda company: _break_even(company, margin_rate=1),
        },
    ),
    q5=decision(
        value=_value,
        expected=_worth_a_coupon,
        known=lambda company: _at_risk(company)["customer_id"],
        good_enough=0.35,
        mistakes={
            "everybody": lambda company: set(_at_risk(company)["customer_id"]),
            "silent": _longest_silent,
            "spenders": _biggest_spenders,
        },
    ),
)
