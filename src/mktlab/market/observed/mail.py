"""Who may be written to, what became of the mails, and a test of how many a week are too many.

`consents`: since when each address, and how that ended; `mail_delivery`: what the providers of
mailboxes did; `pressure_test`: half a newsletter, one or two a week. They only observe.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market import crm
from mktlab.market.draws import Floats, Ints, binomials, choices, uniforms
from mktlab.market.flows import FLOWS, listed
from mktlab.market.observed.flow_emails import flow_emails
from mktlab.market.observed.sales import (
    bought,
    customer_ids,
    days,
    ever_customers,
    labels,
)
from mktlab.market.state import NEVER, History
from mktlab.market.world import CHANNELS

SOURCES = ("checkout", "card", "contest")
CONTEST = 0.15  # of those who were customers before the market's start
DOMAINS = ("gmail", "outlook", "orange", "yahoo", "free", "other")
_DOMAIN_SHARES = (0.40, 0.17, 0.16, 0.15, 0.07, 0.05)
MAILINGS = ("newsletter", *FLOWS)
DELIVERY_WEEKS = 52
COMPLAINS, SOFT = 0.0006, 0.006  # of the newsletters delivered, and of those sent
BAD_SINCE, BAD_COMPLAINS, BAD_SOFT = 148, 0.0065, 0.12  # from this week on, at one provider
TEST_WEEK, TEST_LASTS = 104, 26
ARMS: Floats = np.array([0.5, 1.0, 2.0])  # mails a week
ARM_SHARES: Floats = np.array([0.6, 0.2, 0.2])
"""So that, over all arms, as many leave the list as with one mail a week for all."""
_YEARLY_ORDERS = 0.73  # of order rate times weeks, of customers on the list


def domains(history: History) -> Ints:
    """Provider of each person's mailbox."""
    lot = uniforms(history.seed, "mailbox", len(history.people))
    return choices(lot, np.tile(_DOMAIN_SHARES, (len(lot), 1)))


def bad_domain(seed: int) -> int:
    """The provider that complains more from `BAD_SINCE` on."""
    return 1 + int(3 * uniforms(seed, "bad_mailbox", 1)[0])


def consents(history: History) -> pd.DataFrame:
    """Everybody who ever agreed to be written to.

    A hard bounce, the address is dead, is no withdrawal: the opt-in of the customer file stays.
    """
    people, state = history.people, history.state
    who = ever_customers(history)
    who = who[people.email_opt_in[who]]
    lot = uniforms(history.seed, "consent", 2 * len(people)).reshape(-1, 2)[who]
    joined, walked_in = state.joined_day[who], CHANNELS.index("walk-in")
    later = (joined < 0) & (lot[:, 0] < CONTEST)
    agreed = np.where(later, joined + (lot[:, 1] * -joined).astype(np.int64), joined)
    source = np.where(later, 2, people.channel[who] == walked_in)
    left = state.unsubscribed_day[who]
    left = np.where(left == NEVER, NEVER, left - 1)  # the Sunday of the week
    dead = np.where(state.left_day[who] == NEVER, NEVER, state.left_day[who] + 1)
    ended = np.minimum(left, dead)
    why = np.where(left <= dead, 0, 1)
    today = 7 * len(history.weeks)
    ended = np.where(ended < today, ended, NEVER)
    reason = labels(("unsubscribed", "hard_bounce"), why).mask(ended == NEVER)
    return pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "consent_date": days(agreed),
            "source": labels(SOURCES, source),
            "domain": labels(DOMAINS, domains(history)[who]),
            "ended_date": days(ended),
            "end_reason": reason,
        }
    )


