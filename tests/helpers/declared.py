"""What it is for a table to be as its declaration says."""

import pandas as pd

from mktlab.tables import TABLES


def assert_declared(name: str, frame: pd.DataFrame) -> None:
    """Required columns are there, each has its type and keeps its rule, and no key repeats."""
    table = TABLES[name]
    assert set(table.required) <= set(frame)
    for column in table.columns:
        if column.name in frame:
            values = frame[column.name]
            assert values.dtype == column.dtype, (name, column.name, values.dtype)
            assert column.nullable or values.notna().all(), (name, column.name)
            assert column.keeps(values).all(), (name, column.name, column.rule)
    assert not frame.duplicated(list(table.key)).any(), name
