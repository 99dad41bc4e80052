"""What lesson 32 claims: clicks are no effect, risk is no uplift, and lapses are no euros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mktlab.course.claims import Claim
from mktlab.course.questions.given_32 import effect, first, gain, lists, today
from mktlab.show.words import say

if TYPE_CHECKING:
    from mktlab.company import Company

LETTERS, COST = 500, 1.2


def clicks_double(company: Company) -> bool:
    """Those who clicked, beside those without the offer, seem changed twice as much or more."""
    drawn, truth = company.retention_campaign, company.truth.customers
    without = drawn.loc[~drawn["treated"], "lapsed"].mean()
    clicked = drawn.loc[drawn["clicked_offer"], "lapsed"].mean()
    true = (truth["offer_chance_untreated"] - truth["offer_chance_treated"]).mean()
    return bool(without - clicked >= 2 * true)


def _earned(company: Company) -> dict[str, float]:
    euros = gain(company)
    chosen = lists(today(company), LETTERS)
    return {name: float(euros[list(who)].sum()) - COST * LETTERS for name, who in chosen.items()}


def risk_saves_few(company: Company) -> bool:
    """The highest risks are saved less than half as often as those whom the offer changes most."""
    rows, change = today(company), effect(company)
    rows = rows.assign(true=rows["customer_id"].map(change))
    saved = {name: change[list(first(rows, name, LETTERS))].sum() for name in ("risk", "true")}
    return bool(saved["risk"] < saved["true"] / 2)


def risk_loses_and_margin_earns(company: Company) -> bool:
    """Letters to the highest risks cost more than they bring; to the highest margins, less."""
    earned = _earned(company)
    return earned["risk"] < 0 < earned["margin"]


def learned_uplift_earns_less(company: Company) -> bool:
    """A list by learned uplift earns less than one by the margin of the last year."""
    earned = _earned(company)
    return earned["uplift"] < earned["margin"]


CLAIMS = (
    Claim(
        say(
            "Those who clicked, compared with those without the offer, make it look twice as good "
            "as it is, or better."
        ),
        clicks_double,
        at_least=18,
    ),
    Claim(
        say(
            "Among the 500 customers with the highest risk the offer saves fewer than half of what "
            "it saves among the 500 whom it changes most."
        ),
        risk_saves_few,
        at_least=18,
    ),
    Claim(
        say(
            "500 letters to the highest risks lose money, and to the highest margins of the last "
            "year they earn."
        ),
        risk_loses_and_margin_earns,
        at_least=16,
    ),
    Claim(
        say(
            "A list by the uplift that was learned from the test earns less than one by the margin "
            "of the last year."
        ),
        learned_uplift_earns_less,
        at_least=16,
    ),
)
