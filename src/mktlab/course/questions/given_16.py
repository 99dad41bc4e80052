"""What exercise 16 hands out: a day, a provider, the log with what followed, what may be chosen."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab import email
from mktlab.orders import purchases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mktlab.company import Company

DAYS = {"basket": 3, "birthday": 14, "welcome": 14, "win-back": 14}
FLOWS = tuple(DAYS)
GROUPS = ("last 13 weeks", "last 52 weeks", "longer ago")
MAILS = (0.0, 0.5, 1.0, 2.0)
CODES = dict(zip(GROUPS, ("recent", "year", "silent"), strict=True))
WORDS = dict(zip(MAILS, ("none", "half", "one", "two"), strict=True))
LIFT, LIMIT, LATE, YEARS = 0.02, 0.003, 8, 2


@lru_cache(maxsize=4)
def bought(company: Company) -> pd.DataFrame:
    """The purchases with their margin: kept revenue less goods."""
    orders, lines = purchases(company.orders), company.order_lines
    cost = company.products.set_index("product_id")["unit_cost"]
    goods = (lines["quantity"] * lines["product_id"].map(cost)).groupby(lines["order_id"]).sum()
    kept = orders["revenue"] - orders["refunded"]
    table = orders.assign(kept=kept, margin=kept - orders["order_id"].map(goods).fillna(0))
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


def name_of(group: str, mails: float) -> str:
    """One thing to choose: so many newsletters a week for a group."""
    return f"{CODES[group]}-{WORDS[mails]}"


@lru_cache(maxsize=4)
def options(company: Company) -> pd.DataFrame:
    """All that may be chosen: flows, and newsletters a week for each group."""
    rows: list[tuple[str, str, str, float]] = [(name, "flow", "", np.nan) for name in FLOWS]
    rows += [(name_of(g, m), "newsletter", g, m) for g in GROUPS for m in MAILS]
    return pd.DataFrame(rows, columns=["option", "kind", "group", "mails_per_week"])


@lru_cache(maxsize=4)
def groups(company: Company) -> pd.DataFrame:
    """Addresses that may be written to today, by when they last bought, and margin of the year."""
    told = email.may_write(
        company.consents, company.today, orders=company.orders, clicks=clicks(company)
    )
    who = told.loc[told["status"] == email.MAY, "customer_id"]
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


@lru_cache(maxsize=4)
def worth(company: Company) -> pd.Series[float]:
    """What each option earns in a year, in truth."""
    flows = company.truth.flows.set_index("flow")["profit_year"]
    told = company.truth.mail_pressure
    told = told[told["mails_per_week"].isin(MAILS)]
    names = [name_of(g, m) for g, m in zip(told["bought"], told["mails_per_week"], strict=True)]
    mails = pd.Series(told["net_margin"].to_numpy() / YEARS, index=names)
    whole: pd.Series[float] = pd.concat([flows, mails])
    return whole


def with_mails(flows: set[str], *mails: float) -> frozenset[str]:
    """A choice: these flows, and so many newsletters for each group."""
    chosen = zip(GROUPS, mails, strict=True)
    return frozenset(flows) | {name_of(group, number) for group, number in chosen}


@lru_cache(maxsize=4)
def best(company: Company) -> frozenset[str]:
    """The flows that earn, and for each group the newsletters that earn most."""
    values = worth(company)
    flows = {name for name in FLOWS if values[name] > 0}
    mails = [values[[name_of(group, m) for m in MAILS]].argmax() for group in GROUPS]
    return with_mails(flows, *(MAILS[place] for place in mails))


def given(company: Company) -> Mapping[str, Any]:
    """What the questions hand out."""
    return {
        "day": day(company),
        "clicks": clicks(company),
        "provider": provider(company),
        "log": log(company),
        "groups": groups(company),
        "lift": {mails: round(LIFT * mails**0.5, 4) for mails in MAILS},
        "cost": 0.008,
        "options": options(company),
    }
