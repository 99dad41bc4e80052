"""Where further mistakes in exercise 31 lead: for each question, answers by their name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mktlab import churn
from mktlab.course.given import forests_31 as forests
from mktlab.course.given import returns_31 as returns
from mktlab.course.given.lesson_31 import (
    HORIZON,
    MARGIN_RATE,
    WEEK,
    WEEKS,
    WINDOW,
    bought_in,
    churn_by_hand,
    latest_cut,
    recent_today,
    scored_today,
    snapshot,
    two_aucs,
)
from mktlab.course.given.lists_31 import COST

if TYPE_CHECKING:
    import pandas as pd

    from mktlab.company import Company

Lists = dict[str, list[Any]]


@lru_cache(maxsize=2)
def shares(company: Company) -> Lists:
    """Wrong answers to question 1."""
    rows, bought, cut = snapshot(company, HORIZON), bought_in(company), latest_cut(company)
    now, gone = recent_today(company), rows["churned"]
    lost, once = float(gone.sum()), rows["purchases"] == 1

    def after(weeks: int) -> float:
        """Churn with another horizon; one that reaches beyond today begins earlier."""
        day, start = bought["order_date"], min(cut, company.today - weeks * WEEK)
        before = bought[(day >= start - WINDOW * WEEK) & (day < start)]["customer_id"].unique()
        back = bought[(day >= start) & (day < start + weeks * WEEK)]["customer_id"]
        return float(1 - np.isin(before, back).mean())

    whole = [
        len(company.customers),
        bought["customer_id"].nunique(),
        len(bought),
        len(company.orders),
    ]
    return {
        "lesson_window": [churn_by_hand(bought, cut, window=n) for n in (38, 40, 65, 78, 104)],
        "other_horizon": [after(weeks) for weeks in (4, 6, 8, 12, 26, 39, 52)],
        "other_whole": [lost / n for n in whole],
        "silent": [
            *((now["recency_days"] > days).mean() for days in (91, 90, 56)),
            *((table["recency_days"] > 56).mean() for table in (rows, now)),
            *(once.mean(), gone[once].mean(), gone[~once].mean(), (now["purchases"] == 1).mean()),
        ],
        "purchases_counted": [
            np.average(gone, weights=rows["purchases"]),
            np.average(gone, weights=rows["recency_days"] + 1),
        ],
        "earlier_cut": [float(gone.mean() - snapshot(company, 26)["churned"].mean())],
    }


@lru_cache(maxsize=2)
def differences(company: Company) -> Lists:
    """Wrong answers to question 2."""
    few, silent = two_aucs(company)
    every = churn.snapshots(company, latest_cut(company), **WEEKS)
    lost, spent = every["churned"], -every["spend"]
    scores = -every["purchases"], every["recency_days"]
    pair = [churn.auc_difference(*scores, lost, level=level) for level in (0.9, 0.99, 0.68)]
    others = [
        churn.auc_difference(spent, scores[1], lost),
        churn.auc_difference(scores[0], spent, lost),
    ]
    found = churn.auc_difference(*scores, lost)
    return {
        "other_level": [level.low for level in pair],
        "other_column": [x for other in others for x in (other.low, other.difference, other.high)],
        "two_intervals": [few.high - silent.high, few.high - silent.low, silent.low - few.high],
        "one_auc": [
            *(few.low, few.high, silent.auc, silent.low, 1 - few.auc),
            *(silent.high, found.low / silent.auc, found.low / few.auc, 0.0, 0.5),
            *(churn.auc(scores[0] + scores[1], lost).auc, -scores[0].corr(lost.astype(float))),
            *(scores[0].corr(lost.astype(float)), scores[1].corr(lost.astype(float))),
        ],
        "width": [(found.high - found.low) / part for part in (2, 3.92)],
    }


@lru_cache(maxsize=2)
def aucs(company: Company) -> Lists:
    """Wrong answers to question 3."""
    rows, every = forests.rows_of(company), forests.every_4_weeks(company)
    drawn_known = rows.drawn[rows.drawn.index.isin(rows.known.index)]
    rest_now = rows.rest[rows.rest.index.isin(rows.judged.index)]
    first, last = (rows.known["cut_date"].agg(end) for end in ("min", "max"))
    pairs = [(rows.known, every), (rows.known, rows.rest), (drawn_known, rest_now)]
    pairs += [(rows.judged, rows.known), (rows.known, rows.known[rows.known["cut_date"] == last])]
    pairs += [(rows.known[rows.known["cut_date"] == first], rows.judged)]
    right = forests.auc_of_forest(rows.known, rows.judged).auc
    lost, shuffled = rows.judged["churned"], float(forests.shuffled(company).auc)
    return {
        "a_part_of_the_rows": [forests.auc_of_forest(*pair) for pair in pairs],
        "learned_the_test": [
            forests.auc_of_forest(rows.drawn, every),
            forests.auc_of_forest(every, every),
        ],
        "another_score": [churn.auc(-rows.judged[c], lost).auc for c in ("purchases", "spend")],
        "chance_to_stay": [2 * right - 1, 0.5],
        "yes_or_no": [lost.mean(), 1 - lost.mean()],
        "shuffled": [shuffled - right, right - shuffled],
    }


@lru_cache(maxsize=2)
def years(company: Company) -> Lists:
    """Wrong answers to question 4."""
    money, again = returns.mean_return(company, 91)
    bought, table = bought_in(company), snapshot(company, 26)
    returned = table.loc[(table["recency_days"] > 91) & ~table["churned"], "customer_id"]
    day, then, cut = bought["order_date"], company.today - 26 * WEEK, latest_cut(company)

    def spent(start: Any, end: Any) -> pd.Series[Any]:
        part = bought[(day >= start) & (day < end)].groupby("customer_id")["net"].sum()
        return returned.map(part)

    def year(sum_: float, share: float = again, discount: float = 0.025, periods: int = 3) -> float:
        margin = MARGIN_RATE * sum_
        rest = churn.residual_value(margin, retention=share, discount=discount, periods=periods)
        return float(margin + rest)

    each, ever = spent(then, cut), spent(day.min(), company.today)
    late = snapshot(company, HORIZON)
    later = late.loc[(late["recency_days"] > 91) & ~late["churned"], "customer_id"]
    since = later.map(bought[day >= cut].groupby("customer_id")["net"].sum()).mean()
    half = float(spent(then, company.today).mean())
    gone = float(table["churned"].mean())
    stay = [returns.mean_return(company, -1)[1], 1 - gone, gone, 1 - again, 0.999999]
    return {
        "lesson_weeks": [year(*returns.mean_return(company, n)) for n in (182, 120, 100, 75, 60)],
        "other_quarters": [year(money, periods=n) for n in (5, 8, 12, 13, 52)],
        "no_discount": [year(money, discount=d) for d in (0.025 / 4, 0.1038, 0.05, 0.25 / 4)],
        "retention_of_all": [year(money, share) for share in stay],
        "first_quarter_alone": [money, 4 * MARGIN_RATE * money - 3, money - MARGIN_RATE * money],
        "added_up": [
            4 * MARGIN_RATE * money,
            MARGIN_RATE * money / (1 - again),
            4 * money,
            3 * MARGIN_RATE * money,
            money * (1 + 3 * again),
        ],
        "no_mean": [
            year(each.sum()),
            year(each.median()),
            len(returned),
            each.sum(),
            each.median(),
        ],
        "one_order": [
            bought["net"].mean(),
            MARGIN_RATE * bought.loc[(day >= then) & (day < cut), "net"].mean(),
        ],
        "revenue": [year(money) * 0.45 / MARGIN_RATE],
        "second_quarter_too": [
            *(year(since), year(float(ever.mean())), MARGIN_RATE * half, 2 * MARGIN_RATE * half),
            *(half, year(half / 2), float(ever.mean())),
        ],
        "parcel": [year(money) - COST],
        "lesson_window": [MARGIN_RATE * returns.mean_return(company, 56, window=26)[0]],
        "first_quarter_missing": [year(money) - 2 * MARGIN_RATE * money],
    }


@lru_cache(maxsize=2)
def parcels(company: Company) -> Lists:
    """Lists of customers by one column, of every length, and by a few conditions."""
    table, lesson = scored_today(company), scored_today(company, 26)
    known, cut = table["customer_id"], snapshot(company, HORIZON)
    sizes = np.unique(np.geomspace(40, len(table), 70).astype(int))

    def ranked(by: pd.Series[Any], rows: pd.DataFrame = table) -> list[set[str]]:
        ids = rows.loc[by.sort_values(ascending=False, kind="stable").index, "customer_id"]
        return [set(ids.iloc[:n]) for n in sizes if n <= len(ids)]

    risk, silence, alone = table["risk"], table["recency_days"], table["purchases"] == 1
    here = cut[cut["customer_id"].isin(known)]
    return {
        "riskiest": ranked(risk) + ranked(lesson["risk"], lesson),
        "safest": ranked(-risk),
        "silent": ranked(silence) + ranked(lesson["recency_days"], lesson),
        "bought_last": ranked(-silence),
        "spend": ranked(table["spend"]) + ranked(table["purchases"]) + ranked(-table["spend"]),
        "tenure": ranked(table["tenure_weeks"]) + ranked(-table["tenure_weeks"]),
        "one_order": ranked(risk * table["spend"]),
        "few_purchases": [set(known[alone & (silence > days)]) for days in (28, 56, 91, 182)],
        "in_order": ranked(-table["customer_id"].rank()),
        "at_the_cut": [
            set(here.loc[here["churned"] == lost, "customer_id"]) for lost in (True, False)
        ],
        "nobody": [set(), {str(known.iloc[0])}],
        "middle": [
            set(known[risk.between(a, b)])
            for a, b in ((0.3, 0.6), (0.4, 0.7), (0.3, 0.7), (0.2, 0.5), (0.5, 0.8), (0.4, 0.6))
        ],
    }