def _sent(history: History) -> Ints:
    """Mails sent and hard bounces: (weeks, domains, mailings, 2), of the last year."""
    people, state, domain = history.people, history.state, domains(history)
    last, first = len(history.weeks), max(len(history.weeks) - DELIVERY_WEEKS, 0)
    count = np.zeros((last - first, len(DOMAINS), len(MAILINGS), 2), dtype=np.int64)
    for week in range(first, last):
        mail = crm.newsletter(history.seed, week, people, state, history.weeks[week].mix)
        ready = people.email_opt_in & (state.joined_day < 7 * week)
        dead = ready & (state.left_day == 7 * week) & (state.unsubscribed_day > 7 * week)
        for place, some in enumerate((mail.sent | dead, dead)):
            count[week - first, :, 0, place] = np.bincount(domain[some], minlength=len(DOMAINS))
    told = flow_emails(history)
    told = told[~told["held_out"]]
    person = told["customer_id"].str[1:].astype("int64").to_numpy() - 1
    row = (told["date"] - days(np.array([0]))[0]).dt.days.to_numpy() // 7 - first
    flow = 1 + np.searchsorted(np.array(list(FLOWS)), told["flow"].to_numpy(dtype=str))
    now = row >= 0
    np.add.at(count[..., 0], (row[now], domain[person[now]], flow[now]), 1)
    return count


def mail_delivery(history: History) -> pd.DataFrame:
    """What the providers did with the mailings of the last year, week by week.

    They count complaints and never say whose.
    """
    count = _sent(history)
    first = len(history.weeks) - len(count)
    week, domain, mailing = (a.ravel() for a in np.indices(count.shape[:3]))
    sent, hard = count.reshape(-1, 2).T
    size = len(DOMAINS) * len(MAILINGS) * 2
    weeks = range(first, first + len(count))
    luck = np.concatenate([uniforms(history.seed, "delivery", size, week=w) for w in weeks])
    luck = luck.reshape(-1, 2)
    bad = (domain == bad_domain(history.seed)) & (first + week >= BAD_SINCE)
    usual = np.array([COMPLAINS, *(flow.complains for flow in FLOWS.values())])[mailing]
    soft = binomials(luck[:, 0], sent - hard, np.where(bad, BAD_SOFT, SOFT))
    delivered = sent - hard - soft
    rate = np.where(bad, np.maximum(BAD_COMPLAINS, usual), usual)
    table = pd.DataFrame(
        {
            "week": days(7 * (first + week)),
            "domain": labels(DOMAINS, domain),
            "mailing": labels(MAILINGS, mailing),
            "sent": sent,
            "delivered": delivered,
            "hard_bounced": hard,
            "soft_bounced": soft,
            "complaints": binomials(luck[:, 1], delivered, rate),
        }
    )
    return table[table["sent"] > 0].reset_index(drop=True)


def pressure_test(history: History) -> pd.DataFrame | None:
    """The test of half a mail, one or two a week, once it is over.

    Who got how many is drawn given who left the list and who ordered (Bayes' rule).
    """
    if len(history.weeks) < TEST_WEEK + TEST_LASTS:
        return None
    people, state, day = history.people, history.state, 7 * TEST_WEEK
    who = np.flatnonzero(listed(history, day))
    end = day + 7 * TEST_LASTS
    gone = state.unsubscribed_day[who] <= end
    over = np.minimum(np.minimum(state.unsubscribed_day, state.left_day)[who], end)
    weeks = (over - day) // 7 - gone
    orders, _ = bought(history)
    inside = ~orders.cancelled & (orders.day >= day) & (orders.day < end)
    count = np.bincount(orders.person[inside], minlength=len(people))[who]
    leaves = crm.UNSUBSCRIBE * (1 - crm.EMAIL_HOLDOUT) * ARMS**1.6
    opens = (1 - crm.EMAIL_HOLDOUT) * crm.open_chance(people.email_taste[who])[:, None]
    lift = 1 + opens * np.expm1(crm.EMAIL_EFFECT * np.sqrt(ARMS))
    lift = lift / (1 + opens * np.expm1(crm.EMAIL_EFFECT))
    expected = _YEARLY_ORDERS * TEST_LASTS * people.order_rate[who][:, None]
    odds = ARM_SHARES * (1 - leaves) ** weeks[:, None] * np.where(gone[:, None], leaves, 1)
    odds = odds * lift ** count[:, None] * np.exp(-expected * (lift - 1))
    arm = choices(uniforms(history.seed, "pressure_test", len(people))[who], odds)
    return pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "started_date": days(np.full(len(who), day)),
            "mails_per_week": ARMS[arm],
            "unsubscribed": gone,
        }
    )
