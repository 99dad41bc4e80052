"""The questions of lesson 16: who may be written to, complaints, flows, pressure, what stays on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mktlab import email
from mktlab.course.checking.sheet import Sheet
from mktlab.course.questions.given_16 import (
    LATE,
    clicks,
    day,
    given,
    late_rates,
    log,
    provider,
)
from mktlab.course.questions.given_choice_16 import (
    MAILS,
    alike,
    amiss,
    best,
    flows_of,
    guesses,
    options,
    read,
    subsets,
    with_mails,
    worth,
)
from mktlab.orders import purchases
from mktlab.recommendation import extra

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mktlab.company import Company

ENOUGH = 0.94
sheet = Sheet("16_email", given=given, late=LATE, enough=ENOUGH)


@sheet.number(tolerance=0.5)
def may_write_on(
    company: Company,
    when: str = "day",
    orders: bool = True,
    acted: str = "clicked",
    years: int = 3,
    status: str = email.ALLOWED,
) -> float:
    date = {"day": day(company), "today": company.today}[when]
    told = email.may_write(
        company.consents,
        date,
        orders=company.orders if orders else None,
        clicks=clicks(company, acted) if acted else None,
        years=years,
    )
    return float((told["status"] == status).sum())


may_write_on.mistake("today", when="today")
may_write_on.mistake("openings", acted="opened")
may_write_on.mistake("no_orders", orders=False)
may_write_on.also("no_orders", {"orders": False, "acted": "opened"})
may_write_on.mistake("no_clicks", acted="")
may_write_on.mistake("consent_alone", orders=False, acted="")
may_write_on.mistake("other_years", years=2)
may_write_on.also("other_years", {"years": 1})
may_write_on.mistake("no_years", lambda c: c.consents["ended_date"].isna().sum())
may_write_on.mistake("the_file", lambda c: c.customers["email_opt_in"].sum())
may_write_on.mistake("all_consents", lambda c: len(c.consents))
may_write_on.mistake("may_not", status=email.EXPIRED)


may_write_on.also("today", {"when": "today", "acted": ""}, {"when": "today", "orders": False})
may_write_on.also("today", {"when": "today", "orders": False, "acted": ""})


@may_write_on.also("no_orders")
def _purchases(company: Company) -> list[float]:
    """Orders that were kept alone: a cancelled one is an action, too."""
    some = purchases(company.orders)
    told = email.may_write(company.consents, day(company), orders=some, clicks=clicks(company))
    return [float((told["status"] == email.ALLOWED).sum())]


@may_write_on.also("consent_alone")
def _young(company: Company) -> list[float]:
    """Consents of the last three years, ended ones too."""
    dates = company.consents["consent_date"]
    ends = (day(company), company.today)
    return [float((dates >= end - pd.DateOffset(years=3)).sum()) for end in ends]


@may_write_on.also("no_clicks")
def _one_log(company: Company) -> list[float]:
    """Clicks of one log alone."""
    found, both = [], clicks(company)
    size = int(company.emails["clicked"].sum())  # those of newsletters come first
    for some in (both[:size], both[size:]):
        told = email.may_write(company.consents, day(company), orders=company.orders, clicks=some)
        found.append(float((told["status"] == email.ALLOWED).sum()))
    return found


@may_write_on.also("the_file")
def _of_people(company: Company) -> list[float]:
    """Dead addresses that nobody withdrew; all customers."""
    told = company.consents
    return [float((told["end_reason"] != "unsubscribed").sum()), float(len(company.customers))]


@may_write_on.also("may_not")
def _others(company: Company) -> list[float]:
    alive = company.consents["ended_date"].isna().sum()
    return [
        float(len(company.consents) - may_write_on(company)),
        float(alive - may_write_on(company)),
    ]


@sheet.number(tolerance=0.005)
def complaints(
    company: Company, weeks: int = LATE, of: str = "delivered", what: str = "complaints"
) -> float:
    told = company.mail_delivery.query("mailing == 'newsletter'")
    told = told[told["domain"] == provider(company)]
    told = told[told["week"] > told["week"].max() - pd.Timedelta(weeks=weeks)]
    return 1_000 * float(told[what].sum() / told[of].sum())


complaints.mistake("whole_year", weeks=1_000)
complaints.mistake("other_weeks", weeks=4)
complaints.also(
    "other_weeks", {"weeks": 1}, {"weeks": 13}, {"weeks": 7}, {"weeks": 9}, {"weeks": 26}
)
complaints.mistake("of_sent", of="sent")
complaints.mistake("bounces", what="soft_bounced")
complaints.also("bounces", {"what": "hard_bounced"}, {"what": "soft_bounced", "of": "sent"})


@complaints.mistake("all_providers")
def _everywhere(company: Company) -> float:
    rows = late_rates(company)
    return 1_000 * float(rows["complaints"].sum() / rows["delivered"].sum())


@complaints.also("all_providers")
def _means(company: Company) -> list[float]:
    rows = late_rates(company)
    told = company.mail_delivery.query("mailing == 'newsletter'")
    each = rows["complaints"] / rows["delivered"]
    everything = company.mail_delivery
    means = [t["complaints"].sum() / t["delivered"].sum() for t in (told, everything)]
    others = each.drop(provider(company))
    return [1_000 * float(rate) for rate in (*means, each.mean(), *others)]


complaints.mistake("percent", lambda c: complaints(c) / 10)
complaints.mistake("a_count", lambda c: late_rates(c).loc[provider(c), "complaints"])


@complaints.also("of_sent")
def _all_mailings(company: Company) -> list[float]:
    """The mean of weekly rates; all mailings."""
    told = company.mail_delivery
    told = told[told["domain"] == provider(company)]
    told = told[told["week"] > told["week"].max() - pd.Timedelta(weeks=LATE)]
    sums = told[["complaints", "delivered", "sent"]].sum()
    rows = told[told["mailing"] == "newsletter"]
    weekly = float((rows["complaints"] / rows["delivered"]).mean())
    return [
        1_000 * weekly,
        *(1_000 * sums["complaints"] / sums[of] for of in ("sent", "delivered")),
    ]


@sheet.table(key="flow", digits=0)
def brings(
    company: Company, outcome: str = "net", column: str = "extra", per: int = 1_000
) -> pd.Series[float]:
    found: pd.Series[float] = extra(log(company), outcome, by="flow", per=per)[column]
    return found.rename("extra")


brings.mistake("after", column="shown")
brings.also(
    "after", {"column": "shown", "outcome": "margin"}, {"column": "shown", "outcome": "kept"}
)
brings.mistake("held_out", column="held_out")
brings.also("held_out", {"column": "held_out", "outcome": "margin"})
brings.mistake("no_vouchers", outcome="margin")
brings.mistake("revenue", outcome="kept")
brings.mistake("counts", outcome="orders")
brings.also("counts", {"outcome": "orders", "column": "shown"}, {"outcome": "orders", "per": 1})
brings.mistake("ends", column="low")
brings.also("ends", {"column": "high"})
brings.mistake("other_thousand", per=100)
brings.also("other_thousand", {"per": 1})


@brings.mistake("openers")
def _openers(company: Company) -> pd.Series[float]:
    """Who opened less who did not, of those who got it."""
    sent = log(company).query("not held_out")
    sides = sent.groupby(["flow", "opened"])["net"].mean().unstack()
    return (1_000 * (sides[True] - sides[False])).rename("extra")


@brings.also("openers")
def _clickers(company: Company) -> list[pd.Series[float]]:
    sent, held = log(company).query("not held_out"), log(company).query("held_out")
    without = held.groupby("flow")["net"].mean()
    found = [sent[sent[c]].groupby("flow")["net"].mean() - without for c in ("opened", "clicked")]
    sides = sent.groupby(["flow", "clicked"])["net"].mean().unstack()
    return [(1_000 * f).rename("extra") for f in (*found, sides[True] - sides[False])]


@brings.mistake("totals")
def _totals(company: Company) -> pd.Series[float]:
    sums = log(company).groupby(["flow", "held_out"])["net"].sum().unstack()
    return (sums[False] - sums[True]).rename("extra")


@brings.also("totals")
def _sums(company: Company) -> list[pd.Series[float]]:
    sums = log(company).groupby(["flow", "held_out"])["net"].sum().unstack()
    mean = 1_000 * log(company).groupby("flow")["net"].mean()
    return [found.rename("extra") for found in (sums[False], sums.sum(axis=1), mean)]


brings.mistake("vouchers", outcome="voucher_used")
brings.also("counts", {"outcome": "clicked"}, {"outcome": "opened"})


@brings.mistake("relative")
def _relative(company: Company) -> pd.Series[float]:
    found = extra(log(company), "net", by="flow")
    return (100 * found["extra"] / found["held_out"]).rename("extra")


@brings.also("relative")
def _ratios(company: Company) -> list[pd.Series[float]]:
    found = extra(log(company), "net", by="flow")
    return [(found["shown"] / found["held_out"]).rename("extra"), _relative(company) / 100]


def _left(company: Company) -> pd.Series[float]:
    return company.pressure_test.groupby("mails_per_week")["unsubscribed"].mean()


@sheet.number(tolerance=0.05)
def lost_more(company: Company, more: float = 2.0, less: float = 1.0, per: int = 1_000) -> float:
    rates = _left(company)
    return per * float(rates[more] - rates[less])


lost_more.mistake("other_arms", less=0.5)
lost_more.also("other_arms", {"more": 1.0, "less": 0.5})
lost_more.mistake("not_the_difference", lambda c: 1_000 * _left(c)[2.0])
lost_more.also("not_the_difference")(
    lambda c: [1_000 * part for part in (*_left(c), c.pressure_test["unsubscribed"].mean())]
)
lost_more.mistake("per_week", per=1_000 / 26)
lost_more.mistake("ratio", lambda c: _left(c)[2.0] / _left(c)[1.0])
lost_more.also("ratio")(lambda c: [k * (_left(c)[2.0] / _left(c)[1.0] - 1) for k in (1, 100)])
lost_more.mistake("percent", lambda c: lost_more(c) / 10)


@lost_more.mistake("counts")
def _counts(company: Company) -> float:
    sums = company.pressure_test.groupby("mails_per_week")["unsubscribed"].sum()
    return float(sums[2.0] - sums[1.0])


@lost_more.also("counts")
def _sums_left(company: Company) -> list[float]:
    sums = company.pressure_test.groupby("mails_per_week")["unsubscribed"].sum()
    of_all = 1_000 * (sums[2.0] - sums[1.0]) / len(company.pressure_test)
    return [float(n) for n in (sums[2.0], sums[2.0] - sums[0.5], sums.sum(), of_all)]


@sheet.decision(
    best=best,
    choices=lambda company: options()["option"],
    reads=read,
    alike=alike,
    amiss=amiss,
    guesses=guesses,
    good_enough=ENOUGH,
)
def stays_on(company: Company, ids: Iterable[str]) -> float:
    return float(worth(company)[sorted(ids)].sum())


for _name in ("most_orders", "all_on", "all_off", "one_that_costs", "one_missing"):
    stays_on.mistake(_name, lambda c, kind=_name: subsets(c, kind)[0])
    if not _name.startswith("all_"):  # these are one choice each
        stays_on.also(_name)(lambda c, kind=_name: subsets(c, kind)[1:])


@stays_on.mistake("as_many_for_all")
def _none_for_all(company: Company) -> frozenset[str]:
    return with_mails(flows_of(best(company)), 0, 0, 0)


@stays_on.also("as_many_for_all")
def _as_many(company: Company) -> list[frozenset[str]]:
    """The same for all groups, where that is no good decision here."""
    right = best(company)
    enough = ENOUGH * stays_on(company, right)
    made = [with_mails(flows_of(right), m, m, m) for m in MAILS]
    return [choice for choice in made if stays_on(company, choice) < enough]
