"""What service leaves behind: requests to customer service, and the cafés' weekly sheet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import uniforms
from mktlab.market.observed.relations import instants
from mktlab.market.observed.sales import customer_ids, days, labels, numbered
from mktlab.market.state import History
from mktlab.market.world import OUTLETS
from mktlab.plan.costs import CAFES, OPENING_HOURS

TOPICS = ("late parcel", "damaged parcel", "product", "invoice", "loyalty points")
_HOUR = 3_600


def _asked(history: History) -> pd.DataFrame:
    """Requests that came by today, in seconds from the start: all of them will be settled."""
    person, day, topic, opened, closed = [], [], [], [], []
    for number, week in enumerate(history.weeks):
        orders = week.orders
        asks = np.flatnonzero(orders.ticket)
        who = orders.person[asks]
        lot = uniforms(history.seed, "request", 4 * len(history.people), week=number)
        lot = lot.reshape(-1, 4)[who]
        late, web = orders.late[asks], orders.outlet[asks] == OUTLETS.index("web")
        other = 2 + (lot[:, 0] * 3).astype(int)
        other = np.where(web & (lot[:, 1] < 0.4), 1, other)
        written = orders.day[asks] + orders.delivery_days[asks] + (4 * lot[:, 2]).astype(int)
        wait = 2 + 20 * lot[:, 3] + 168 * week.backlog_weeks  # hours
        moment = 86_400 * written + 8 * _HOUR + (12 * _HOUR * lot[:, 1]).astype(int)
        person.append(who)
        day.append(written)
        topic.append(np.where(late & (lot[:, 0] < 0.8), 0, other))
        opened.append(moment)
        closed.append(moment + (_HOUR * wait).astype(int))
    seen = np.concatenate(day) < 7 * len(history.weeks)
    table = pd.DataFrame(
        {
            "customer_id": customer_ids(np.concatenate(person)[seen]),
            "opened": np.concatenate(opened)[seen],
            "closed": np.concatenate(closed)[seen],
            "topic": labels(TOPICS, np.concatenate(topic)[seen]),
        }
    ).sort_values(["opened", "customer_id"], ignore_index=True)
    table.insert(0, "ticket_id", numbered("T", np.arange(1, len(table) + 1), 6))
    return table


def tickets(history: History) -> pd.DataFrame:
    """Requests to customer service, answered in the order in which they came."""
    asked = _asked(history)
    begun, done = (asked.pop(name).to_numpy() for name in ("opened", "closed"))
    known = instants(done).mask(done >= 86_400 * 7 * len(history.weeks))
    asked.insert(2, "opened_at", instants(begun))
    asked.insert(3, "closed_at", known)
    return asked


def waits(history: History) -> pd.DataFrame:
    """Hours that each request waits in the end, also those that are still open today."""
    asked = _asked(history)
    return asked[["ticket_id"]].assign(hours=(asked["closed"] - asked["opened"]) / _HOUR)


def store_weeks(history: History) -> pd.DataFrame:
    """The cafés' sheet, week by week; waits are clocked at peak, to a tenth of a minute."""
    weeks, cafes = len(history.weeks), len(CAFES)
    week, cafe = np.indices((weeks, cafes)).reshape(2, -1)
    sheets = [w.cafes for w in history.weeks]
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "zone": labels(tuple(CAFES), cafe),
            "visits": np.concatenate([sheet.visits for sheet in sheets]),
            "sales": np.concatenate([sheet.sales for sheet in sheets]),
            "revenue": np.concatenate([sheet.revenue_cents for sheet in sheets]) / 100,
            "open_hours": round(OPENING_HOURS * history.people.scale, 1),
            "staff_hours": np.concatenate([sheet.staff_hours for sheet in sheets]).round(1),
            "wait_minutes": np.concatenate([sheet.wait_minutes for sheet in sheets]).round(1),
        }
    )
