"""What lesson 12 claims: the first quarter of a file is no cohort of new customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab.course.claims import Claim
from mktlab.orders import purchases
from mktlab.segmentation import cohorts

if TYPE_CHECKING:
    from mktlab.company import Company

YEAR = pd.Timedelta(weeks=52)


def people(company: Company) -> pd.DataFrame:
    """Who joined in the years of the file, 52 weeks ago or more, and whether left in a year."""
    truth: pd.DataFrame = company.truth.customers
    first = company.orders["order_date"].min()
    known = truth["joined_date"].between(first, company.today - YEAR)
    joined = truth[known & (truth["duplicate_of"] == "")]
    return joined.assign(left=joined["left_date"] < joined["joined_date"] + YEAR)


def newer_seem_to_stay_less(company: Company) -> bool:
    """At age 4 the first cohort buys more than the newest, and in truth newer people stay alike."""
    table = cohorts(company.orders, as_of=company.today)
    at_4 = table[(table["age"] == 4) & table["complete"]]
    share = (at_4["buyers"] / at_4["customers"]).to_numpy()
    joined = people(company)
    later = joined["joined_date"] >= company.orders["order_date"].min() + YEAR
    left = joined.groupby(later)["left"].mean()
    return bool(share[0] - share[-1] >= 0.08 and abs(left[True] - left[False]) <= 0.06)


def first_cohort_promises_too_much(company: Company) -> bool:
    """The year of a customer of the first quarter, against that of those who joined; and later."""
    bought = purchases(company.orders)
    bought = bought.assign(net=bought["revenue"] - bought["refunded"])
    first = bought.groupby("customer_id")["order_date"].transform("min")
    begins = bought["order_date"].min()
    year = bought[bought["order_date"] < first + YEAR].groupby("customer_id")["net"].sum()
    first = bought.groupby("customer_id")["order_date"].min()
    quarter = year[first < begins + pd.Timedelta(weeks=13)].mean()
    waited = year[(first >= begins + YEAR) & (first < company.today - YEAR)].mean()
    truth = company.truth.customers
    person = bought["customer_id"].map(truth.set_index("customer_id")["person_id"])
    joined = people(company).set_index("customer_id")
    theirs = bought.assign(joined=person.map(joined["joined_date"]), person=person)
    within = theirs[theirs["order_date"] < theirs["joined"] + YEAR]
    true = within["net"].sum() / len(joined)
    return bool(quarter >= 1.4 * true and abs(waited / true - 1) <= 0.15)


CLAIMS = (
    Claim(
        "A year later, the customers of the file's first quarter buy more often than those of a "
        "new one, by 8 points or more; in truth, of those who joined in the first and in the "
        "second year of the file, the same share left within a year, up to 6 points.",
        newer_seem_to_stay_less,
        at_least=16,
    ),
    Claim(
        "A customer of the file's first quarter brings 40% more in a year, or beyond, than one who "
        "joined; customers first seen after a year of the file tell that within 15%.",
        first_cohort_promises_too_much,
        at_least=16,
    ),
)
