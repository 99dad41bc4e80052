"""What lesson 15 claims: more is not better, most news is noise, liking fills the first axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab import market_study
from mktlab.course.claims import Claim
from mktlab.market.rivals import OURS

if TYPE_CHECKING:
    from mktlab.company import Company

BY = ["age", "sex", "zone"]
ATTRIBUTES = ["taste", "value", "sustainability", "convenience", "gifts", "service"]


def bought_last(company: Company, table: str) -> market_study.Share:
    """The weighted share who bought last from us, by one of the surveys."""
    survey = company.tables[table]
    survey = survey.drop_duplicates([name for name in survey if name != "respondent_id"])
    weights = market_study.rake(survey, company.population, BY)
    return market_study.weighted_share(survey["last_brand"] == OURS, weights)


def more_is_not_better(company: Company) -> bool:
    """Weighted alike, the readers' share is farther from the census; its interval is sure of it."""
    census = company.truth.market_study.set_index(["question", "answer"])["all"]
    true = float(census["last_brand", OURS])
    quota, readers = (bought_last(company, f"{name}_survey") for name in ("market", "newsletter"))
    farther = abs(readers.value - true) > abs(quota.value - true)
    return bool(farther and not readers.low <= true <= readers.high)


def changes(company: Company) -> pd.DataFrame:
    """Each brand's sales in a quarter and a year before, relative, and in standard errors."""
    panel = company.market_panel.sort_values(["brand", "quarter"])
    before = panel.groupby("brand")[["sales", "sales_error"]].shift(4)
    gap = panel["sales"] - before["sales"]
    errors = np.sqrt(panel["sales_error"] ** 2 + before["sales_error"] ** 2)
    return panel.assign(change=gap / before["sales"], z=gap / errors).dropna(subset="z")


def most_news_is_noise(company: Company) -> bool:
    """Of changes of 10% or more, at least half lie within two standard errors."""
    table = changes(company)
    news = table[table["change"].abs() >= 0.1]
    return bool((news["z"].abs() < 1.96).mean() >= 0.5)


def liking_fills_the_first_axis(company: Company) -> bool:
    """All attributes point to one side of the first axis of the ratings as they are."""
    from sklearn.decomposition import PCA

    said = company.brand_ratings[ATTRIBUTES].to_numpy(float)
    axis = PCA(1).fit(said).components_[0]
    return bool((axis > 0).all() or (axis < 0).all())


CLAIMS = (
    Claim(
        "Weighted alike, the newsletter's 2,500 answers to 'bought last from us' lie farther from "
        "the census than the quota sample's 600, and their interval does not hold it.",
        more_is_not_better,
        at_least=18,
    ),
    Claim(
        "Of the quarters in which a brand sold 10% more or less than a year before, by the panel, "
        "at least half lie within sampling noise.",
        most_news_is_noise,
        at_least=16,
    ),
    Claim(
        "In ratings as they are, all attributes point to one side of the first axis: who likes a "
        "brand likes all of it.",
        liking_fills_the_first_axis,
        at_least=18,
    ),
)
