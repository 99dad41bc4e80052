"""What a table declaration is: a `Table` of `Column`s, each with meaning, unit and rule.

The declarations themselves are in `mktlab.tables`. Whatever speaks of a column is derived from
them: `Column.keeps` checks values, `Table.dictionary` is the page a reader sees, `Table.resource`
the entry in a `datapackage.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import narwhals as nw
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Kind = Literal["id", "text", "choice", "date", "instant", "money", "number", "count", "flag"]

DTYPES: dict[Kind, str] = {
    "id": "str",
    "text": "str",
    "choice": "str",
    "date": "datetime64[us]",
    "instant": "datetime64[us, UTC]",
    "money": "float64",
    "number": "float64",
    "count": "int64",
    "flag": "bool",
}
_NULLABLE_DTYPES: dict[Kind, str] = {"count": "Int64", "flag": "boolean"}
_FRICTIONLESS: dict[Kind, str] = {
    "id": "string",
    "text": "string",
    "choice": "string",
    "date": "date",
    "instant": "datetime",
    "money": "number",
    "number": "number",
    "count": "integer",
    "flag": "boolean",
}


class MktlabError(ValueError):
    """A problem that a person can mend, told in plain words.

    In a notebook the message is shown alone, without a traceback: the reader's file or call is
    what needs a look, not the code of this package.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Column:
    """One column: what it means, in which unit, which values it may hold.

    `refers_to` names the table whose rows an id points to; `ahead` marks a day that may be planned,
    where every other day has been observed.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    allowed: tuple[Any, ...] = ()
    low: float | None = None
    high: float | None = None
    required: bool = False
    nullable: bool = False
    default: Any = None
    refers_to: str = ""
    ahead: bool = False

    @property
    def dtype(self) -> str:
        """The pandas dtype of the column once loaded."""
        if self.nullable:
            return _NULLABLE_DTYPES.get(self.kind, DTYPES[self.kind])
        return DTYPES[self.kind]

    @property
    def rule(self) -> str:
        """What the column accepts, in words.

        >>> Column("quantity", "count", "pieces", low=1).rule
        'a whole number, at least 1'
        """
        nouns: dict[Kind, str] = {
            "id": "text",
            "text": "text",
            "choice": "one of " + ", ".join(str(v) for v in self.allowed),
            "date": "a day, YYYY-MM-DD",
            "instant": "a moment in UTC, YYYY-MM-DD HH:MM:SS",
            "money": "an amount",
            "number": "a number",
            "count": "a whole number",
            "flag": "true or false",
        }
        words = nouns[self.kind]
        if self.low is not None and self.high is not None:
            words += f", {self.low:g} to {self.high:g}"
        elif self.low is not None:
            words += f", at least {self.low:g}"
        if self.nullable:
            words += "; may be empty"
        return words

    def keeps(self, values: pd.Series[Any]) -> NDArray[np.bool_]:
        """Which values are among those allowed and in the range; an empty cell breaks neither.

        >>> Column("quantity", "count", "pieces", low=1).keeps(pd.Series([0, 1, None]))
        array([False,  True,  True])
        """
        kept = pd.Series(True, index=values.index)
        if self.allowed:
            kept &= values.isin(self.allowed)
        if self.low is not None:
            kept &= values >= self.low
        if self.high is not None:
            kept &= values <= self.high
        return (kept | values.isna()).to_numpy(dtype=bool)


@dataclass(frozen=True)
class Table:
    """One marketing table: what a row is, its columns, and the columns that make its key.

    `ordered` are pairs of columns of which the first is never later, or more, than the second.
    A company may hold but a sample of the table if `sample_of` says what is drawn for it; rows in
    which the column `not_drawn` is filled are all there even so. `about` is what it tells of.
    """

    name: str
    one_row_per: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    ordered: tuple[tuple[str, str], ...] = ()
    sample_of: str = ""
    not_drawn: str = ""
    about: str = ""

    def __getitem__(self, column: str) -> Column:
        return next(c for c in self.columns if c.name == column)

    @property
    def required(self) -> list[str]:
        """Columns a table must bring; the others have a default or may be absent."""
        return [c.name for c in self.columns if c.required]

    def weight(self, share: float) -> nw.Expr:
        """How many rows a row stands for, where the table holds this share of what is drawn.

        >>> from mktlab.tables import TABLES
        >>> paths = pd.DataFrame({"order_id": ["O1", None]})
        >>> nw.from_native(paths).select(weight=TABLES["touchpoints"].weight(1 / 8)).to_native()
           weight
        0     1.0
        1     8.0
        """
        drawn = nw.col(self.not_drawn).is_null() if self.not_drawn else nw.lit(True)
        return nw.when(drawn).then(nw.lit(1 / share)).otherwise(nw.lit(1.0))

    def refuse_twice(self, frame: Any) -> None:
        """Refuse a frame in which a key has two rows: whatever is joined with it would multiply.

        >>> from mktlab.tables import TABLES
        >>> TABLES["customers"].refuse_twice(pd.DataFrame({"customer_id": ["A", "A"]}))
        Traceback (most recent call last):
        mktlab.schema.MktlabError: customers: A has a second row, row 1; every customer needs one \
