"""A company as it was known on the morning of an earlier day."""

from __future__ import annotations

from datetime import date

import pandas as pd

from mktlab.company import Company
from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many
from mktlab.tables import TABLES

_COME_LATER = ("delivered_date", "ended_date", "closed_at")
"""Days that are filled in once they have come."""
_BELONGS = {"order_lines": ("order_id", "orders"), "page_clicks": ("session_id", "sessions")}
"""Tables whose rows have no day but that of a row they belong to."""
_LAST = {
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
    "quarter": pd.DateOffset(months=3),
}
"""Columns that name a time by its first day, and how long it lasts: a row is known at its end."""
_SET_BEFORE = ("prices", "product_costs")
"""Tables that are known when their week begins."""


def day_of(said: date | str) -> pd.Timestamp:
    """The day that was asked for.

    Raises
    ------
    MktlabError
        When it is none.

    Examples
    --------
    >>> day_of("2025-06-30")
    Timestamp('2025-06-30 00:00:00')
    """
    try:
        day = date.fromisoformat(said) if isinstance(said, str) else said
        return pd.Timestamp(year=day.year, month=day.month, day=day.day)
    except (TypeError, ValueError, AttributeError):
        told = say(
            "as_of is {said!r}: give a day as YYYY-MM-DD, such as 2025-06-30.", said=str(said)
        )
        raise MktlabError(told) from None


def as_of(company: Company, day: pd.Timestamp) -> Company:
    """The company with `day` as its present day, without what is dated on it or later.

    A truth is left out, since it is one of the last day. Each table that loses rows gets a note;
    one that loses all is left out.

    Raises
    ------
    MktlabError
        When the day comes before the first order, or lies in the future.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-05", "2024-03-09"])
    >>> shop = Company({"orders": pd.DataFrame({"order_date": days})}, name="Shop")
    >>> earlier = as_of(shop, pd.Timestamp("2024-02-01"))
    >>> len(earlier.orders), earlier.notes
    (1, ('As of 1 Feb 2024: 1 later row of orders is left out.',))
    """
    _check(company, day)
    tables: dict[str, pd.DataFrame] = {}
    notes = list(company.notes)
    for name in sorted(company.tables, key=_BELONGS.__contains__):
        frame = company.tables[name]
        known = _known(frame[_earlier(name, frame, tables, day)], day)
        gone = len(frame) - len(known)
        if len(known):
            tables[name] = known
        if gone:
            left_out = say_many(
                "As of {day:day}: {n} later row of {name} is left out{money}.",
                "As of {day:day}: {n:count} later rows of {name} are left out{money}.",
                gone,
                day=day,
                name=name,
                money=_money(company, name, known),
            )
            notes.append(left_out)
    refunded = tables.get("orders", pd.DataFrame()).get("refunded")
    if refunded is not None and (refunded > 0).any():
        notes.append(say("Refunds have no day of their own: they count as they stand today."))
    return company.but(tables=tables, today=day, notes=notes)


def _check(company: Company, day: pd.Timestamp) -> None:
    latest = max(company.today, pd.Timestamp.now().normalize() + pd.Timedelta(days=1))
    if day > latest:
        told = say(
            "as_of is {day:day}, and nothing is known of days after {latest:day}: give an earlier "
            "day.",
            day=day,
            latest=latest,
        )
        raise MktlabError(told)
    period = company.period("orders") if "orders" in company.tables else None
    if period is not None and day <= period[0]:
        told = say(
            "as_of is {day:day}, and the first order is of {first:day}: give a later day.",
            day=day,
            first=period[0],
        )
        raise MktlabError(told)


def _earlier(
    name: str, frame: pd.DataFrame, tables: dict[str, pd.DataFrame], day: pd.Timestamp
) -> pd.Series[bool]:
    """Which rows were there that morning."""
    dated = (c.name for c in TABLES[name].columns if c.kind in ("date", "instant") and c.required)
    column = next((name for name in dated if name in frame), None)
    if column is not None:
        when = frame[column]
        if column in _LAST and name not in _SET_BEFORE:
            when = when + _LAST[column] - pd.Timedelta(days=1)
        return when < (day.tz_localize("UTC") if when.dt.tz is not None else day)
    if name in _BELONGS and _BELONGS[name][1] in tables:
        key, owner = _BELONGS[name]
        return frame[key].isin(tables[owner][key])
    return pd.Series(True, index=frame.index)


def _known(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Rows without the days that had not come yet."""
    for column in set(_COME_LATER) & set(frame):
        when = frame[column]
        border = day.tz_localize("UTC") if when.dt.tz is not None else day
        frame = frame.assign(**{column: when.where(when < border)})
    return frame.reset_index(drop=True)


def _money(company: Company, name: str, kept: pd.DataFrame) -> str:
    if name != "orders" or "revenue" not in kept:
        return ""
    gone = company.tables[name]["revenue"].sum() - kept["revenue"].sum()
    return say(" ({gone:money})", gone=gone, currency=company.currency)
