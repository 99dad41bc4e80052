"""What lesson 42 claims: a total hides its parts, robots point at the wrong step, places sell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab.course.claims import Claim
from mktlab.journeys import STEPS, funnel

if TYPE_CHECKING:
    from mktlab.company import Company

TOP = 8


def of_people(sessions: pd.DataFrame) -> pd.DataFrame:
    """The visits without those of visitors who made ten or more, each of one page."""
    pages = sessions.groupby("visitor_id")["pages"]
    robots = (pages.transform("size") >= 10) & (pages.transform("max") == 1)
    return sessions[~robots]


def a_total_hides_its_parts(company: Company) -> bool:
    """Each device converts better in the last two weeks than in the first two, all of them less."""
    people = of_people(company.sessions)
    day = people["started_at"].dt.tz_localize(None).dt.normalize()
    early = people[day < day.min() + pd.Timedelta(weeks=2)]
    late = people[day > day.max() - pd.Timedelta(weeks=2)]
    before, after = (part.groupby("device")["purchased"].mean() for part in (early, late))
    total = late["purchased"].mean() - early["purchased"].mean()
    return bool((after > before).all() and total < 0)


def promised(sessions: pd.DataFrame) -> dict[str, tuple[str, float]]:
    """By step: the worse device, and how many purchases more half of its gap would bring."""
    table = funnel(sessions, by="device").set_index("device")
    bought = table["purchased"].to_dict()
    found = {}
    for step, rates in table.div(table.shift(axis=1))[list(STEPS)].to_dict().items():
        worse, best = min(rates, key=lambda d: rates[d]), max(rates.values())
        found[str(step)] = (str(worse), float(bought[worse] * (best / rates[worse] - 1) / 2))
    return found


def robots_point_at_the_wrong_step(company: Company) -> bool:
    """With robots in, the gap that promises most is one that, in truth, is turned around."""
    found = promised(company.sessions)
    step = max(found, key=lambda name: found[name][1])
    names = dict(zip(STEPS, ("views", "adds_to_cart", "begins_checkout", "purchases"), strict=True))
    truth = company.truth.sessions.query("device != 'all'")
    true_rates = truth.groupby("device")[names[step]].mean()
    return bool(true_rates.idxmin() != found[step][0])


def places_sell(company: Company) -> bool:
    """Eight products chosen on days of drawn order are clicked more than eight by usual clicks."""
    interest = company.truth.listings.set_index("product_id")["interest"]
    looked_at = company.truth.listing_places["looked_at"].to_numpy()[:TOP]

    def clicks(drawn: bool) -> float:
        shown = company.listings[company.listings["order_drawn"] == drawn]
        sums = shown.groupby("product_id")[["clicks", "views"]].sum()
        best = (sums["clicks"] / sums["views"]).nlargest(TOP).index
        return float((interest[best].to_numpy() * looked_at).sum())

    return clicks(drawn=True) > clicks(drawn=False)


CLAIMS = (
    Claim(
        "From the first two weeks to the last two, people buy more often on each device, and less "
        "often in total.",
        a_total_hides_its_parts,
        at_least=18,
    ),
    Claim(
        "With robots in, the step that promises most is one at which the device that looks worse "
        "is the better one.",
        robots_point_at_the_wrong_step,
        at_least=16,
    ),
    Claim(
        "The first eight places bring more clicks if days of drawn order fill them than if usual "
        "clicks do.",
        places_sell,
        at_least=16,
    ),
)
