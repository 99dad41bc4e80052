"""What the company itself knows or could know: its books, its waits, the answers of its tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market import crm, service
from mktlab.market.advertising import known_share
from mktlab.market.observed.sales import days, labels
from mktlab.market.state import History, ledger
from mktlab.plan.costs import CAFES
from mktlab.plan.mix import BASE
from mktlab.resources import declared


def profit(history: History) -> pd.DataFrame:
    """The books, week by week."""
    scale, weeks = history.people.scale, history.weeks
    table = ledger(weeks, scale=scale)
    table.columns = [str(name).replace(" ", "_").replace("é", "e") for name in table]
    table.insert(0, "week", days(7 * np.arange(len(weeks))))
    expected = [week.books(scale=scale, expected=True)["profit"] for week in weeks]
    return table.assign(expected_profit=expected)


def queues(history: History) -> pd.DataFrame:
    """The cafés' waits, week by week."""
    week, cafe = np.indices((len(history.weeks), len(CAFES))).reshape(2, -1)
    sheets = [w.cafes for w in history.weeks]
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "zone": labels(tuple(CAFES), cafe),
            "utilization": np.concatenate([sheet.utilization for sheet in sheets]),
            "wait_minutes": np.concatenate([sheet.wait_minutes for sheet in sheets]),
            "walked_out": np.concatenate([sheet.walked_out for sheet in sheets]),
        }
    )


def operations(history: History) -> pd.DataFrame:
    """Parcels, requests, posts and awareness, week by week."""
    weeks = history.weeks
    return pd.DataFrame(
        {
            "week": days(7 * np.arange(len(weeks))),
            "late_share": [week.late_share for week in weeks],
            "backlog_weeks": [week.backlog_weeks for week in weeks],
            "posts_reach": [week.posts for week in weeks],
            "awareness": [known_share(week.awareness) for week in weeks],
        }
    )


ANSWERS = declared("market/truth/answers.toml")
"""Quantity -> its `unit`, and exactly what it `measures`."""


def answers(history: History) -> pd.DataFrame:
    """The true value of what the company's own tests measure."""
    opens = crm.open_chance(np.array(2 / 6))  # at the mean of Beta(2, 4)
    points = crm.LOYALTY_EFFECT * np.sqrt(BASE.promotion.loyalty_earn)
    values = {
        **_holdout(history),
        "newsletter_itt": opens * np.expm1(crm.EMAIL_EFFECT),
        "newsletter_opener": np.expm1(crm.EMAIL_EFFECT),
        "loyalty_members": np.expm1(points),
        "referred_death": crm.REFERRED_DEATH,
        "posts_visits": service.POSTS_EFFECT,
        **_offer(history),
    }
    return pd.DataFrame(
        {
            "quantity": list(values),
            "value": [float(value) for value in values.values()],
            "unit": [ANSWERS[name]["unit"] for name in values],
            "measures": [ANSWERS[name]["measures"] for name in values],
        }
    )


def _holdout(history: History) -> dict[str, float]:
    """Joining share of prospects, had all been shown social advertising, or none."""
    people, weeks = history.people, len(history.weeks)
    who = np.flatnonzero(~people.starts_as_customer & (people.arrives_week < weeks))
    hazard = np.cumsum([week.joining_rates for week in history.weeks], axis=0)
    hazard = np.concatenate([np.zeros((1, *hazard.shape[1:])), hazard])
    since, until = people.arrives_week[who], np.minimum(people.moves_week[who], weeks)
    kind = people.segment[who], people.zone[who]
    joined = 1 - np.exp(hazard[since, *kind] - hazard[until, *kind])
    shown, held_out = joined.mean(axis=0)
    return {
        "social_shown_joining": shown,
        "social_held_out_joining": held_out,
        "social_joining_lift": shown / held_out - 1,
    }


def _offer(history: History) -> dict[str, float]:
    test = next((w.retention for w in history.weeks if w.retention is not None), None)
    if test is None:
        return {}
    effect = test.chance_treated - test.chance_untreated
    return {
        "offer_effect": effect.mean(),
        "offer_untreated": test.chance_untreated.mean(),
        "offer_harmed": (effect > 0).mean(),
    }
