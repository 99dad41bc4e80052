"""Days and moments as people write them become timestamps; the order of day and month is proven.

`parse_days` reads a column of text. ISO 8601 is read at once; otherwise the column's distinct
values must share one form, and 31/12 or 12/31 somewhere among them must show which part is the
day. When nothing does, the whole column is a fault, and nothing is guessed.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.problems import Fault, Mask, shown, spread
from mktlab.reading.settings import ORDERS
from mktlab.show.words import say

_PARTS = (
    r"^(?P<a>\d{1,4})(?P<s>[-/.])(?P<b>\d{1,2})(?P<t>[-/.])(?P<c>\d{1,4})"
    r"(?:[T ] ?(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
_SETTLE = (
    "settle it in columns.toml, under the table's name: "
    'date_order = "day first" or date_order = "month first"'
)


def parse_days(
    texts: Any, kind: Literal["date", "instant"], *, order: str = ""
) -> tuple[pd.Series[Any], list[Fault]]:
    """Read an Arrow column of text as days, or as moments in UTC.

    Parameters
    ----------
    texts
        An Arrow chunked array of text; missing cells are null.
    kind
        "date" drops the time of day; "instant" takes moments without a zone as UTC.
    order
        "day first" or "month first" where the reader has said so; else "".

    Returns
    -------
    The timestamps, NaT where a cell is missing or not understood, and the faults.

    Examples
    --------
    >>> days, faults = parse_days(pa.chunked_array([["31/12/2024", "01/02/2025"]]), "date")
    >>> [str(day.date()) for day in days]
    ['2024-12-31', '2025-02-01']
    >>> _, [fault] = parse_days(pa.chunked_array([["03/04/2024"]]), "date")
    >>> fault.found
    '03/04/2024, which may be two different days; no value settles which part is the day'
    """
    plain = _plain(texts, kind)
    if plain is not None:
        return plain, []
    coded = texts.combine_chunks().dictionary_encode()
    cells, codes = coded.dictionary, coded.indices
    parts = pd.DataFrame(
        {
            name: pc.struct_field(pc.extract_regex(cells, _PARTS), name).to_pandas().fillna("")
            for name in ("a", "s", "b", "t", "c", "time", "zone")
        }
    )
    year_first = _fits(parts, parts["a"], parts["c"])
    year_last = _fits(parts, parts["c"], parts["a"])
    fault = _mixed(cells, parts, year_first, year_last, kind)
    if fault is None and year_last.any() and not order:
        order, fault = _decide(cells, parts, year_last)
    if fault is not None:
        empty = pd.Series(pd.NaT, index=range(len(texts)), dtype=_dtype(kind))
        return empty, [spread(fault, codes)]
    month, day = ("b", "a") if order == ORDERS[0] else ("a", "b")
    stamps = _stamps(
        parts,
        year=parts["a"].where(year_first, parts["c"]),
        month=parts["b"].where(year_first, parts[month]),
        day=parts["c"].where(year_first, parts[day]),
        kind=kind,
    )
    bad = (stamps.isna() | ~(year_first | year_last)).to_numpy()
    faults = []
    if bad.any():
        found = shown(cells[int(bad.argmax())].as_py())
        fix = say("mend these cells, or format the column as YYYY-MM-DD and export it again")
        faults = [spread(Fault(bad, found, fix=fix), codes)]
    places = codes.fill_null(-1).to_numpy()
    return stamps.where(~bad).reindex(places).reset_index(drop=True), faults


def _dtype(kind: str) -> Any:
    return "datetime64[us]" if kind == "date" else "datetime64[us, UTC]"


def _plain(texts: Any, kind: str) -> pd.Series[Any] | None:
    """A column in ISO 8601, or None."""
    zoned, naive = pa.timestamp("us", "UTC"), pa.timestamp("us")
    for form in (pa.date32(), naive) if kind == "date" else (zoned, naive):
        try:
            stamps = texts.cast(form)
        except pa.ArrowInvalid:
            continue
        if kind == "date":
            return to_days(stamps)
        result: pd.Series[Any] = stamps.cast(zoned).to_pandas()
        return result
    return None


def to_days(stamps: Any) -> pd.Series[Any]:
    """An Arrow column of days or moments without a zone as midnights."""
    days: pd.Series[Any] = pc.floor_temporal(
        stamps.cast(pa.timestamp("us")), unit="day"
    ).to_pandas()
    return days


def _fits(parts: pd.DataFrame, year: pd.Series[str], other: pd.Series[str]) -> pd.Series[bool]:
    return (parts["s"] == parts["t"]) & (year.str.len() == 4) & (other.str.len() <= 2)


def _mixed(
    cells: Any,
    parts: pd.DataFrame,
    year_first: pd.Series[bool],
    year_last: pd.Series[bool],
    kind: str,
) -> Fault | None:
    """The fault of a column that holds more than one form."""
    form = parts["s"].where(year_first, "year last, " + parts["s"])
    if kind == "instant":  # a moment with a zone and one without are different things
        form += np.where(parts["zone"] == "", "", " with a zone")
    known = form[year_first | year_last]
    if known.nunique() < 2:
        return None
    first = known.drop_duplicates().index[:2]
    examples = " and ".join(shown(cells[int(place)].as_py()) for place in first)
    found = say("{examples}: dates written in more than one way", examples=examples)
    return Fault(_all(cells), found, fix=say("write every date of the column as YYYY-MM-DD"))


def _decide(
    cells: Any, parts: pd.DataFrame, year_last: pd.Series[bool]
) -> tuple[str, Fault | None]:
    """Whether day or month comes first, and the fault if the cells show neither or both."""
    first = pd.to_numeric(parts["a"].where(year_last, "0"))
    second = pd.to_numeric(parts["b"].where(year_last, "0"))
    day_first = first.between(13, 31) & (second <= 12) & year_last
    month_first = second.between(13, 31) & (first <= 12) & year_last
    if day_first.any() and month_first.any():
        both = (shown(cells[int(m.to_numpy().argmax())].as_py()) for m in (day_first, month_first))
        found = " and ".join(both) + ": the day comes first in some cells, the month in others"
        fix = say("find out which rows came from another source and write all dates as YYYY-MM-DD")
        return "", Fault(_all(cells), found, fix=fix)
    unsettled = (first != second) & year_last
    if unsettled.any() and not (day_first.any() or month_first.any()):
        example = shown(cells[int(unsettled.to_numpy().argmax())].as_py())
        found = say(
            "{example}, which may be two different days; no value settles which part is the day",
            example=example,
        )
        return "", Fault(_all(cells), found, fix=_SETTLE)
    return ORDERS[int(month_first.any())], None


def _stamps(
    parts: pd.DataFrame,
    *,
    year: pd.Series[str],
    month: pd.Series[str],
    day: pd.Series[str],
    kind: str,
) -> pd.Series[Any]:
    iso = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
    if kind == "date":
        days = pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce")
        return days.astype("datetime64[us]")
    time = parts["time"].str.replace(",", ".").str.replace(r"(\.\d{6})\d+", r"\1", regex=True)
    time = time.where(time.str.slice(1, 2) != ":", "0" + time)
    iso = iso.where(time == "", iso + "T" + time + parts["zone"].str.replace("UTC", "Z"))
    moments = pd.to_datetime(iso, format="ISO8601", errors="coerce", utc=True)
    return moments.astype("datetime64[us, UTC]")


def _all(cells: Any) -> Mask:
    return np.ones(len(cells), dtype=bool)
