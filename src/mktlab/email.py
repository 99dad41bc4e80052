"""E-mail: who may be written to, what followed a mail, and how many mails a week pay.

`may_write` says of each address whether it may be written to on a day, and why not. `after` counts
what was ordered in the days after each mail, sent or held out: what a mail *added* is then told by
`recommendation.extra`, which compares the two. `pressure` weighs what newsletters bring against
the addresses that they burn.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say

MAY, WITHDRAWN, DEAD = "may be written to", "withdrawn", "dead address"
SILENT, LATER = "no action for three years", "agreed later"


def may_write(
    consents: pd.DataFrame,
    day: pd.Timestamp,
    *,
    orders: pd.DataFrame | None = None,
    clicks: pd.DataFrame | None = None,
    years: int = 3,
) -> pd.DataFrame:
    """Whether each address may be written to on a day, and if not, why.

    The last *action* of the person counts: the consent, an order, a click. An opening is none,
    since machines open, too, and a person may open by mistake (CNIL, SAN-2020-003 of 28 July 2020).

    Parameters
    ----------
    consents
        `customer_id`, `consent_date`, `ended_date` (empty while it lasts), and, if known,
        `end_reason`: a hard bounce is told apart from a withdrawal.
    day
        The day; what happened on it or later is not known yet.
    orders
        `customer_id` and `order_date`.
    clicks
        `customer_id` and `date`, or `sent_at` of the mail: a row per mail that was clicked.
    years
        How long after the last action one may still write.

    Returns
    -------
    `consents` with `last_action` and `status`: "may be written to", or the first reason against it:
    "agreed later", "withdrawn", "dead address", "no action for three years".

    Examples
    --------
    >>> day = pd.Timestamp("2025-06-01")
    >>> old = pd.Timestamp("2021-01-01")
    >>> agreed = pd.DataFrame({"customer_id": ["Ada", "Ben"], "consent_date": old})
    >>> agreed = agreed.assign(ended_date=pd.NaT)
    >>> bought = pd.DataFrame({"customer_id": ["Ben"], "order_date": [pd.Timestamp(2024, 1, 1)]})
    >>> may_write(agreed, day, orders=bought)["status"].tolist()
    ['no action for three years', 'may be written to']
    """
    _need(consents, "consents", "customer_id", "consent_date", "ended_date")
    actions = [consents[["customer_id", "consent_date"]].set_axis(["customer_id", "day"], axis=1)]
    if orders is not None:
        _need(orders, "orders", "customer_id", "order_date")
        actions.append(
            orders[["customer_id", "order_date"]].set_axis(["customer_id", "day"], axis=1)
        )
    if clicks is not None:
        when = "date" if "date" in clicks else "sent_at"
        _need(clicks, "clicks", "customer_id", when)
        moments = pd.to_datetime(clicks[when]).dt.tz_localize(None)
        actions.append(pd.DataFrame({"customer_id": clicks["customer_id"], "day": moments}))
    known = pd.concat(actions, ignore_index=True)
    last = known[known["day"] < day].groupby("customer_id")["day"].max()
    table = consents.assign(last_action=consents["customer_id"].map(last).dt.normalize())
    dead = table["end_reason"].eq("hard bounce") if "end_reason" in table else False
    ended = table["ended_date"].notna() & (table["ended_date"] < day)
    status = pd.Series(MAY, index=table.index, dtype="str")
    status = status.mask(table["last_action"] < day - pd.DateOffset(years=years), SILENT)
    status = status.mask(ended, WITHDRAWN).mask(ended & dead, DEAD)
    return table.assign(status=status.mask(~(table["consent_date"] < day), LATER))


def after(
    log: pd.DataFrame, orders: pd.DataFrame, days: int | Mapping[str, int], *, by: str = "flow"
) -> pd.DataFrame:
    """What was ordered in the days after each mail of a log, sent or held out.

    Parameters
    ----------
    log
        A row per mail or trigger: `customer_id`, `date`, and `by` if days differ. Where it says who
        was held out, each group needs both sides.
    orders
        A row per purchase: `customer_id`, `order_date`, and amounts, such as `margin`.
    days
        Days in which an order counts, the day of the mail included: a number, or one by group.
    by
        Column of the log that says which of the days are meant.

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
    _need(log, "log", "customer_id", "date")
    _need(orders, "orders", "customer_id", "order_date")
    if "held_out" in log and by in log:
        sides = log.groupby(by)["held_out"].nunique()
        one_sided = sorted(map(str, sides.index[sides < 2]))
        if one_sided:
            raise MktlabError(
                say(
                    "held_out is the same in every row of {names}, so nothing tells what these mails "
                    "added: leave them out, or hold out a random part of them from now on.",
                    names=", ".join(one_sided),
                )
            )
    length: pd.Series[float] | int
    if isinstance(days, Mapping):
        _need(log, "log", by)
        length = log[by].map(dict(days))
        if length.isna().any():
            unknown = sorted(log.loc[length.isna(), by].astype("str").unique())
            raise MktlabError(
                say(
                    "days says nothing of {names}: give a number for each.",
                    names=", ".join(unknown),
                )
            )
    else:
        length = days
    amounts = [c for c in orders.select_dtypes("number") if c not in log]
    rows = log[["customer_id", "date"]].assign(row=np.arange(len(log)), length=length)
    both = rows.merge(orders[["customer_id", "order_date", *amounts]], on="customer_id")
    since = (both["order_date"] - both["date"]).dt.days
    both = both[(since >= 0) & (since < both["length"])].assign(orders=1)
    sums = both.groupby("row")[["orders", *amounts]].sum().reindex(rows["row"], fill_value=0)
    return log.assign(**{str(name): sums[name].to_numpy() for name in sums})


