"""The declarations are complete, and what is derived from them agrees with them."""

import pandas as pd
import pytest

from mktlab.schema import DTYPES
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
    schema = table.schema()
    for column in table.columns:
        if column.default is not None:
            values = pd.Series([column.default], dtype=column.dtype, name=column.name)
            schema.columns[column.name].validate(values.to_frame())


@every_table
def test_a_column_is_required_or_has_a_default_not_both(table):
    assert not [c.name for c in table.columns if c.required and c.default is not None]


def test_every_meaning_fits_the_width_at_which_pandas_shows_text() -> None:
    meanings = [c.meaning for table in TABLES.values() for c in table.columns]
    assert max(map(len, meanings)) <= 50
