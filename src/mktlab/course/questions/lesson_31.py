"""The questions of lesson 31: churn by outlet, boxes, an honest score, and whom to send a coupon.

`_chance_of_silence` reads from the truth how likely each customer is to buy nothing in the 13 weeks
from today; it prices the decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mktlab import churn
from mktlab.course.checking.sheet import Sheet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

WINDOW, HORIZON = 26, 13
NEW_YEAR = pd.Timestamp("2025-01-01")
COUPON, SUCCESS, MARGIN_RATE = 3.0, 0.25, 0.55

sheet = Sheet("31_churn", coupon=COUPON, success=SUCCESS, margin_rate=MARGIN_RATE)


def _purchases(company: Company, *, gross: bool = False) -> pd.DataFrame:
    orders = company.orders
    return purchases(orders.assign(status="paid", refunded=0.0) if gross else orders)


def _weeks_ago(company: Company, weeks: int) -> pd.Timestamp:
    return company.today - pd.Timedelta(weeks=weeks)


@sheet.table(key="outlet", digits=3, share=True)
def churned_by_outlet(
    company: Company,
    window: int = 52,
    horizon: int = 26,
    gross: bool = False,
    stayed: bool = False,
) -> pd.Series[Any]:
    """Share that churned, by the outlet of the last purchase before the cut."""
    bought = _purchases(company, gross=gross).sort_values(["order_date", "order_id"])
    cut = _weeks_ago(company, 26)
    end = cut + pd.Timedelta(weeks=horizon)
    day = bought["order_date"]
    before = bought[(day >= cut - pd.Timedelta(weeks=window)) & (day < cut)]
    last = before.drop_duplicates("customer_id", keep="last")
    after = bought.loc[(day >= cut) & (day < end), "customer_id"]
    gone = last["customer_id"].isin(after) ^ (not stayed)
    return gone.groupby(last["outlet"]).mean().rename("churned")


churned_by_outlet.mistake("everybody", window=520)
churned_by_outlet.mistake("cancelled_counted", gross=True)
churned_by_outlet.mistake("lesson_window", window=26)
churned_by_outlet.mistake("both_of_lesson", window=26, horizon=13)
churned_by_outlet.mistake("who_stayed", stayed=True)
churned_by_outlet.mistake("short_horizon", horizon=13)


@sheet.share()
def boxes_cancelled(
    company: Company,
    own: bool = True,
    failures: bool = False,
    later: bool = False,
    of_lost: bool = False,
    with_end: bool = False,
) -> float:
    """Share of the boxes running on New Year that was cancelled in the 26 weeks from then on."""
    boxes = company.subscriptions
    end = NEW_YEAR + pd.Timedelta(weeks=26)
    running = ~(boxes["ended_date"] < NEW_YEAR)
    running &= boxes["started_date"] < (end if later else NEW_YEAR)
    if with_end:
        running &= boxes["ended_date"].notna()
    lost = running & (boxes["ended_date"] < end)
    failed = boxes["cancel_reason"] == "payment failure"
    cancelled = lost & ((failed & failures) | (~failed & own))
    return float(cancelled.sum() / (lost if of_lost else running).sum())


boxes_cancelled.mistake("failures", failures=True)
boxes_cancelled.mistake("failures_only", own=False, failures=True)
boxes_cancelled.mistake("later_boxes", later=True)
boxes_cancelled.mistake("of_the_lost", of_lost=True)
boxes_cancelled.mistake("those_with_an_end", with_end=True)


@boxes_cancelled.mistake("all_started")
def _boxes_by_start(company: Company) -> float:
    """The same cancellations, out of every box that had started, ended ones included."""
    boxes = company.subscriptions
    started = boxes["started_date"] < NEW_YEAR
    running = started & ~(boxes["ended_date"] < NEW_YEAR)
    return float(boxes_cancelled(company) * running.sum() / started.sum())


@sheet.table(key="cut_date", digits=3, share=True)
def simple_score(company: Company, until_today: bool = False, sign: int = -1) -> pd.Series[Any]:
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


simple_score.mistake("upside_down", sign=1)
simple_score.mistake("knows_future", until_today=True)


def _order_margin(company: Company) -> float:
    """Margin of the mean purchase of the last 52 weeks."""
    bought = _purchases(company)
    year = bought[bought["order_date"] >= _weeks_ago(company, 52)]
    return float(MARGIN_RATE * (year["revenue"] - year["refunded"]).mean())


@sheet.share()
def break_even(
    company: Company,
    margin_rate: float = MARGIN_RATE,
    used: float = COUPON,
    given_away: float = COUPON,
) -> float:
    """`used` is taken off a saved order, `given_away` by those who would have bought anyway."""
    saved = SUCCESS * (margin_rate / MARGIN_RATE * _order_margin(company) - used)
    return COUPON / (given_away + saved)


break_even.mistake("same_cost", used=0.0, given_away=0.0)
break_even.mistake("full_price", used=0.0)
break_even.mistake("revenue", margin_rate=1.0)


def _gains(company: Company) -> pd.Series[Any]:
    """What a coupon to each record is worth in truth; second records of a person are worth 0."""
    truth = company.truth.customers
    silent, there = truth["silent_13w"], truth["status"] != "gone"
    saved = SUCCESS * silent * there * (_order_margin(company) - COUPON)
    return (saved - (1 - silent) * COUPON).set_axis(truth["customer_id"])


def _worth_a_coupon(company: Company) -> set[str]:
    """One record of everyone at risk whose coupon pays."""
    truth = company.truth.customers
    at_risk = truth["customer_id"].isin(_at_risk(company)["customer_id"])
    person = truth["customer_id"].mask(truth["duplicate_of"] != "", truth["duplicate_of"])
    pays = person.map(_gains(company)) > 0
    return set(truth.loc[at_risk & pays & ~person.where(at_risk).duplicated(), "customer_id"])


def _guesses(company: Company) -> dict[str, set[str]]:
    table = churn.snapshots(
        company, company.today, window_weeks=WINDOW, horizon_weeks=None, features=["purchases"]
    )
    few = {f"at most {n} purchases": table["purchases"] <= n for n in (1, 2)}
    return {name: set(table.loc[chosen, "customer_id"]) for name, chosen in few.items()}


@sheet.decision(
    best=_worth_a_coupon,
    choices=lambda company: _at_risk(company)["customer_id"],
    good_enough=0.35,
    guesses=_guesses,
)
def coupons(company: Company, chosen: set[str]) -> float:
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


@coupons.mistake("everybody")
def _everybody(company: Company) -> set[str]:
    return set(_at_risk(company)["customer_id"])


@coupons.mistake("silent")
def _longest_silent(company: Company) -> set[str]:
    table = _at_risk(company)
    return set(table.loc[table["recency_days"] > 7 * HORIZON, "customer_id"])


@coupons.mistake("spenders")
def _biggest_spenders(company: Company) -> set[str]:
    table = _at_risk(company)
    return set(table.nlargest(len(table) // 4, "spend", keep="all")["customer_id"])
