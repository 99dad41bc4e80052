"""Messages drawn by lot: what each did, and how much of it was luck.

`ordered` counts what each reader bought soon after a message, `lifts` holds each message against
the mean of all. `mktlab.satisfaction.shrink` then says how much of a lift is left of the best of
many.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.orders import purchases
from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns


def ordered(tests: pd.DataFrame, orders: pd.DataFrame, *, days: int = 7) -> pd.Series[int]:
    """How many purchases followed each message.

    Parameters
    ----------
    tests
        A row per message: `customer_id` and `date`.
    orders
        The orders; which of them are purchases, `mktlab.orders.purchases` says.
    days
        That count, the day of the message included.

    Returns
    -------
    A count per row of `tests`, in its order.

    Examples
    --------
    >>> day = pd.Timestamp("2025-03-03")
    >>> tests = pd.DataFrame({"customer_id": ["C1", "C2"], "date": day})
    >>> orders = pd.DataFrame({"order_id": ["O1", "O2"], "customer_id": ["C1", "C1"],
    ...     "order_date": [day, day + pd.Timedelta(days=7)], "revenue": 10.0})
    >>> ordered(tests, orders).to_list()
    [1, 0]
    """
    need_columns(["customer_id", "date"], tests, of=say("The table of messages"))
    bought = purchases(orders)[["customer_id", "order_date"]]
    sent = tests[["customer_id", "date"]].assign(row=np.arange(len(tests)))
    both = sent.merge(bought, on="customer_id")
    since = (both["order_date"] - both["date"]).dt.days
    rows = both.loc[since.between(0, days - 1), "row"]
    counts = np.bincount(rows, minlength=len(tests))
    return pd.Series(counts, index=tests.index, name="ordered")


def lifts(tests: pd.DataFrame, outcome: str, *, by: str, level: float = 0.95) -> pd.DataFrame:
    """Each message against the mean of all, which a draw gave to like readers.

    Parameters
    ----------
    tests
        A row per message.
    outcome
        A column of counts, amounts, or yes and no.
    by
        A column: what is compared, such as `line_id` or `promise`.
    level
        Of the interval.

    Returns
    -------
    A row per value of `by`, the best first: `messages`, `mean`, and `lift`, the mean over that of
    all rows, less 1, with its `error` and its interval `low, high`.

    Raises
    ------
    MktlabError
        When a column is missing, there is one message alone, or the outcome is 0 everywhere.

    Notes
    -----
    The error is that of a mean of the rows of one message over that of all rows, which is taken as
    known: it is as many times surer as there are messages. Readers get several messages, each drawn
    anew, so that rows of a message are hardly ever of one reader.

    Examples
    --------
    Means 0.3 and 0.1 around 0.2: lifts of a half.

    >>> tests = pd.DataFrame({"line": ["a", "b"] * 10, "bought": [1, 1, 1, 0, 1, 0] + [0] * 14})
    >>> lifts(tests, "bought", by="line")[["mean", "lift"]].round(2).T
    line    a    b
    mean  0.3  0.1
    lift  0.5 -0.5
    """
    from scipy.stats import norm

    need_columns([outcome, by], tests, of=say("The table of messages"))
    each = tests[outcome].astype(float).groupby(tests[by])
    whole = float(tests[outcome].astype(float).mean())
    if each.ngroups < 2 or not whole:
        raise MktlabError(
            say(
                "{by} and {outcome} compare nothing: give two messages or more, and an outcome "
                "that is not always 0.",
                by=by,
                outcome=outcome,
            )
        )
    lift = each.mean() / whole - 1
    error = each.std() / np.sqrt(each.size()) / whole
    half = float(norm.ppf((1 + level) / 2)) * error
    table = pd.DataFrame(
        {
            "messages": each.size(),
            "mean": each.mean(),
            "lift": lift,
            "error": error,
            "low": lift - half,
            "high": lift + half,
        }
    )
    return table.sort_values("lift", ascending=False, kind="stable")
