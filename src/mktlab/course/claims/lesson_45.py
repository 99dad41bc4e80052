"""What lesson 45 claims: few answer for all, small zones mislead, an average is no plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from mktlab.course.claims import Claim
from mktlab.orders import purchases
from mktlab.satisfaction import response_weights, shrink

if TYPE_CHECKING:
    from mktlab.company import Company

KNOWN = ["orders", "revenue", "recency_days", "late", "asked", "zone", "loyalty_member"]


def answers(company: Company) -> pd.DataFrame:
    """The answers of the last 52 weeks with what each adds to the score, and the zone."""
    told = company.survey_responses
    told = told[told["responded_date"] >= company.today - pd.Timedelta(weeks=52)]
    points = 100.0 * (told["nps"] >= 9) - 100.0 * (told["nps"] <= 6)
    zones = company.customers[["customer_id", "zone"]]
    return told.assign(points=points).merge(zones, on="customer_id", how="left")


def customers(company: Company) -> pd.DataFrame:
    """A row per buyer of the last 52 weeks: what is known of each, and whether she answered."""
    since = company.today - pd.Timedelta(weeks=52)
    bought = purchases(company.orders)
    bought = bought[bought["order_date"] >= since]
    late = bought["delivered_date"] > bought["promised_date"]
    people = (
        bought.assign(late=late)
        .groupby("customer_id")
        .agg(
            orders=("order_id", "size"),
            revenue=("revenue", "sum"),
            last=("order_date", "max"),
            late=("late", "any"),
        )
    )
    tickets = company.tickets
    asked = tickets.loc[tickets["opened_at"].dt.tz_localize(None) >= since, "customer_id"]
    points = answers(company).groupby("customer_id")["points"].mean()
    people = people.join(company.customers.set_index("customer_id")[["zone", "loyalty_member"]])
    return people.assign(
        recency_days=(company.today - people["last"]).dt.days,
        asked=people.index.isin(asked),
        points=points,
        answered=lambda p: p["points"].notna(),
    )


def weights_mend_little(company: Company) -> bool:
    """The score of who answers is over 4 points too high; weights mend less than half of that."""
    told = float(answers(company)["points"].mean())
    people = customers(company)
    spoke = people[people["answered"]]
    weighted = np.average(spoke["points"], weights=response_weights(people, "answered", KNOWN))
    waves = company.truth.nps.tail(4)
    true = np.average(waves["nps"], weights=waves["asked"] * waves["answers"])
    return bool(told - true > 4 and weighted - true > (told - true) / 2)


def zones(company: Company) -> pd.DataFrame:
    """Each zone's score with its error, clustered by person, and its customers' true score."""
    rows = {}
    for zone, told in answers(company).groupby("zone"):
        apart = told["points"] - told["points"].mean()
        each = apart.groupby(told["customer_id"]).sum()
        error = np.sqrt((each**2).sum() * len(each) / (len(each) - 1)) / len(told)
        rows[zone] = (len(told), told["points"].mean(), error)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["answers", "nps", "error"])
    known = company.truth.parameters
    truth = company.truth.customers[["customer_id", "satisfaction", "status"]]
    truth = truth.merge(company.customers[["customer_id", "zone"]], on="customer_id")
    truth = truth[truth["status"] != "gone"]
    center = truth["satisfaction"] + known["answer_above"]
    promoters = norm.sf((8.5 - center) / known["answer_spread"])
    detractors = norm.cdf((6.5 - center) / known["answer_spread"])
    truth = truth.assign(true=100 * (promoters - detractors))
    return table.assign(true=truth.groupby("zone")["true"].mean())


def shrunken_zones_are_nearer(company: Company) -> bool:
    """Seen from their mean, shrunken scores are off by a fifth less than measured ones, or more."""
    found = shrink(zones(company), value="nps", error="error")
    off = found[["nps", "shrunk"]].sub(found["true"], axis=0)
    far = (off - off.mean()).abs().mean()
    return bool(far["shrunk"] <= 0.8 * far["nps"])


def _gained(company: Company, **levers: Any) -> tuple[float, float]:
    """What a year with these levers adds: points of the true score, and profit."""
    from mktlab import market
    from mktlab.plan import Plan

    known = company.truth.parameters
    plan = Plan.baseline().but(budget=600_000).but(**levers)
    season = market.start(plan, seed=known["seed"], people=known["people"]).advance(52)
    report = season.report().set_index("kpi")
    books = season.pnl().set_index("account")["expected_difference"]
    return float((report["value"] - report["baseline"])["nps"]), float(books["profit"])


def the_worst_average_is_the_wrong_step(company: Company) -> bool:
    """Help has the worst average; money spent there loses, and does a third of what coffee does."""
    told, helped = company.survey_responses, company.ticket_answers
    ratings = told[["quality", "value", "delivery", "service", "ambience"]].mean()
    ease = 10 * (float(helped["effort"].mean()) - 1) / 6
    help_points, help_profit = _gained(company, people={"support_hours": 21.7})
    coffee_points, _ = _gained(company, product={"quality": 0.8})
    return bool(
        ease < ratings.min() and help_profit < 0 and 3 * max(help_points, 0) < coffee_points
    )


CLAIMS = (
    Claim(
        "Those who answer give a score more than 4 points above that of all customers, and weights "
        "by what is known of everybody mend less than half of it.",
        weights_mend_little,
        at_least=18,
    ),
    Claim(
        "Moved towards their mean, the scores of the zones lie a fifth nearer to the truth, or "
        "more.",
        shrunken_zones_are_nearer,
        at_least=16,
    ),
    Claim(
        "Asking for help has the worst average of all steps; a year's money spent there loses, and "
        "does less than a third for the score of what it does for the coffee.",
        the_worst_average_is_the_wrong_step,
        at_least=18,
    ),
)
