"""Days and moments as people write them become timestamps; the order of day and month is proven.

`parse_days` reads a column of text. ISO 8601 is read at once; otherwise the column's distinct
values must share one of the forms of `layout`, and 31/12 or 12/31 somewhere among them must
show which part is the day; of 31/12/24 also which is the year. When nothing does, the whole column
is a fault, and nothing is guessed. `serial_days` reads the numbers of days that spreadsheets keep.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.layout import COMPACT, MONTHS, NAMED, NUMERIC
from mktlab.reading.problems import Fault, Mask, shown, spread
from mktlab.reading.settings import ORDERS
from mktlab.show.words import say

_GROUPS = ("a", "s", "b", "t", "c", "hour", "minute", "second", "half", "zone", "place")
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
    parts = _parts(cells)
    one_sign = parts["s"] == parts["t"]
    first, last = parts["a"].str.len(), parts["c"].str.len()
    year_first = one_sign & (first == 4) & last.between(1, 2)
    year_last = one_sign & first.between(1, 2) & last.isin([2, 4])
    fault = _mixed(cells, parts, year_first, year_last, kind)
    if fault is None and _short(parts, year_last).any():
        year_first, year_last, fault = _two_digits(cells, parts, year_last, order)
    unnamed = year_last & (parts["s"] != "named")
    if fault is None and unnamed.any() and not order:
        order, fault = _decide(cells, parts, unnamed)
    if fault is not None:
        empty = pd.Series(pd.NaT, index=range(len(texts)), dtype=_dtype(kind))
        return empty, [spread(fault, codes)]
    month_first = (parts["s"] != "named") & (order == ORDERS[1])
    stamps = _stamps(
        parts,
        year=_century(parts["a"].where(year_first, parts["c"])),
        month=parts["b"].mask(year_last & month_first, parts["a"]),
        day=parts["c"].where(year_first, parts["a"].mask(month_first, parts["b"])),
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


def serial_days(texts: Any) -> pd.Series[Any] | None:
    """The days of a column in which every cell is the number of a spreadsheet's day, or None.

    >>> serial_days(pa.chunked_array([["45321", "45322.5"]])).dt.strftime("%d %b %Y").tolist()
    ['30 Jan 2024', '31 Jan 2024']
    """
    for some in (texts.slice(0, 100), texts):
        if not pc.all(pc.match_substring_regex(some, r"^\d{5}([.]\d+)?$")).as_py():
            return None
    numbers = pc.floor(texts.cast(pa.float64()))
    if not pc.all(pc.and_(pc.greater(numbers, 25_568), pc.less(numbers, 73_051))).as_py():
        return None  # from 1970 to 2099
    known = pd.to_timedelta(numbers.to_pandas(), unit="D")
    days: pd.Series[Any] = (pd.Timestamp("1899-12-30") + known).astype("datetime64[us]")
    return days


def _parts(cells: Any) -> pd.DataFrame:
    """The parts of each distinct cell, "" where it has none; months with names as numbers.

    `s` is the sign between the parts of numbers; "named" and "compact" are forms of their own.
    """
    lower = pc.replace_substring_regex(pc.utf8_lower(cells), r"\s+", " ")
    if pc.all(pc.match_substring_regex(lower, rf"^(?:{COMPACT}|\d{{8}}[\st]?\d{{6}}z?)$")).as_py():
        lower = pc.replace_substring_regex(
            lower, r"^(\d{8})[\st]?(\d\d)(\d\d)(\d\d)", r"\1 \2:\3:\4"
        )
        found = {"compact": COMPACT}
    else:
        found = {"": NUMERIC, **{str(place): form for place, form in enumerate(NAMED)}}
    parts = pd.DataFrame("", index=range(len(cells)), columns=_GROUPS, dtype="str")
    for name, form in found.items():
        groups = pc.extract_regex(lower, f"^{form}$")
        hit = groups.is_valid().to_numpy(zero_copy_only=False)
        if hit.any():
            for field in groups.type:
                texts = pc.struct_field(groups, field.name).to_pandas().fillna("")
                parts[field.name] = parts[field.name].mask(hit, texts)
            if name:
                parts.loc[hit, ["s", "t"]] = name if name == "compact" else "named"
        if hit.all():
            break
    named = parts["s"] == "named"
    numbers = parts["b"].map({word: str(number) for word, number in MONTHS.items()})
    parts["b"] = parts["b"].mask(named, numbers)
    parts["c"] = parts["c"].str.lstrip("'")
    return parts


def _short(parts: pd.DataFrame, year_last: pd.Series[bool]) -> pd.Series[bool]:
    return year_last & (parts["c"].str.len() == 2)


def _century(year: pd.Series[str]) -> pd.Series[str]:
    """Years of two digits as of four, from 1970 to 2069."""
    short = year.str.len() == 2
    century = pd.Series("19", index=year.index, dtype="str").mask(year < "70", "20")
    return year.mask(short, century + year)


def _two_digits(
    cells: Any, parts: pd.DataFrame, short: pd.Series[bool], order: str
) -> tuple[pd.Series[bool], pd.Series[bool], Fault | None]:
    """Whether 24-01-15 begins or ends with the year, and the fault if the cells do not show it.

    A month by its name stands between day and year. Else the year comes last where, read the other
    way, some cell would be no day, or one years ahead; and where, with / or ., most other days
    would fall on one day of the month in many years.
    """
    none = pd.Series(False, index=parts.index)
    numbers = parts.loc[short, ["a", "b", "c"]].astype(int)
    if order or (parts["s"] == "named").any():
        return none, short, None
    last = _possible(numbers["c"], numbers["b"], numbers["a"]) or _possible(
        numbers["c"], numbers["a"], numbers["b"]
    )
    first = _possible(numbers["a"], numbers["b"], numbers["c"])
    years, days = numbers["a"].nunique(), numbers["c"].nunique()
    if (
        first
        and last
        and parts["s"][int(short.to_numpy().argmax())] != "-"
        and years >= 3
        and years >= 2 * days
    ):
        first = False
    if first == last:
        example = shown(cells[int(short.to_numpy().argmax())].as_py())
        found = say("{example}, in which the year may come first or last", example=example)
        return none, none, Fault(_all(cells), found, fix=_SETTLE)
    return (short, none, None) if first else (none, short, None)


def _possible(year: pd.Series[int], month: pd.Series[int], day: pd.Series[int]) -> bool:
    """Whether these may be the days of something that has happened, or is planned."""
    parts = {"year": year + np.where(year < 70, 2000, 1900), "month": month, "day": day}
    days = pd.to_datetime(pd.DataFrame(parts), errors="coerce")
    return bool(days.notna().all() and days.max().year <= pd.Timestamp.now().year + 1)


def _mixed(
    cells: Any,
    parts: pd.DataFrame,
    year_first: pd.Series[bool],
    year_last: pd.Series[bool],
    kind: str,
) -> Fault | None:
    """The fault of a column that holds more than one form."""
    form = parts["s"].where(year_first | (parts["s"] == "named"), "last" + parts["s"])
    form = form.mask(_short(parts, year_last), "short" + parts["s"])
    if kind == "instant":  # a moment with a zone and one without are different things
        form += np.where(parts["zone"] == "", "", "zone")
        form += np.where(parts["half"] == "", "", "half")
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
    iso = iso.where(_hours(parts) != "no", "")
    if kind == "date":
        days = pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce")
        return days.astype("datetime64[us]")
    second = parts["second"].str.replace(",", ".").str.replace(r"(\.\d{6})\d+", r"\1", regex=True)
    time = _hours(parts) + ":" + parts["minute"].mask(parts["minute"] == "", "00")
    time += (":" + second).where(second != "", "")
    zone = parts["zone"].str.replace("^(gmt|utc)(?=.)", "", regex=True)
    zone = zone.mask(zone.isin(["utc", "gmt"]), "z").str.upper()
    iso = iso.where(parts["hour"] == "", iso + "T" + time + zone)
    iso = iso.mask(parts["place"] != "", "")  # CET, IST: names of zones are not unique
    moments = pd.to_datetime(iso, format="ISO8601", errors="coerce", utc=True)
    return moments.astype("datetime64[us, UTC]")


def _hours(parts: pd.DataFrame) -> pd.Series[str]:
    """The hour from 00 to 23, "" where none stands, "no" for what is none: 15:45 PM, a bare 7."""
    hour, half = pd.to_numeric(parts["hour"], errors="coerce"), parts["half"].str.slice(0, 1)
    wrong = (half != "") & ~hour.between(1, 12)
    wrong |= (parts["hour"] != "") & (half == "") & (parts["minute"] == "") & (parts["zone"] == "")
    hour = hour.mask(half != "", hour % 12 + 12 * (half == "p"))
    text = hour.map({float(number): f"{number:02}" for number in range(24)}).fillna("")
    return text.mask(wrong & (parts["hour"] != ""), "no")


def _all(cells: Any) -> Mask:
    return np.ones(len(cells), dtype=bool)
