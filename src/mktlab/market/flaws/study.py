"""Defects of the market study: careless answers, answers given twice, a year taken for a month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.flaws.log import Flaw, Tables, logged, lot
from mktlab.market.observed.sales import numbered
from mktlab.market.rivals import ATTRIBUTES

SPEEDERS = 0.05  # of the respondents who rate
TWICE = 0.03  # of the newsletter's answers
A_YEAR = 0.03  # of the market survey's answers


def speeders(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some respondents of the market survey say 4 of every brand and attribute, to be done."""
    told = tables["brand_ratings"]
    names = told["respondent_id"].unique()
    some = names[lot(seed, "speeders", len(names))[: round(SPEEDERS * len(names))]]
    hit, said = told["respondent_id"].isin(some), [*ATTRIBUTES]
    after = told.assign(**{name: told[name].mask(hit, 4) for name in said})
    rows = told[hit]
    was = ["/".join(map(str, row)) for row in rows[said].to_numpy().tolist()]
    keys = rows["respondent_id"] + "/" + rows["brand"]
    return {"brand_ratings": after}, logged("brand_ratings", keys, "speeders", "fours", was)


def answered_twice(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some readers answer the newsletter's survey twice, for two chances to win the prize."""
    told = tables["newsletter_survey"]
    some = lot(seed, "answered_twice", len(told))[: round(TWICE * len(told))]
    again = told.iloc[np.sort(some)]
    ids = numbered("N", len(told) + 1 + np.arange(len(again)), 4)
    rows = again.assign(respondent_id=ids.to_numpy())
    log = logged("newsletter_survey", ids, "answered_twice", "repeated", again["respondent_id"])
    after = pd.concat([told, rows], ignore_index=True) if len(rows) else told
    return {"newsletter_survey": after}, log


def year_for_month(tables: Tables, seed: int) -> tuple[Tables, pd.DataFrame]:
    """Some respondents of the market survey say what they spend in a year, not in a month."""
    told = tables["market_survey"]
    some = lot(seed, "year_for_month", len(told))[: round(A_YEAR * len(told))]
    hit = told.index.isin(some) & (told["spend_month"] > 0)
    after = told.assign(spend_month=told["spend_month"].mask(hit, 12 * told["spend_month"]))
    was = told.loc[hit, "spend_month"].map("{:.2f}".format)
    keys = told.loc[hit, "respondent_id"]
    log = logged("market_survey", keys, "year_for_month", "yearly", was)
    return {"market_survey": after}, log


STUDY_FLAWS: dict[str, Flaw] = {
    "speeders": speeders,
    "answered_twice": answered_twice,
    "year_for_month": year_for_month,
}
"""Name -> flaw."""
