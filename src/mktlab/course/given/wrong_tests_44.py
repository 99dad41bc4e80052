"""Where mistakes in questions 3 and 4 of exercise 44 lead, by the name of the mistake."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import attribution
from mktlab.course.given import lesson_44 as given_44
from mktlab.course.given.lesson_44 import QUARTER, credit, kept, lists, sales_by, tests
from mktlab.course.given.wrong_44 import Lists, finite
from mktlab.orders import purchases

if TYPE_CHECKING:
    from mktlab.company import Company

WEEK = pd.Timedelta(weeks=1)


@lru_cache(maxsize=2)
def factors(company: Company) -> Lists:
    """Wrong answers to question 3."""
    hand, ads, found_by = given_44.given(company), company.ad_spend, tests(company)
    asked, model, row = hand["tested"], hand["model"], tests(company).loc[hand["tested"]]
    since = company.touchpoints["touched_at"].min().tz_localize(None)
    mine, late = ads["channel"] == asked, ads["week"] >= since
    spent, credits = float(ads.loc[mine & late, "spend"].sum()), credit(company, model=model)
    credited, per = float(credits[asked]) / spent, float(row["per_euro"])
    right, value = per / credited, float(purchases(company.orders)["revenue"].mean())
    claims = ads["claimed_conversions"]
    starts = [company.today - n * WEEK for n in (4, 12, 13, 25, 26, 27, 39, 52, 104)]
    by_weeks = [ads.loc[mine & (ads["week"] >= start), "spend"].sum() for start in starts]
    money = given_44.geo_test(ads, sales_by(company, "revenue")).set_index("channel")["per_euro"][
        asked
    ]
    orders = given_44.geo_test(ads, sales_by(company, all_orders=True)).set_index("channel")
    platform = [
        float(claims[some].sum() / ads.loc[some, "spend"].sum()) for some in (mine & late, mine)
    ]
    others = []
    for name in found_by.index:
        other = float(found_by["per_euro"][name])
        cost = float(ads.loc[(ads["channel"] == name) & late, "spend"].sum())
        if name != asked:
            others += [
                other / credited,
                other,
                *([other * cost / credits[name]] if credits.get(name) else []),
            ]
    models = [name for name in attribution.MODELS if name != model]
    found = {
        "all_weeks": [per / (credits[asked] / cost) for cost in by_weeks if cost],
        "all_channels": [
            *(
                per / (credits[asked] / ads["spend"].sum()),
                per / (credits.sum() / ads.loc[late, "spend"].sum()),
            ),
            *(per / (credits.sum() / spent), per / (credits.sum() / ads["spend"].sum())),
        ],
        "other_model": [per / (credit(company, model=name)[asked] / spent) for name in models],
        "end": [
            *(row[name] / credited for name in ("error", "low", "high", "lost")),
            *(
                row[name]
                for name in row.index[1:]
                if isinstance(row[name], float) and name != "per_euro"
            ),
            row.get("waves", 2),
        ],
        "not_divided": [
            *(
                1 / per,
                1 / credited,
                spent,
                per * spent,
                right * credits[asked],
                credits[asked] / credits.sum(),
            ),
            *(
                per / (credits[asked] / credits.sum()),
                per / credits[asked],
                per * credited,
                credited / spent,
            ),
        ],
        "compared": [
            per - credited,
            credited - per,
            right - 1,
            1 - right,
            np.log(right),
            np.sqrt(right),
            right**2,
            1 / right - 1,
        ],
        "euros_over_orders": [
            *(
                right * value,
                right / value,
                money / credited,
                money / (credited * value),
                money,
                money / (credited * kept(company)),
            ),
            *(0.55 * right, per * value, credited * value, 0.55 * per * value),
        ],
        "all_orders": [orders["per_euro"][asked] / credited, orders["per_euro"][asked]],
        "claimed": [
            *(per / share for share in platform),
            *(credited / share for share in platform),
            *platform,
            *(share / per for share in platform),
        ],
        "other_channel": others,
    }
    return finite(found)


@lru_cache(maxsize=2)
def costs(company: Company) -> Lists:
    """Wrong answers to question 4."""
    hand, table = given_44.given(company), company.audiences
    asked, today = hand["audience"], company.today
    late = table[table["week"] >= today - QUARTER * WEEK]
    sums = lists(company)
    row = sums.loc[asked]
    cost, shown, out, added = (float(row[name]) for name in ("cost", "shown", "left_out", "added"))
    groups = late[late["audience"] == asked].groupby("held_out")
    people, revenue = groups["people"].mean(), groups["revenue"].sum()
    scale, anyway = people[False] / people[True], shown - added
    more = revenue[False] - revenue[True] * scale
    weeks = late[late["audience"] == asked].pivot_table(
        index="week", columns="held_out", values=["conversions", "cost"]
    )
    weekly = weeks["conversions"][False] - weeks["conversions"][True] * scale
    paid, rates = weeks["cost"][False], (shown / people[False], out / people[True])
    right, every = cost / added, lists(company, 1000).loc[asked]
    periods = [lists(company, n).loc[asked] for n in (1, 2, 4, 8, 12, 14, 16, 26, 39, 52)]
    before = every - row
    all_lists = late[~late["held_out"]]
    together = late.groupby("held_out")["people"].sum()
    pooled = sums["shown"].sum() - sums["left_out"].sum() * together[False] / together[True]
    others = sums.drop(asked)
    with np.errstate(all="ignore"):
        each = (paid / weekly).replace([np.inf, -np.inf], np.nan)
    found = {
        "all_orders": [cost / anyway, cost / (shown + anyway)],
        "all_weeks": [
            part["cost"] / part["added"] for part in (*periods, before, every) if part["added"]
        ],
        "whole_cost": [
            cost / QUARTER,
            cost / people[False],
            cost / groups["people"].sum()[False],
            52 / QUARTER * cost,
        ],
        "not_scaled": [
            cost / (scaled - left)
            for scaled, left in (
                (shown / scale, out),
                (shown, out * 10),
                (shown, out * 9),
                (shown, out / 10),
            )
            if scaled != left
        ],
        "turned": [added, anyway, shown, out, shown - out, added / QUARTER],
        "revenue": [
            *(
                cost / more,
                more / cost,
                revenue[False] / cost,
                cost / revenue[False],
                more / added,
                more,
            ),
            *(
                revenue[False] / shown,
                0.55 * more - cost,
                0.55 * more / cost,
                (revenue[False] - cost) / shown,
            ),
        ],
        "rates": [
            *(
                rates[0] - rates[1],
                rates[0] / rates[1] - 1,
                rates[0] / rates[1],
                added / shown,
                anyway / shown,
                *rates,
            ),
            *(cost / (rates[0] - rates[1]), cost / (rates[0] / rates[1] - 1), cost / rates[0]),
        ],
        "week_by_week": [
            each.mean(),
            each.sum(),
            each.median(),
            cost / weekly.clip(lower=0).sum(),
            right / QUARTER,
            right * QUARTER,
            paid.mean() / added,
        ],
        "another_list": [*(others["cost"] / others["added"]), *(others["cost"] / others["shown"])],
        "all_lists": [
            *(
                sums["cost"].sum() / pooled,
                all_lists["cost"].sum() / all_lists["conversions"].sum(),
            ),
            *(
                (sums["cost"] / sums["added"]).mean(),
                cost / sums["added"].sum(),
                sums["cost"].sum() / added,
            ),
        ],
    }
    whole = lists(company, 1000)
    found["all_lists"].append(whole["cost"].sum() / whole["added"].sum())
    size = table.groupby("held_out")["people"].sum()
    found["all_lists"].append(
        whole["cost"].sum()
        / (whole["shown"].sum() - whole["left_out"].sum() * size[False] / size[True])
    )
    return finite(found)
