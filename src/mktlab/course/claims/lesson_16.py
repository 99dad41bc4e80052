"""What lesson 16 claims: orders after a mail mislead, a holdout pays, a mean hides a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab.course.claims import Claim
from mktlab.course.questions.given_16 import log
from mktlab.recommendation import extra

if TYPE_CHECKING:
    from mktlab.company import Company


def most_orders_lose_money(company: Company) -> bool:
    """The flow with the most orders after its mails costs more than it brings, in truth."""
    rows = log(company)
    first = str(rows[~rows["held_out"]].groupby("flow")["orders"].mean().idxmax())
    return bool(company.truth.flows.set_index("flow")["profit_year"][first] < 0)


def holdout_earns_more(company: Company) -> bool:
    """On are the flows whose holdout says that they bring more than they cost: better than all."""
    found = extra(log(company), "net", by="flow")["extra"]
    worth = company.truth.flows.set_index("flow")["profit_year"]
    return bool(worth[found.index[found > 0]].sum() > worth.sum() + 1_000)


def half_a_year_hides_a_provider(company: Company) -> bool:
    """One provider's complaints are above 0.3% in the last 8 weeks, and below it over the year."""
    letters = company.mail_delivery.query("mailing == 'newsletter'")
    late = letters[letters["week"] > letters["week"].max() - pd.Timedelta(weeks=8)]

    def rates(rows: pd.DataFrame) -> pd.Series[float]:
        sums = rows.groupby("domain")[["complaints", "delivered"]].sum()
        return sums["complaints"] / sums["delivered"]

    return bool(rates(late).max() > 0.003 > rates(letters).max())


CLAIMS = (
    Claim(
        "The flow with the most orders after its mails loses money.",
        most_orders_lose_money,
        at_least=18,
    ),
    Claim(
        "Keeping the flows whose holdout says that they pay earns at least €1,000 a year more than "
        "keeping all.",
        holdout_earns_more,
        at_least=16,
    ),
    Claim(
        "One provider's complaints exceed 0.3% in the last 8 weeks, and the mean of the year hides "
        "it.",
        half_a_year_hides_a_provider,
        at_least=16,
    ),
)
