"""E-mail: who may be written to, and what followed a mail.

`may_write` says of each address whether it may be written to on a day. `after` counts what came in
the days after each mail, sent or held out: `recommendation.extra` then tells what mails *added*.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

ALLOWED, WITHDRAWN, DEAD, EXPIRED, LATER = "allowed", "withdrawn", "dead", "expired", "later"


def may_write(
    consents: pd.DataFrame,
    day: pd.Timestamp,
    *,
    orders: pd.DataFrame | None = None,
    clicks: pd.DataFrame | None = None,
    years: int = 3,
) -> pd.DataFrame:
    """Whether each address may be written to on a day, and if not, why.

    The last *action* counts: the consent, an order, a click, but no opening, since a mail may be
    opened by mistake (CNIL, SAN-2020-003 of 28 July 2020).

    Parameters
    ----------
    consents
        `customer_id`, `consent_date`, `ended_date` (empty while it lasts), and, if known,
        `end_reason`: a `hard_bounce` is told apart from a withdrawal.
    day
        What happened on it or later is not known yet.
    orders, clicks
        `customer_id` with `order_date`; with `date`, of the mail that was clicked.
    years
        How long after the last action one may still write.

    Returns
    -------
    `consents` with `last_action` and `status`: "allowed", or the first reason against it: "later"
    (agreed after the day), "dead" (address), "withdrawn", "expired" (no action for so many years).

    Examples
    --------
    >>> old, day = pd.Timestamp("2021-01-01"), pd.Timestamp("2025-06-01")
    >>> agreed = pd.DataFrame({"customer_id": ["Ada", "Ben"], "consent_date": old})
    >>> bought = pd.DataFrame({"customer_id": ["Ben"], "order_date": [pd.Timestamp(2024, 1, 1)]})
    >>> may_write(agreed.assign(ended_date=pd.NaT), day, orders=bought)["status"].tolist()
    ['expired', 'allowed']
    """
    _need(consents, "consents", "customer_id", "consent_date", "ended_date")
    given = ((consents, "consent_date"), (orders, "order_date"), (clicks, "date"))
    known = []
    for table, when in given:
        if table is not None:
            _need(table, when, "customer_id", when)
            known.append(table[["customer_id", when]].rename(columns={when: "day"}))
    actions = pd.concat(known, ignore_index=True).query("day < @day")
    last = consents["customer_id"].map(actions.groupby("customer_id")["day"].max())
    ended = consents["ended_date"].notna() & (consents["ended_date"] < day)
    dead = consents["end_reason"].eq("hard_bounce") if "end_reason" in consents else False
    status = pd.Series(ALLOWED, index=consents.index, dtype="str")
    status = status.mask(last < day - pd.DateOffset(years=years), EXPIRED)
    status = status.mask(ended, WITHDRAWN).mask(ended & dead, DEAD)
    status = status.mask(~(consents["consent_date"] < day), LATER)
    return consents.assign(last_action=last, status=status)


def after(log: pd.DataFrame, orders: pd.DataFrame, days: int | Mapping[str, int]) -> pd.DataFrame:
    """What was ordered in the days after each mail of a log, sent or held out.

    Parameters
    ----------
    log
        A row per mail: `customer_id`, `date`; `flow`, if days differ. Where it says `held_out`,
        each flow needs both sides.
    orders
        A row per purchase: `customer_id`, `order_date`, and amounts, such as `margin`.
    days
        Days in which an order counts, the day of the mail included: a number, or one by flow.

    Returns
    -------
    The log with `orders`, how many came in time, and the sum of each column of numbers of `orders`.

    Examples
    --------
    >>> log = pd.DataFrame({"customer_id": ["Ada"], "date": [pd.Timestamp("2025-03-01")]})
    >>> bought = pd.DataFrame({"customer_id": ["Ada", "Ada"], "margin": [5.0, 7.0],
    ...                        "order_date": pd.to_datetime(["2025-03-02", "2025-03-09"])})
    >>> after(log, bought, 7)[["orders", "margin"]].to_numpy().tolist()  # the second came on day 8
    [[1.0, 5.0]]
    """
    _need(log, "log", "customer_id", "date", *(["flow"] if isinstance(days, Mapping) else []))
    _need(orders, "orders", "customer_id", "order_date")
    if {"held_out", "flow"} <= set(log):
        sides = log.groupby("flow")["held_out"].nunique()
        for name in sorted(sides.index[sides < 2].astype("str"))[:1]:
            problem = say(
                "held_out is the same in all rows of {name}, so nothing tells what its mails "
                "added: leave them out, or hold out a random part of them from now on.",
                name=name,
            )
            raise MktlabError(problem)
    length = log["flow"].map(dict(days)) if isinstance(days, Mapping) else days
    if np.isnan(np.asarray(length, dtype=float)).any():
        raise MktlabError(say("days must name every flow of the log."))
    amounts = [str(c) for c in orders.select_dtypes("number") if c not in log]
    rows = log[["customer_id", "date"]].assign(row=np.arange(len(log)), length=length, orders=1)
    both = rows.merge(orders[["customer_id", "order_date", *amounts]], on="customer_id")
    since = (both["order_date"] - both["date"]).dt.days
    both = both[(since >= 0) & (since < both["length"])]
    sums = both.groupby("row")[["orders", *amounts]].sum().reindex(rows["row"], fill_value=0)
    return log.assign(**{name: sums[name].to_numpy() for name in ("orders", *amounts)})


def _need(table: pd.DataFrame, name: str, *columns: str) -> None:
    missing = ", ".join(column for column in columns if column not in table)
    if missing:
        raise MktlabError(say("{table} needs the column {missing}.", table=name, missing=missing))
