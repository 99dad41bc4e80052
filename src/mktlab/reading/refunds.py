"""Money given back in rows of its own, taken off the orders that had brought it.

A row gives back what is below 0, and so does a credit note (C7002 among 7001, 7003 ...). It
belongs to the order of its own number; else to the latest earlier orders of its customer, never
more than they brought. What is then left belongs to no order of the file, and is left out.
"""

from __future__ import annotations

import re
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from mktlab.orders import STATUS, rules
from mktlab.reading.account import LeftOut
from mktlab.reading.problems import Mask
from mktlab.reading.rows import Numbers, Rows
from mktlab.show.words import say, say_many

UNIT = 10_000
"""Amounts are added up as whole numbers of a hundredth of a cent, so that no cent is lost."""

_LETTERS = re.compile(r"^([A-Za-z]+)[-_ ]?(?=\d)")
_CREDIT = ("C", "CN", "CM", "CR", "AV", "RF", "RE", "REF", "CREDIT", "AVOIR", "REFUND")


def credit_notes(ids: pd.Series[Any]) -> Mask:
    """The numbers with letters before digits, where most numbers have other letters or none.

    >>> credit_notes(pd.Series(["7001", "C7002", "7003", "A7004"])).tolist()
    [False, True, False, False]
    >>> credit_notes(pd.Series(["C1", "C2"])).tolist()
    [False, False]
    """
    letters = ids.astype("str").str.extract(_LETTERS, expand=False).str.upper()
    marked = letters.isin(_CREDIT).to_numpy()
    return np.asarray(marked & (2 * marked.sum() < len(ids)), dtype=bool)


def attach(rows: Rows) -> None:
    """Write what rows give back into `refunded` of the orders that brought it."""
    frame = rows.frame
    credit = credit_notes(frame["order_id"])
    net = frame["revenue"].to_numpy(float) - rows.back
    revenue = np.where(credit, 0.0, frame["revenue"].to_numpy(float))
    rows.returned = np.where(credit, rows.sizes, rows.returned)
    rows.back = np.where(credit, np.abs(net), rows.back)
    if rows.account.read is not None:  # a credit note may say what it gives back without a minus
        rows.account.read -= 2 * float(net[credit & (net > 0)].sum())
    if not rows.back.any():
        return
    refund = credit | ((revenue <= 0) & (rows.back > 0))
    given = frame["refunded"].fillna(0).to_numpy(float) if "refunded" in frame else 0.0 * revenue
    room = _whole(np.where(refund, 0.0, np.clip(revenue - given, 0.0, None)))
    room[~_paid(frame)] = 0
    back = _whole(rows.back)
    own = np.minimum(back, room)  # of an order that has both in its lines
    ids = frame["order_id"].astype("str")
    if rows.settings.refund_of in rows.sheet.columns:
        said = rows.sheet.columns[rows.settings.refund_of].to_pandas().iloc[rows.first]
        ids = ids.mask(refund & said.notna().to_numpy(), said.to_numpy())
    numbered = _to_numbers(frame, ids, refund, room - own, back - own)
    other = _to_customers(frame, refund, room - own - numbered[0], numbered[1])
    taken = (own + numbered[0] + other[0]) / UNIT
    _tell(rows, refund, own + numbered[0], other[0], other[1])
    frame = frame.assign(revenue=revenue, refunded=given + taken)
    rows.frame, rows.back = frame, np.zeros(len(frame))
    rows.keep(~refund)
    rows.account.refunds = float(taken.sum())


def _paid(frame: pd.DataFrame) -> Mask:
    """The orders that brought money; one without a state is paid."""
    if "status" in frame:
        frame = frame.assign(status=frame["status"].fillna(STATUS[0]))
    paid, _ = rules(frame.columns)
    found: Mask = nw.from_native(frame).select(paid=paid)["paid"].to_numpy()
    return found


def _whole(amounts: Any) -> Numbers:
    whole: Numbers = np.round(np.nan_to_num(amounts) * UNIT).astype(np.int64)
    return whole