def pressure(
    margin: float,
    *,
    lift: Mapping[float, float],
    lost: Mapping[float, float],
    cost: float,
    weeks: int = 104,
) -> pd.DataFrame:
    """What newsletters bring for one address, by how many are sent a week.

    Parameters
    ----------
    margin
        Euros a week that the address brings without newsletters.
    lift
        Mails a week -> share by which they raise that, as 0.02.
    lost
        Mails a week -> share of the addresses that leave the list each week.
    cost
        Euros for sending one mail to one address.
    weeks
        How far to look ahead.

    Returns
    -------
    By mails a week: `weeks_on_list`, `brings`, `costs`, and `net`, in euros over all weeks. Nobody
    is written to after leaving, so a lost address costs what it would still have brought:
    net = (margin x lift - cost x mails) x (1 - stay^weeks) / (1 - stay).

    Examples
    --------
    >>> found = pressure(2.0, lift={1: 0.05, 2: 0.06}, lost={1: 0.0, 2: 0.5}, cost=0.01, weeks=2)
    >>> found["net"].round(3).tolist()  # 2 x (.1 - .01), and 1.5 x (.12 - .02)
    [0.18, 0.15]
    """
    if set(lift) != set(lost) or not lift:
        raise MktlabError(say("lift and lost must name the same numbers of mails a week."))
    mails = np.array(sorted(lift), dtype=float)
    stay = 1 - np.array([lost[m] for m in sorted(lost)], dtype=float)
    if not ((stay >= 0) & (stay <= 1)).all():
        raise MktlabError(say("lost must hold shares between 0 and 1 for a week."))
    on_list = (stay[:, None] ** np.arange(weeks)).sum(axis=1)
    brings = margin * np.array([lift[m] for m in sorted(lift)]) * on_list
    costs = cost * mails * on_list
    columns = {"weeks_on_list": on_list, "brings": brings, "costs": costs, "net": brings - costs}
    return pd.DataFrame(columns, index=pd.Index(mails, name="mails_per_week"))


def _need(table: pd.DataFrame, name: str, *columns: str) -> None:
    missing = [column for column in columns if column not in table]
    if missing:
        raise MktlabError(
            say(
                "{table} has no column {columns}: it needs {needed}.",
                table=name,
                columns=", ".join(missing),
                needed=", ".join(columns),
            )
        )
