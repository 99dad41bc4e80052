"""Where mistakes in questions 1 and 2 of exercise 44 lead, by the name of the mistake."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.course.given import lesson_44 as given_44
from mktlab.course.given.lesson_44 import credit, kept, nearness, paths
from mktlab.orders import purchases
from mktlab.plan.mix import CHANNELS

if TYPE_CHECKING:
    from mktlab.company import Company

WEEK = pd.Timedelta(weeks=1)
Lists = dict[str, list[Any]]


def finite(found: Lists) -> Lists:
    """Each list without what is divided by nothing."""
    return {k: [float(x) for x in listed if np.isfinite(x)] for k, listed in found.items()}


def ends(rows: pd.DataFrame, keep: Any = "last", by: str = "path_id") -> pd.Series[Any]:
    """The channel of the last contact of each path, or of the first."""
    return rows.drop_duplicates(by, keep=keep)["channel"]


@lru_cache(maxsize=2)
def last_clicks(company: Company) -> Lists:
    """Wrong answers to question 1."""
    rows, asked = paths(company), given_44.given(company)["channel"]
    bought, touches, ads = rows[rows["conversions"] == 1], company.touchpoints, company.ad_spend
    last, alone = ends(bought), ~bought["path_id"].duplicated(keep=False)
    mine, n = float((last == asked).sum()), len(last)
    ordered, by_time = touches.dropna(subset=["order_id"]), touches.sort_values("touched_at")
    led = bought[bought["channel"] != "direct"]

    def on_path(some: pd.DataFrame) -> float:
        return float((some["channel"] == asked).groupby(some["path_id"]).any().mean())

    spent = ads.groupby("channel")[["spend", "clicks", "impressions", "claimed_conversions"]].sum()
    money = [*(spent.loc[asked] / spent.sum()), 1 / last.nunique(), 1 / len(CHANNELS)]
    money.append(given_44.today()[asked] / given_44.today().sum())
    found = {
        "spread": [float(credit(company, model="shapley")[asked] / n)],
        "contacts": [(rows_["channel"] == asked).mean() for rows_ in (ordered, led)],
        "all_paths": [
            *((part == asked).mean() for part in (ends(rows, "first"), touches["channel"])),
            *((ends(by_time, keep, "visitor_id") == asked).mean() for keep in ("first", "last")),
            *((touches.dropna(subset=["customer_id"])["channel"] == asked).mean(), on_path(rows)),
            mine / rows["path_id"].nunique(),
        ],
        "of_paid": [
            mine / (last != "direct").sum(),
            (bought.loc[bought["channel"].isin(CHANNELS), "channel"] == asked).mean(),
        ],
        "any_contact": [
            *(on_path(bought) - mine / n, (bought.loc[alone, "channel"] == asked).mean()),
            (ends(bought[~alone]) == asked).mean(),
        ],
        "other_orders": [mine / (n - mine), mine / len(purchases(company.orders))],
        "converts": [mine / part["channel"].eq(asked).sum() for part in (rows, bought)],
        "direct_left_out": [(ends(led) == asked).mean(), (ends(led) == asked).sum() / n],
        "other_channel": [(last == name).mean() for name in last.unique() if name != asked],
        "no_orders": money,
    }
    return finite(found)


@lru_cache(maxsize=2)
def decays(company: Company) -> Lists:
    """Wrong answers to question 2."""
    rows, hand = nearness(company), given_44.given(company)
    asked, half = hand["channel"], hand["half_life"]
    days, mine, every = rows["days_before"], rows["channel"] == asked, paths(company)

    def shared(raw: pd.Series[Any], some: pd.DataFrame = rows) -> float:
        part = raw / raw.groupby(some["path_id"]).transform("sum")
        return float(part[some["channel"] == asked].sum())

    def decay(some: pd.DataFrame) -> pd.Series[Any]:
        return 0.5 ** (some["days_before"] / half)

    lives = {
        1.0,
        1.5,
        2.0,
        2.5,
        3.0,
        3.5,
        4.0,
        5.0,
        6.0,
        8.0,
        10.0,
        12.0,
        20.0,
        21.0,
        28.0,
        60.0,
        90.0,
    }
    lives |= {
        24 * half,
        half / 24,
        half * half,
        half / 2,
        1 / half,
        7 * half,
        half / 7,
        14.0,
        30.0,
        half + 1,
        half - 1,
    }
    place = rows.groupby("path_id").cumcount()
    back = rows.groupby("path_id").cumcount(ascending=False)
    right = credit(company, model="decay", half_life=half)
    last, weeks = float((ends(rows) == asked).sum()), (days.max() / 7, 26, 13, 52)
    early = rows[rows["path_id"].duplicated(keep="last")]
    parts = [early, rows[rows["channel"] != "direct"], rows[rows["channel"].isin(CHANNELS)]]
    parts += [rows[days > 0], rows[rows["path_id"].duplicated(keep=False)]]
    order = float(purchases(company.orders)["revenue"].mean())
    found = {
        "another_half_life": [
            credit(company, model="decay", half_life=x)[asked] for x in lives if x not in (half, 0)
        ],
        "e_folding": [
            shared(np.exp(-days * half)),
            shared(1 / (1 + days)),
            shared((31 - days).clip(lower=0)),
        ],
        "turned": [shared(2 ** (days / half)), shared(0.5**place)],
        "by_place": [shared(0.5**back), shared(0.5 ** (back / half)), shared(1 / (1 + back))],
        "whole_days": [
            shared(0.5 ** (np.floor(days) / half)),
            shared(0.5 ** (np.ceil(days) / half)),
        ],
        "other_model": [credit(company, model="shapley")[asked]],
        "other_channel": [*right.drop(asked)],
        "counted": [
            mine.sum(),
            mine.groupby(rows["path_id"]).any().sum(),
            len(rows),
            (every["channel"] == asked).sum(),
        ],
        "all_together": [
            right.sum(),
            right.mean(),
            right[right.index.isin(CHANNELS)].sum(),
            right.median(),
        ],
        "all_paths": [
            shared(decay(every), every),
            float((decay(every) * every["weight"])[every["channel"] == asked].sum()),
        ],
        "per_week": [x for n in weeks for x in (right[asked] / n, 52 * right[asked] / n)],
        "compared": [
            right[asked] - last,
            right[asked] / last,
            last - right[asked],
            100 * right[asked] / last - 100,
        ],
        "contacts_left_out": [shared(decay(some), some) for some in parts],
        "euros": [right[asked] * order, right[asked] * kept(company), order],
        "share": [
            right[asked] / right[right.index.isin(CHANNELS)].sum(),
            100 * right[asked] / right.sum(),
        ],
    }
    weighted = (
        decay(every) * every["weight"] / decay(every).groupby(every["path_id"]).transform("sum")
    )
    found["all_paths"].append(float(weighted[every["channel"] == asked].sum()))
    return finite(found)
