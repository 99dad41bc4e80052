"""One column of a file becomes typed values, and what could not be understood becomes faults.

`parse` takes a declared column as its file gives it: text, or the type that a Parquet file has.
Numbers are read by `numbers`, days by `dates`. What the values cannot settle is decided by the
reader's `Settings`, never guessed. `natural` reads a column of the reader's own.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.dates import parse_days, serial_days, to_days
from mktlab.reading.numbers import Floats, is_text, parse_numbers
from mktlab.reading.problems import Fault, masked
from mktlab.reading.settings import Settings
from mktlab.schema import DTYPES, Column
from mktlab.show.words import say

Parsed = tuple["pd.Series[Any]", list[Fault]]

_TRUE = ("true", "yes", "oui", "vrai", "1", "1.0")
_FALSE = ("false", "no", "non", "faux", "0", "0.0")
_PLAIN_NUMBER = r"^-?(0|[1-9]\d{0,14})(\.\d+)?$"
ZONED = r"(?i):\d\d.*(Z|UTC|[+-]\d\d:?\d\d)$"
"""How a moment ends that says in which zone it is."""
_MOST_EXACT = 2.0**53
_NEVER_READ = {"count": "Int64", "flag": "boolean"}


def parse(
    column: Column,
    values: Any,
    *,
    settings: Settings | None = None,
    assumed: list[str] | None = None,
) -> Parsed:
    """Read an Arrow column as `column` declares it; a sentence is added to `assumed` if need be.

    Returns
    -------
    The values, missing where a cell is missing or not understood, and the faults. A count or a
    flag that may be missing, or is, has the pandas dtype that allows it.

    Examples
    --------
    >>> flag = Column("email_opt_in", "flag", "agreed to receive e-mail")
    >>> parse(flag, pa.chunked_array([["oui", "NON"]]))[0].tolist()
    [True, False]
    """
    settings = settings or Settings()
    try:
        if pa.types.is_duration(values.type) or pa.types.is_time(values.type):
            raise pa.ArrowNotImplementedError
        if column.kind in ("money", "number", "count"):
            numbers, faults = _numbers(column, values, settings)
            whole = column.kind == "count" and column.nullable
            return numbers.astype("Int64") if whole else numbers, faults
        if column.kind == "date" or column.kind == "instant":
            return _days(column, values, settings, assumed)
        if column.kind == "flag":
            flags, faults = _flags(_as_text(values))
            return flags.astype("boolean") if column.nullable else flags, faults
        if column.kind == "choice":
            return _choices(column, _as_text(values))
        return _series(_as_text(values)), []
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        found = say("values of the type {type}", type=values.type)
        fault = Fault(np.ones(len(values), dtype=bool), found, fix=say("export the column as text"))
        dtype: Any = _NEVER_READ.get(column.kind, DTYPES[column.kind])
        return pd.Series(None, index=range(len(values)), dtype=dtype), [fault]


def natural(values: Any) -> pd.Series[Any]:
    """Read a column that no table declares: numbers or flags if every cell is one, else text.

    Digits that begin with a zero are not a number but a code, and stay text.

    >>> natural(pa.chunked_array([["1", "20"]])).tolist()
    [1, 20]
    >>> natural(pa.chunked_array([["01", "20"]])).tolist()
    ['01', '20']
    """
    if not is_text(values):
        own: pd.Series[Any] = values.to_pandas()
        return own
    known = values.drop_null()
    if all_match(known, r"^(?i)(true|false)$"):
        return _flags(values)[0]
    if not all_match(known, _PLAIN_NUMBER):
        return _series(values)
    if pc.any(pc.match_substring(known, ".")).as_py():
        return pd.Series(values.cast(pa.float64()).to_numpy())
    dtype = "Int64" if values.null_count else "int64"
    return _series(values.cast(pa.int64()), dtype)


def all_match(known: Any, pattern: str) -> bool:
    first = pc.match_substring_regex(known.slice(0, 1000), pattern)
    if not len(known) or not pc.all(first).as_py():
        return False
    return bool(pc.all(pc.match_substring_regex(known, pattern)).as_py())


def _as_text(values: Any) -> Any:
    """Any Arrow column as text; 123.0, as pandas writes ids when one is missing, as 123."""
    if pa.types.is_floating(values.type):
        numbers = pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
        if pc.all(pc.equal(pc.floor(numbers), numbers)).as_py():
            values = numbers.cast(pa.int64())
    return values.cast(pa.large_string())


def _series(values: Any, dtype: str = "str") -> pd.Series[Any]:
    if dtype == "str":
        texts: pd.Series[Any] = values.to_pandas()
        return texts.astype("str")
    return pd.Series(values.to_pandas(integer_object_nulls=True), dtype=dtype)


def _numbers(column: Column, values: Any, settings: Settings) -> Parsed:
    if is_text(values):
        numbers, faults = parse_numbers(
            values, decimal=settings.decimal, whole=column.kind == "count"
        )
    elif pa.types.is_floating(values.type) or pa.types.is_integer(values.type):
        numbers, faults = values.cast(pa.float64(), safe=False).to_numpy(), []
    else:
        numbers, faults = parse_numbers(values.cast(pa.large_string()), decimal=".")
    infinite = np.isinf(numbers)
    if infinite.any():
        fix = say("find out what was divided by zero, and leave the cell empty or write the amount")
        faults.append(Fault(infinite, say("an infinite number"), fix))
        numbers = np.where(infinite, np.nan, numbers)
    if column.kind != "count":
        return pd.Series(numbers), faults
    return _counts(numbers, faults)


def _counts(numbers: Floats, faults: list[Fault]) -> Parsed:
    broken = (np.floor(numbers) != numbers) | (np.abs(numbers) > _MOST_EXACT)
    broken &= ~np.isnan(numbers)
    if broken.any():
        found = f"{numbers[broken.argmax()]:g}"
        faults.append(Fault(broken, found, fix=say("write whole numbers")))
        numbers = np.where(broken, np.nan, numbers)
    whole = pd.Series(numbers)
    return whole.astype("Int64" if whole.hasnans else "int64"), faults


def _days(column: Column, values: Any, settings: Settings, assumed: list[str] | None) -> Parsed:
    kind: Literal["date", "instant"] = "date" if column.kind == "date" else "instant"
    zone = settings.timezone if kind == "date" else ""
    if zone and is_text(values) and all_match(values.drop_null(), ZONED):
        instants, faults = parse_days(values, "instant", order=settings.date_order)
        return _local(instants, zone), faults
    if not (pa.types.is_timestamp(values.type) or pa.types.is_date(values.type)):
        texts = values if is_text(values) else _as_text(values)
        days = serial_days(texts) if kind == "date" and assumed is not None else None
        if assumed is None or days is None:
            return parse_days(texts, kind, order=settings.date_order)
        first = texts.drop_null()[0].as_py()
        assumed.append(
            say(
                "{column}: numbers such as {number} taken for the days of a spreadsheet, {number} "
                "for {day:day}.",
                column=column.name,
                number=first,
                day=days.dropna().iloc[0],
            )
        )
        return days, []
    if kind == "date":
        if pa.types.is_timestamp(values.type) and values.type.tz is not None:
            if zone:
                return _local(values.cast(pa.timestamp("us", "UTC")).to_pandas(), zone), []
            values = pc.local_timestamp(values)
        return to_days(_microseconds(values, None)), []
    moments = _microseconds(values, "UTC").to_pandas()
    return moments.astype("datetime64[us, UTC]"), []


def _local(moments: pd.Series[Any], zone: str) -> pd.Series[Any]:
    """The days that moments fall on in a place."""
    days: pd.Series[Any] = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    return days.astype("datetime64[us]")


def _microseconds(values: Any, zone: str | None) -> Any:
    """Moments to the microsecond; nanoseconds are cut, and what does not fit is refused."""
    fine = pa.types.is_timestamp(values.type) and values.type.unit == "ns"
    return values.cast(pa.timestamp("us", zone), safe=not fine)


def _flags(values: Any) -> Parsed:
    words = pc.utf8_lower(values)
    yes = pc.is_in(words, value_set=pa.array(_TRUE, words.type))
    no = pc.is_in(words, value_set=pa.array(_FALSE, words.type))
    known = pc.or_(yes, no).to_numpy()
    flags = pd.Series(yes.to_numpy()).astype("boolean").where(known)
    bad = ~known & values.is_valid().to_numpy()
    faults = []
    if bad.any():
        found = masked(values[int(bad.argmax())].as_py())
        faults = [
            Fault(bad, found, fix=say("write true or false, yes or no, 1 or 0 in every cell"))
        ]
    return (flags if flags.hasnans else flags.astype("bool")), faults


def _choices(column: Column, values: Any) -> Parsed:
    """Choices in the declared spelling; others stay, for the table's own check to refuse."""
    coded = values.combine_chunks().dictionary_encode()
    spelling = {str(choice).casefold(): str(choice) for choice in column.allowed}
    cells = [
        cell if cell is None else spelling.get(cell.casefold(), cell)
        for cell in coded.dictionary.to_pylist()
    ]
    chosen = pa.array(cells, pa.large_string()).take(coded.indices)
    return _series(chosen), []
