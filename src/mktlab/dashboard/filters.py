"""What can be chosen: a customer segment, a channel, a stretch of weeks.

A `Selection` says what is asked for. `Filters` knows which segments and channels a company has, and
who belongs to them.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from mktlab.company import Company
from mktlab.orders import purchases
from mktlab.schema import MktlabError
from mktlab.segmentation import SEGMENTS, rfm
from mktlab.show.words import say

OF_CHANNELS = ("ad_spend", "sessions", "web_metrics")
UNSCORED = "no purchase yet"
WEEK = pd.Timedelta(weeks=1)
YEAR = 52 * WEEK  # 364 days: Mondays stay Mondays


def monday(day: pd.Timestamp) -> pd.Timestamp:
    """The Monday of the week of a day.

    >>> monday(pd.Timestamp("2025-12-28"))
    Timestamp('2025-12-22 00:00:00')
    """
    return day.normalize() - pd.Timedelta(days=day.weekday())


class Selection(NamedTuple):
    """What the page shows: whole weeks from `start` up to, not including, `end`.

    An empty `segment` or `channel` means all of them; `against` is "year" for the same weeks a year
    before, or "before" for the weeks just before.
    """

    start: pd.Timestamp
    end: pd.Timestamp
    segment: str = ""
    channel: str = ""
    against: str = "year"

    @property
    def weeks(self) -> int:
        """How many weeks, the last one perhaps not over.

        >>> Selection(pd.Timestamp("2025-12-01"), pd.Timestamp("2025-12-24")).weeks
        4
        """
        return -(-(self.end - self.start) // WEEK)

    @property
    def compared(self) -> Selection:
        """The weeks that these are compared with."""
        back = YEAR if self.against == "year" else self.weeks * WEEK
        return self._replace(start=self.start - back, end=self.end - back)


def said(selection: Selection) -> str:
    """The filters in words.

    >>> said(Selection(pd.Timestamp("2025-12-01"), pd.Timestamp("2025-12-29"), "lost", "social"))
    'lost customers of the channel social'
    """
    people = f"{selection.segment or 'all'} customers"
    if selection.segment == UNSCORED:
        people = "customers without a purchase yet"
    return people + (
        say(" of the channel {channel}", channel=selection.channel) if selection.channel else ""
    )


class Filters:
    """The segments and channels of a company, and its customers by both."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self._tables = company.tables
        self.segment_of = self._segments()
        self.channel_of = self._acquired()
        present = set(self.segment_of)
        self.segments = [name for name in (*SEGMENTS, UNSCORED) if name in present]
        named = {*self.channel_of, *self._channels()}
        self.channels = sorted(name for name in named if name)

    def _segments(self) -> pd.Series[str]:
        """Customer -> RFM segment, as of today."""
        orders = self._tables.get("orders")
        if orders is None:
            return pd.Series(dtype="str")
        people = self._tables.get("customers", orders)["customer_id"]
        bought = purchases(orders[orders["customer_id"].notna()])
        scored = pd.Series(dtype="str")
        if len(bought):
            table = rfm(bought, as_of=self.company.today)
            scored = table.set_index("customer_id")["segment"]
        everyone = pd.Index(people.dropna().unique()).union(scored.index)
        return scored.reindex(everyone).fillna(UNSCORED).astype("str")

    def _acquired(self) -> pd.Series[str]:
        """Customer -> channel credited with winning the customer."""
        customers = self._tables.get("customers")
        if customers is None or "acquisition_channel" not in customers:
            return pd.Series(dtype="str")
        unique = customers.drop_duplicates("customer_id").set_index("customer_id")
        return unique["acquisition_channel"].fillna("").astype("str")

    def _channels(self) -> set[str]:
        found: set[str] = set()
        for table in OF_CHANNELS:
            if table in self._tables and "channel" in self._tables[table]:
                found |= set(self._tables[table]["channel"].dropna().astype("str"))
        return found

    def check(self, selection: Selection) -> None:
        """Refuse a selection that the company cannot have.

        Raises
        ------
        MktlabError
            When the weeks are none, or there is no such segment or channel.
        """
        if selection.start >= selection.end:
            raise MktlabError(
                say(
                    "From {start:%Y-%m-%d} to {end:%Y-%m-%d} there is no week: choose a first day "
                    "that comes before the last one.",
                    start=selection.start,
                    end=selection.end,
                )
            )
        for what, value, known in (
            ("segment", selection.segment, self.segments),
            ("channel", selection.channel, self.channels),
        ):
            if value and value not in known:
                raise MktlabError(
                    say(
                        "There is no {what} {value!r} here: choose among {known}.",
                        what=what,
                        value=value,
                        known=", ".join(known) or "none",
                    )
                )

    def people(self, selection: Selection) -> pd.Index[str] | None:
        """The customers of a selection; None for all."""
        people: pd.Index[str] | None = None
        if selection.segment:
            people = pd.Index(self.segment_of.index[self.segment_of == selection.segment])
        if selection.channel:
            won = pd.Index(self.channel_of.index[self.channel_of == selection.channel])
            people = won if people is None else people.intersection(won)
        return people
