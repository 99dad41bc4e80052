"""What is so of mails: what each flow brings, how many newsletters are too many, who complains.

`flows` plays the last year again without each flow. `pressure` asks the market's own forecast of
each customer (`customers.expect`) for other numbers of newsletters a week.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mktlab.market import crm
from mktlab.market.flows import FLOWS, SENT, listed
from mktlab.market.observed import mail
from mktlab.market.observed.flow_emails import triggers
from mktlab.market.observed.sales import bought, days, labels
from mktlab.market.profit import REVENUE
from mktlab.market.state import NEVER, History
from mktlab.market.truth.counterfactual import Rewind, Year
from mktlab.market.truth.customers import expect, outlook
from mktlab.plan.costs import EMAIL_ROUND

GROUPS = ("recent", "quiet", "silent")
GROUP_DAYS = (91, 364)
"""Days since the last purchase, at most, of the first two groups."""
MAILS = (0.0, 0.5, 1.0, 2.0, 3.0)  # a week
AHEAD = 104  # weeks


def flows(rewind: Rewind) -> pd.DataFrame:
    """What each flow brings: the last year without it, played again."""
    told = triggers(rewind.history, weeks=len(rewind.year.weeks))
    counts = np.bincount(told.flow, minlength=len(FLOWS))
    year, rows = rewind.year, []
    for (name, flow), fired in zip(FLOWS.items(), counts, strict=True):
        off = rewind.play({}, flows_off=(name,))
        added = _orders(year) - _orders(off)
        goods = [float(y.accounts[[REVENUE[0], "goods"]].to_numpy().sum()) for y in (year, off)]
        spared = float(off.accounts["flow_vouchers"].sum())
        per = 1_000 / max(SENT * fired, 1)
        without = per * added / (flow.ratio - 1)
        rows.append(
            {
                "flow": name,
                "triggers": fired,
                "orders_without": without,
                "orders_with": without * flow.ratio,
                "extra_orders": per * added,
                "extra_margin": per * (goods[0] - goods[1]),
                "vouchers": per * spared,
                "net_margin": per * (goods[0] - goods[1] - spared),
                "opted_out": 1_000 * flow.opts_out,
                "profit_year": year.profit - off.profit,
            }
        )
    return pd.DataFrame(rows)


def _orders(year: Year) -> float:
    return float(sum(week.expected.orders.sum() for week in year.weeks))


def pressure(rewind: Rewind) -> pd.DataFrame:
    """What newsletters bring in two years, and the addresses that they cost, by group."""
    history = rewind.history
    today = 7 * len(history.weeks)
    who = np.flatnonzero(listed(history, today))
    orders, _ = bought(history)
    last = np.full(len(history.people), -(10**6))
    np.maximum.at(last, orders.person[~orders.cancelled], orders.day[~orders.cancelled])
    group = np.searchsorted(GROUP_DAYS, today - last[who])
    ahead = outlook(history, weeks=AHEAD)
    cost = EMAIL_ROUND * history.people.scale / max(len(who), 1)  # of a mail to one address
    rows = []
    for mails in MAILS:
        mix = ahead.mixes[0]
        mix = replace(mix, promotion=replace(mix.promotion, emails_per_week=mails))
        found = expect(history, who, replace(ahead, mixes=(mix,) * AHEAD), horizons=(AHEAD,))
        margin = np.bincount(group, weights=found[AHEAD].margin, minlength=len(GROUPS))
        stays = 1 - crm.unsubscribe_chance(mix)
        size = np.bincount(group, minlength=len(GROUPS))
        rows.append(
            pd.DataFrame(
                {
                    "group": labels(GROUPS, np.arange(len(GROUPS))),
                    "mails_per_week": mails,
                    "addresses": size,
                    "lost_in_a_year": size * (1 - stays**52),
                    "margin": margin,
                    "mail_cost": cost * mails * size * (stays ** np.arange(AHEAD)).sum(),
                }
            )
        )
    table = pd.concat(rows).sort_values(["group", "mails_per_week"], ignore_index=True)
    without = table.groupby("group")["margin"].transform("first")
    return table.assign(extra_margin=table["margin"] - without).assign(
        net_margin=lambda t: t["extra_margin"] - t["mail_cost"]
    )


def delivery(history: History) -> pd.DataFrame:
    """Chance that a newsletter brings a complaint, by provider: as usual, and since when more."""
    bad = np.arange(len(mail.DOMAINS)) == mail.bad_domain(history.seed)
    since = days(np.where(bad, 7 * mail.BAD_SINCE, NEVER))
    return pd.DataFrame(
        {
            "domain": pd.array(mail.DOMAINS, dtype="str"),
            "complaints": mail.COMPLAINS,
            "complaints_now": np.where(bad, mail.BAD_COMPLAINS, mail.COMPLAINS),
            "soft_bounces_now": np.where(bad, mail.BAD_SOFT, mail.SOFT),
            "since": since,
        }
    )