def _to_numbers(
    frame: pd.DataFrame, ids: pd.Series[Any], refund: Mask, room: Numbers, back: Numbers
) -> tuple[Numbers, Numbers]:
    """What each order gives back for refunds of its number, and what is left of each refund."""
    orders = pd.Series(np.flatnonzero(~refund), index=ids[~refund])
    orders = orders[~orders.index.duplicated()]
    found = orders.reindex(ids.where(refund))
    bare = ids.where(refund).str.replace(_LETTERS, "", regex=True)
    at = pd.Series(orders.reindex(bare).to_numpy()).where(found.isna().to_numpy(), found.to_numpy())
    target = at.fillna(-1).to_numpy(np.int64)
    if "customer_id" in frame:  # a number of somebody else's is another number
        theirs = frame["customer_id"].to_numpy(object)
        strange = (target >= 0) & (theirs[target] != theirs) & frame["customer_id"].notna()
        target = np.where(strange & found.isna().to_numpy(), -1, target)
    target[back == 0] = -1
    given, rest = np.zeros_like(room), back.copy()
    places = np.flatnonzero(target >= 0)
    if len(places):
        upto = pd.Series(back[places]).groupby(target[places]).cumsum().to_numpy()
        before = upto - back[places]
        taken = np.clip(room[target[places]] - before, 0, back[places])
        np.add.at(given, target[places], taken)
        rest[places] -= taken
    return given, rest


def _to_customers(
    frame: pd.DataFrame, refund: Mask, room: Numbers, back: Numbers
) -> tuple[Numbers, Numbers]:
    """The same for the customers' orders: each refund takes from the latest earlier ones.

    The room of a customer's orders lies on a pile, the latest on top, and refunds take from the
    top; its height after each event says what was taken of which order.
    """
    given, rest = np.zeros_like(room), back.copy()
    if "customer_id" not in frame or "order_date" not in frame:
        return given, rest
    known = frame["customer_id"].notna() & frame["order_date"].notna()
    whose = frame["customer_id"].isin(frame["customer_id"][known & (back > 0)]) & known
    places = np.flatnonzero(whose & ((room > 0) | (back > 0)))
    if not len(places):
        return given, rest
    # an order with a rest of its own is an order first, and a refund after it
    events = pd.DataFrame(
        {
            "place": np.concatenate([places, places]),
            "refund": np.repeat([0, 1], len(places)),
            "money": np.concatenate([room[places], -back[places]]),
        }
    )
    events = events[events["money"] != 0]
    events["customer"] = frame["customer_id"].to_numpy()[events["place"]]
    events["day"] = frame["order_date"].to_numpy()[events["place"]]
    events = events.sort_values(["customer", "day", "refund", "place"], ignore_index=True)
    by = events["customer"]
    total = events["money"].groupby(by).cumsum()
    lowest = total.groupby(by).cummin().clip(upper=0)
    height = total - lowest
    missing = (lowest.groupby(by).shift(fill_value=0) - lowest).to_numpy()
    lowest_after = height[::-1].groupby(by[::-1]).cummin()[::-1].to_numpy()
    orders = (events["money"] > 0).to_numpy()
    money, place = events["money"].to_numpy(), events["place"].to_numpy()
    below = height.to_numpy() - money
    kept = np.clip(lowest_after - below, 0, money)
    given[place[orders]] = (money - kept)[orders]
    rest[place[~orders]] = missing[~orders]
    return given, rest


def _tell(rows: Rows, refund: Mask, own: Numbers, other: Numbers, rest: Numbers) -> None:
    sums = {"own": own.sum() / UNIT, "other": other.sum() / UNIT}
    rows.tell(
        say_many(
            "{n} row gives money back: {own:money.2} of its own order, {other:money.2} of its "
            "customer's earlier orders.",
            "{n:count} rows give money back: {own:money.2} of their own order, {other:money.2} of "
            "their customers' earlier orders.",
            rows.returned[rows.back > 0].sum(),
            currency=rows.currency,
            **sums,
        )
    )
    left = rest > 0
    if left.any():
        number = int(rows.returned[left].sum())
        line = rows.line(int(left.argmax()))
        why = say("refunds of no earlier order in the file")
        rows.account.left_out.append(LeftOut(why, number, -float(rest.sum()) / UNIT, line))
