"""Workbooks: texts stay texts, numbers stay numbers, the same contents give the same bytes."""

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from mktlab.show import sheets


def cell(content: object) -> Any:
    """What Excel would find in a cell after the workbook was saved."""
    book = sheets.empty()
    sheets.add(book, "Sheet", ("Head", "Beside"), [(content, "filled")], widths=(10,))
    return load_workbook(io.BytesIO(sheets.content_of(book)))["Sheet"]["A2"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-2", "@sum", "  =cmd()", "\t=1"])
def test_a_text_that_looks_like_a_formula_says_that_it_is_none(text: str) -> None:
    assert (cell(text).value, cell(text).data_type, cell(text).quotePrefix) == (text, "s", True)


def test_a_head_is_no_formula_either() -> None:
    book = sheets.empty()
    sheet = sheets.add(book, "Sheet", ("=1+1",), [("=2+2",)], widths=(10,), formulas=(1,))
    assert (sheet["A1"].data_type, sheet["A2"].data_type) == ("s", "f")


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (7, 7),
        (np.int64(7), 7),
        (np.float64(2.5), 2.5),
        (True, "yes"),
        (np.bool_(False), "no"),
        (float("nan"), None),
        (float("inf"), None),
        (None, None),
        (pd.NA, None),
        (pd.NaT, None),
        ("a\x00b", "ab"),
        ("half \ud800 a pair", "half ? a pair"),
        ("x" * 40_000, "x" * 32_000),
        (pd.Timestamp("2025-01-06"), "2025-01-06 00:00:00"),
    ],
)
def test_what_a_cell_holds(content: object, value: object) -> None:
    assert cell(content).value == value


def test_the_same_contents_give_the_same_bytes() -> None:
    def content() -> bytes:
        book = sheets.empty()
        sheets.add(book, "Sheet", ("Head",), [(1,)], widths=(10,))
        return sheets.content_of(book)

    assert content() == content()
