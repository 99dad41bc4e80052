"""The questions of lesson 31: churn by outlet, boxes, an honest score, and whom to send a coupon.

`_chance_of_silence` reads from the truth how likely each customer is to buy nothing in the 13 weeks
from today; it prices the decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import churn
from mktlab.course.checking.question import Decision, Exercise, Mistake, Question, QuestionSet
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

WINDOW, HORIZON = 26, 13
NEW_YEAR = pd.Timestamp("2025-01-01")
COUPON, SUCCESS, MARGIN_RATE = 3.0, 0.25, 0.55


def exercise(company: Company) -> Exercise:
    """The exercise of lesson 31 about this company."""
    return SHEET.bind(company)


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


SHEET = QuestionSet(
    "31_churn",
    (
        Question(
            "q1",
            "Which outlet loses its customers? Take the cut 26 weeks before today. At risk is who "
            "bought in the 52 weeks before; churned is who bought nothing in the 26 weeks after.",
            "a Series or table with one row per outlet and the column churned: of the customers "
            "at risk whose last purchase before the cut was in that outlet, the share (0 to 1) "
            "that churned. On one day the purchase with the highest order_id is the last.",
            expected=_by_outlet,
            key=("outlet",),
            tolerance=0.0005,
            mistakes=(
                Mistake(
                    "everybody who ever bought is at risk",
                    lambda company: _by_outlet(company, window=520),
                    "Who had bought nothing in the 52 weeks before the cut was lost already, and "
                    "cannot be lost again.",
                ),
                Mistake(
                    "cancelled and refunded orders count as purchases",
                    lambda company: _by_outlet(company, gross=True),
                    "A purchase is paid and not refunded in full, before the cut and after it.",
                ),
                Mistake(
                    "the window is that of the lesson",
                    lambda company: _by_outlet(company, window=26),
                    "Here customers are at risk who bought in the 52 weeks before the cut.",
                ),
                Mistake(
                    "this is who stayed",
                    lambda company: 1 - _by_outlet(company),
                    "Churned is who did not buy again.",
                ),
                Mistake(
                    "the horizon is only 13 weeks long",
                    lambda company: _by_outlet(company, horizon=13),
                    "You give customers 13 weeks to come back; the question gives them 26.",
                ),
                Mistake(
                    "percent for a fraction",
                    lambda company: 100 * _by_outlet(company),
                    "The values are right in percent; a share lies between 0 and 1.",
                    tolerance=0.05,
                ),
            ),
            hint="Sort the purchases before the cut by day and order_id, keep the last of each "
            "customer, look with isin() who bought again, and take the mean by outlet.",
        ),
        Question(
            "q2",
            "Of the boxes that ran on January 1, 2025, which share had the customer cancelled 26 "
            "weeks later?",
            "a share between 0 and 1. A box ran if it started before that day and had not ended "
            "before it; it was lost if it ended in the 26 weeks from that day on; it was cancelled "
            "by the customer unless the reason is 'payment failure'.",
            expected=_boxes,
            tolerance=0.0005,
            mistakes=(
                Mistake(
                    "payment failures are in it",
                    lambda company: _boxes(company, failures=True),
                    "A card that expired is no decision to leave, and another remedy helps.",
                ),
                Mistake(
                    "boxes that began later are in it",
                    lambda company: _boxes(company, later=True),
                    "They did not run on January 1, 2025: they enter neither above nor below the "
                    "line.",
                ),
                Mistake(
                    "you divide by every box that had started",
                    _boxes_by_start,
                    "Some had ended before January 1, 2025: they could not be lost after it.",
                ),
                Mistake(
                    "percent for a fraction",
                    lambda company: 100 * _boxes(company),
                    "The value is right in percent; a share lies between 0 and 1.",
                    tolerance=0.05,
                ),
            ),
            hint="An empty ended_date means that the box runs: ~(ended_date < day) is true for it.",
        ),
        Question(
            "q3",
            "How well does the simplest score rank churners: few purchases? Look at four cuts, 52, "
            "39, 26 and 13 weeks before today, with a window of 26 and a horizon of 13 weeks.",
            "a Series or table with one row per cut_date and the column auc: the AUC of 'the fewer "
            "purchases in the window, the higher the risk' at that cut.",
            expected=_honest_auc,
            key=("cut_date",),
            tolerance=0.0005,
            mistakes=(
                Mistake(
                    "the score is upside down",
                    lambda company: _honest_auc(company, sign=1),
                    "A score must be higher for those more likely to churn, and many purchases "
                    "mean that they stay. An AUC below .5 says: turn it around.",
                ),
                Mistake(
                    "the score knows the future",
                    lambda company: _honest_auc(company, until_today=True),
                    "You count purchases up to today, so whoever came back has more of them by "
                    "construction. Count those before the cut.",
                ),
            ),
            hint="churn.snapshots takes several cuts at once; go through them with groupby, and "
            "give churn.auc the purchases with a minus sign.",
        ),
        Question(
            "q4",
            "A coupon of €3 goes out by e-mail, which costs nothing. Whoever buys in the next 13 "
            "weeks uses it, also those who would have bought anyway. It brings back 25% of those "
            "who would not. From which risk on does it pay?",
            "a risk between 0 and 1. An order is worth 55% of the money kept per purchase, on "
            "average over the purchases of the last 52 weeks, less the coupon if it is used.",
            expected=_break_even,
            tolerance=0.0005,
            mistakes=(
                Mistake(
                    "the coupon costs the same whoever gets it",
                    lambda company: COUPON / (SUCCESS * _order_margin(company)),
                    "That is the rule for a card in the mail. A coupon costs only when it is used: "
                    "by the customers who buy anyway, and by those it brings back.",
                ),
                Mistake(
                    "those who come back pay the full price in your sum",
                    lambda company: COUPON / (COUPON + SUCCESS * _order_margin(company)),
                    "They use the coupon, too: a saved order is worth its margin less €3.",
                ),
                Mistake(
                    "percent for a fraction",
                    lambda company: 100 * _break_even(company),
                    "The value is right in percent; a risk lies between 0 and 1.",
                    tolerance=0.05,
                ),
                Mistake(
                    "revenue for margin",
                    lambda company: _break_even(company, margin_rate=1),
                    "The goods must be paid: of what a customer spends, 55% is left.",
                ),
            ),
            hint="With risk p a coupon earns p x 25% x (margin - 3) and costs (1 - p) x 3. For "
            "which p are the two equal?",
        ),
        Decision(
            "q5",
            "Who gets the coupon of question 4? Choose among the customers at risk today: those "
            "who bought in the last 26 weeks. It brings back 25% of those who are still customers "
            "and would not buy in the next 13 weeks, and nobody who has left.",
            "the customer_id of everyone who gets a coupon, as a list or a column.",
            value=_value,
            expected=_worth_a_coupon,
            known=lambda company: _at_risk(company)["customer_id"],
            mistakes=(
                Mistake(
                    "everybody gets a coupon",
                    lambda company: set(_at_risk(company)["customer_id"]),
                    "Most of them would have bought anyway: they take €3 off a purchase that was "
                    "coming.",
                ),
                Mistake(
                    "you choose those who have been silent for a quarter",
                    _longest_silent,
                    "Many of them have left, and among those who buy often you miss the ones who "
                    "are late. A model weighs silence and rhythm together.",
                ),
                Mistake(
                    "you choose the biggest spenders",
                    _biggest_spenders,
                    "They are worth keeping, but they are the least likely to stay away: nearly "
                    "all of them use the coupon on a purchase they would have made.",
                ),
            ),
            hint="Fit a model on the snapshots of past cuts, score today's with "
            "horizon_weeks=None, and take the risks above the answer of question 4.",
            good_enough=0.35,
        ),
    ),
)
