"""What exercise 16 hands out: a day, a provider, the log with what followed, what may be chosen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import email
from mktlab.course.questions.given_choice_16 import GROUPS, MAILS, options
from mktlab.orders import margins

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

DAYS = {"basket": 3, "birthday": 14, "welcome": 14, "win-back": 14}
LIFT, LATE = 0.02, 8


@lru_cache(maxsize=4)
def bought(company: Company) -> pd.DataFrame:
    """The purchases with their margin: kept revenue less goods."""
    table = margins(company.orders, company.order_lines, company.products)
    return table[["customer_id", "order_date", "kept", "margin"]]


@lru_cache(maxsize=4)
def log(company: Company) -> pd.DataFrame:
    """The log of the flows with orders in time, their margin, and the margin less vouchers."""
    table = email.after(company.flow_emails, bought(company), DAYS)
    return table.assign(net=table["margin"] - table["voucher_used"])


def clicks(company: Company, column: str = "clicked") -> pd.DataFrame:
    """Mails of both logs that were clicked, with their day."""
    news, flows = company.emails, company.flow_emails
    sent = news.loc[news[column], ["customer_id", "sent_at"]]
    days = sent.assign(date=sent["sent_at"].dt.tz_localize(None).dt.normalize())
    both = [days[["customer_id", "date"]], flows.loc[flows[column], ["customer_id", "date"]]]
    return pd.concat(both, ignore_index=True)


def day(company: Company) -> pd.Timestamp:
    return company.today + pd.Timedelta(weeks=26)


@lru_cache(maxsize=4)
def late_rates(company: Company) -> pd.DataFrame:
    """The newsletter's delivery in the last weeks, by provider."""
    told = company.mail_delivery.query("mailing == 'newsletter'")
    told = told[told["week"] > told["week"].max() - pd.Timedelta(weeks=LATE)]
    sums: pd.DataFrame = told.groupby("domain")[
        ["sent", "delivered", "soft_bounced", "complaints"]
    ].sum()
    return sums


def provider(company: Company) -> str:
    """The one whose users complain most."""
    rows = late_rates(company)
    return str((rows["complaints"] / rows["delivered"]).idxmax())


@lru_cache(maxsize=4)
def groups(company: Company) -> pd.DataFrame:
    """Addresses that may be written to today, by when they last bought, and margin of the year."""
    told = email.may_write(
        company.consents, company.today, orders=company.orders, clicks=clicks(company)
    )
    who = told.loc[told["status"] == email.ALLOWED, "customer_id"]
    orders = bought(company)
    last = orders.groupby("customer_id")["order_date"].max().reindex(who)
    since = (company.today - last).dt.days.fillna(10**4)
    year = orders[orders["order_date"] >= company.today - pd.Timedelta(weeks=52)]
    margin = year.groupby("customer_id")["margin"].sum().reindex(who, fill_value=0)
    table = pd.DataFrame(
        {"group": np.array(GROUPS, dtype=object)[np.searchsorted((91, 364), since)]}
    )
    table = table.assign(margin=margin.to_numpy())
    found = table.groupby("group")["margin"].agg(addresses="size", margin_year="mean")
    whole: Any = found.reindex(GROUPS, fill_value=0).round(2).rename_axis("group")
    return pd.DataFrame(whole)


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {
        "day": day(company),
        "clicks": clicks(company),
        "provider": provider(company),
        "log": log(company),
        "groups": groups(company),
        "lift": pd.Series({mails: round(LIFT * mails**0.5, 4) for mails in MAILS if mails}),
        "cost": 0.008,
        "options": options(),
    }
