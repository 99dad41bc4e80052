"""The declarations are complete, and what is derived from them agrees with them."""

import pandas as pd
import pytest

from mktlab.schema import Column
from mktlab.tables import TABLES

COLUMNS = [(name, column) for name, table in TABLES.items() for column in table.columns]


def test_every_column_has_a_meaning():
    assert [(table, column.name) for table, column in COLUMNS if not column.meaning] == []


def test_names_follow_the_conventions():
    for table, column in COLUMNS:
        where = f"{table}.{column.name}"
        if column.kind == "instant":
            assert column.name.endswith("_at"), where
        if column.name.endswith("_id"):
            assert column.kind == "id", where
        if column.name.endswith("_date"):
            assert column.kind == "date", where


def test_the_key_is_made_of_declared_columns():
    for name, table in TABLES.items():
        assert set(table.key) <= {column.name for column in table.columns}, name


def test_links_lead_to_a_table_with_that_column():
    for table, column in COLUMNS:
        if column.refers_to:
            assert TABLES[column.refers_to][column.name], f"{table}.{column.name}"


def test_dictionary_and_resource_speak_of_every_column():
    for table in TABLES.values():
        names = [column.name for column in table.columns]
        assert table.dictionary()["column"].tolist() == names
        resource = table.resource()
        assert [field["name"] for field in resource["schema"]["fields"]] == names
        assert resource["schema"]["primaryKey"] == list(table.key)


def test_defaults_satisfy_their_own_rule():
    for table, column in COLUMNS:
        if column.default is not None:
            values = pd.Series([column.default], dtype=column.dtype)
            assert values.notna().all(), f"{table}.{column.name}"
            assert column.keeps(values).all(), f"{table}.{column.name}"


@pytest.mark.parametrize(
    ("rule", "values", "kept"),
    [
        ({"kind": "choice", "allowed": ("paid", "lost")}, ["paid", "Paid", None], [1, 0, 1]),
        ({"kind": "count", "low": 1}, [0, 1, 2], [0, 1, 1]),
        ({"kind": "count", "low": 1, "high": 5, "nullable": True}, [5, 6, None], [1, 0, 1]),
        ({"kind": "money", "high": 0.5}, [0.5, 0.51, float("inf"), None], [1, 0, 0, 1]),
        ({"kind": "number"}, [float("-inf"), None], [1, 1]),
        ({"kind": "flag", "nullable": True}, [True, None], [1, 1]),
    ],
)
def test_a_column_knows_which_values_keep_its_rule(rule, values, kept):
    column = Column("it", meaning="any", **rule)
    assert column.keeps(pd.Series(values, dtype=column.dtype)).tolist() == [k == 1 for k in kept]


def test_a_column_is_required_or_has_a_default_not_both():
    both = [(t, c.name) for t, c in COLUMNS if c.required and c.default is not None]
    assert both == []


def test_every_meaning_fits_the_width_at_which_pandas_shows_text() -> None:
    meanings = [column.meaning for _, column in COLUMNS]
    assert max(map(len, meanings)) <= 50
