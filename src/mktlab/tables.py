"""The marketing tables: every column's meaning, unit and rule, said once, in `tables.toml`.

`TABLES` is the single source of the data dictionary (`company.describe`), of the checks on loading
and of `datapackage.json`.

Conventions: snake_case; ids are text; a day is `date` or `*_date`, an instant is `*_at` (UTC);
money is in the company's currency, net of tax; only counts and amounts are stored, rates are
computed; missing, zero and hidden are three different things.
"""

from __future__ import annotations

from math import inf
from typing import Any

from mktlab.resources import declared
from mktlab.schema import Column, Table
from mktlab.schema import HasTables as HasTables

_USUAL: dict[str, dict[str, Any]] = {
    "id": {"required": True},
    "text": {"nullable": True},
    "money": {"unit": "currency"},
    "count": {"low": 0},
}
"""Kind -> what a column of that kind is, unless it says otherwise."""


def _column(name: str, said: dict[str, Any]) -> Column:
    rules = {**_USUAL.get(said["kind"], {}), **said}
    rules["allowed"] = tuple(rules.get("allowed", ()))
    if rules.get("low") == -inf:
        rules["low"] = None
    return Column(name, **rules)


def _table(name: str, said: dict[str, Any]) -> Table:
    columns = tuple(_column(column, rules) for column, rules in said["columns"].items())
    ordered = tuple((first, second) for first, second in said.get("ordered", ()))
    sample = said.get("sample", {})
    about = said["about"]
    return Table(name, said["row"], columns, tuple(said["key"]), ordered, **sample, about=about)


TABLES = {name: _table(name, said) for name, said in declared("tables.toml").items()}
"""Name -> table."""
