"""The declarations are complete, and what is derived from them agrees with them."""

import pandas as pd
import pytest

from mktlab.schema import DTYPES, Column
from mktlab.tables import TABLES

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))


@every_table
def test_every_column_has_a_meaning_and_a_known_kind(table):
    for column in table.columns:
        assert column.meaning
        assert column.kind in DTYPES


@every_table
def test_names_follow_the_conventions(table):
    for column in table.columns:
        if column.kind == "instant":
            assert column.name.endswith("_at")
        if column.name.endswith("_id"):
            assert column.kind == "id"
        if column.name.endswith("_date"):
            assert column.kind == "date"


@every_table
def test_the_key_is_made_of_declared_columns(table):
    assert set(table.key) <= {column.name for column in table.columns}


@every_table
def test_links_lead_to_a_table_with_that_column(table):
    for column in table.columns:
        if column.refers_to:
            assert TABLES[column.refers_to][column.name]


@every_table
def test_dictionary_and_resource_speak_of_every_column(table):
    names = [column.name for column in table.columns]
    assert table.dictionary()["column"].tolist() == names
    resource = table.resource()
    assert [field["name"] for field in resource["schema"]["fields"]] == names
    assert resource["schema"]["primaryKey"] == list(table.key)


@every_table
def test_defaults_satisfy_their_own_rule(table):
    for column in table.columns:
        if column.default is not None:
            values = pd.Series([column.default], dtype=column.dtype)
            assert values.notna().all(), column.name
            assert column.keeps(values).all(), column.name


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


@every_table
def test_a_column_is_required_or_has_a_default_not_both(table):
    assert not [c.name for c in table.columns if c.required and c.default is not None]


def test_every_meaning_fits_the_width_at_which_pandas_shows_text() -> None:
    meanings = [c.meaning for table in TABLES.values() for c in table.columns]
    assert max(map(len, meanings)) <= 50
