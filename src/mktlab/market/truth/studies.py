"""What surveys, studies and tests are about, as it is: scores of all, worths, lifts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.demand import net_promoters
from mktlab.market.observed import experiments, studies, surveys
from mktlab.market.observed.sales import days
from mktlab.market.state import History

_NPS = ("nps", "nps_of_respondents", "satisfaction", "asked", "answers")


def nps(history: History) -> pd.DataFrame:
    """The quarterly score of all, and of those who answer."""
    rows = []
    for number, week in enumerate(history.weeks):
        if week.satisfaction is None or week.customers is None or not week.customers.any():
            continue
        felt = week.satisfaction[week.customers].astype(float)
        answers = surveys.response_chance(felt)
        score = 100 * net_promoters(felt)
        rows.append(
            {
                "day": 7 * number,
                "nps": score.mean(),
                "nps_of_respondents": np.average(score, weights=answers),
                "satisfaction": felt.mean(),
                "asked": len(felt),
                "answers": answers.mean(),
            }
        )
    table = pd.DataFrame(rows, columns=["day", *_NPS])
    table.insert(0, "week", days(table.pop("day").to_numpy(dtype=np.int64)))
    return table


def drivers(history: History) -> pd.DataFrame:
    """The weights behind satisfaction."""
    return pd.DataFrame({"rating": list(surveys.DRIVERS), "weight": list(surveys.DRIVERS.values())})


def comments(history: History) -> pd.DataFrame:
    """The subjects behind what people write to the survey."""
    return surveys.comment_topics(history)


def respondents(history: History) -> pd.DataFrame:
    """The worths behind the choice study."""
    return studies.part_worths(history.seed)


def willingness(history: History) -> pd.DataFrame:
    """The worths behind the price survey."""
    return studies.willingness(history.seed)


def lifts(history: History) -> pd.DataFrame:
    """The lifts behind the tests that are over."""
    table = experiments.lifts(history.seed)
    over = table["first_week"] + table["weeks"] <= len(history.weeks)
    return table[over].reset_index(drop=True)
