"""A right answer in every other shape in which a person may rightly hand it in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl

from mktlab.plan import Plan


def other_shapes(expected: Any, *, key: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the shape is -> the expected value in that shape."""
    if isinstance(expected, pd.Series | pd.DataFrame):
        return _tables(expected, key or tuple(expected.index.names))
    if isinstance(expected, set | frozenset):
        return _lists(sorted(expected))
    if isinstance(expected, Plan):
        return {"same": expected, "as a file": expected.to_toml()}
    if isinstance(expected, str):
        return {"same": expected, "capitals, spaces": f" {expected.upper()} "}
    return _numbers(expected)


def rounded(numbers: Any) -> Any:
    """To 2 decimals, and numbers below 1 to 3 digits."""
    numbers = np.asarray(numbers, dtype=float)
    with np.errstate(divide="ignore"):
        digits = np.floor(np.log10(np.abs(numbers)))
    step = np.where(np.isfinite(digits), 10.0 ** np.minimum(-2, digits - 2), 1.0)
    return np.round(numbers / step) * step


def _numbers(expected: float) -> dict[str, Any]:
    shapes = {
        "same": expected,
        "float": float(expected),
        "numpy scalar": np.float64(expected),
        "array of no dimension": np.array(expected),
        "series of one": pd.Series([expected]),
        "table of one": pd.DataFrame({"any": [expected]}),
        "rounded": float(rounded(expected)),
    }
    return shapes | ({"int": int(expected)} if float(expected).is_integer() else {})


def _lists(ids: list[str]) -> dict[str, Any]:
    return {
        "set": set(ids),
        "list": ids,
        "list, backwards": ids[::-1],
        "tuple": tuple(ids),
        "array": np.array(ids),
        "series": pd.Series(ids, name="any"),
        "categorical series": pd.Series(ids, dtype="category"),
        "index": pd.Index(ids),
        "one-column table": pd.DataFrame({"any": ids}),
        "table with ids and more": pd.DataFrame({"customer_id": ids, "spend": 1.5}),
        "polars series": pl.Series(ids),
        "keys of a dict": dict.fromkeys(ids).keys(),
    }


def _tables(expected: pd.DataFrame | pd.Series[Any], key: tuple[str, ...]) -> dict[str, Any]:
    table = expected.to_frame() if isinstance(expected, pd.Series) else expected
    if set(key) & set(table.index.names):
        table = table.reset_index()
    keys, values = list(key), [c for c in table.columns if c not in key]
    numbers = [c for c in values if pd.api.types.is_numeric_dtype(table[c])]
    indexed = table.set_index(keys)
    whole = [c for c in numbers if (table[c].dropna() % 1 == 0).all() and table[c].notna().all()]
    shapes: dict[str, Any] = {
        "same": expected,
        "key in columns": table,
        "key in the index": indexed,
        "rows backwards": table.iloc[::-1],
        "rows shuffled": table.sample(frac=1, random_state=1),
        "columns backwards": table[table.columns[::-1]],
        "another index": table.set_axis(range(7, 7 + len(table)), axis=0),
        "rounded": table.assign(**{c: rounded(table[c]) for c in numbers}),
        "all numbers float": table.astype(dict.fromkeys(numbers, "float64")),
        "whole numbers int": table.astype(dict.fromkeys(whole, "int64")),
        "nullable": table.convert_dtypes(),
        "objects": table.astype(object),
        "categorical key": table.astype(dict.fromkeys(keys, "category")),
        "a column more": table.assign(more=1),
        "polars": pl.from_pandas(table),
    }
    if len(keys) == 1:
        shapes["index without a name"] = indexed.rename_axis(None)
    if len(values) == 1:
        shapes["series"] = indexed[values[0]]
        shapes["series by another name"] = indexed[values[0]].rename("any")
        shapes["series without a name"] = indexed[values[0]].rename(None)
        shapes["one column by another name"] = table.rename(columns={values[0]: "any"})
    return shapes