of its own.
        """
        keys = nw.from_native(frame).lazy().select(*self.key).collect("pandas").to_native()
        if (again := keys.duplicated()).any():
            row = int(again.to_numpy().argmax())
            raise MktlabError(
                f"{self.name}: {', '.join(map(str, keys.iloc[row]))} has a second row, row {row}; "
                f"every {self.one_row_per} needs one of its own."
            )

    def dictionary(self) -> pd.DataFrame:
        """The data dictionary: one row per column, in words.

        >>> from mktlab.tables import TABLES
        >>> TABLES["orders"].dictionary().loc[4, "column"]
        'status'
        """
        return pd.DataFrame(
            {
                "column": [c.name for c in self.columns],
                "meaning": [c.meaning for c in self.columns],
                "unit": [c.unit for c in self.columns],
                "accepts": [c.rule for c in self.columns],
                "key": [self._role(c) for c in self.columns],
                "needed": ["yes" if c.required else self._fallback(c) for c in self.columns],
            }
        )

    def _role(self, column: Column) -> str:
        words = ["key"] if column.name in self.key else []
        return ", ".join(words + ([f"→ {column.refers_to}"] if column.refers_to else []))

    @staticmethod
    def _fallback(column: Column) -> str:
        if column.default is None:
            return "no"
        known = f"{column.default:g}" if column.kind == "money" else str(column.default).lower()
        return f"no ({known} if missing)"

    def resource(self) -> dict[str, Any]:
        """The table as a resource of a data package (Frictionless Data Package, v1)."""
        fields = []
        for c in self.columns:
            constraints: dict[str, Any] = {"required": not c.nullable}
            if c.allowed:
                constraints["enum"] = list(c.allowed)
            if c.low is not None:
                constraints["minimum"] = c.low
            if c.high is not None:
                constraints["maximum"] = c.high
            fields.append(
                {
                    "name": c.name,
                    "type": _FRICTIONLESS[c.kind],
                    "description": c.meaning,
                    "unit": c.unit,
                    "constraints": constraints,
                }
            )
        keys = [
            {"fields": c.name, "reference": {"resource": c.refers_to, "fields": c.name}}
            for c in self.columns
            if c.refers_to
        ]
        return {
            "name": self.name,
            "description": f"One row per {self.one_row_per}.",
            "schema": {"fields": fields, "primaryKey": list(self.key), "foreignKeys": keys},
        }


class HasTables(Protocol):
    """What an analysis asks of a company: its tables by name, and its present day."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]: ...

    @property
    def today(self) -> pd.Timestamp: ...


def first_and_last(moments: pd.Series[Any], table: str) -> pd.Series[pd.Timestamp]:
    """The first and last day of a column of a table.

    Raises
    ------
    MktlabError
        When the column holds no days.
    """
    if not pd.api.types.is_datetime64_any_dtype(moments):
        raise MktlabError(
            f"{moments.name} of {table} holds {moments.dtype}, not days: load the table with "
            "mktlab.load, or convert the column with pandas.to_datetime."
        )
    ends: pd.Series[pd.Timestamp] = moments.agg(["min", "max"])
    return ends.dt.tz_localize(None).dt.normalize()
