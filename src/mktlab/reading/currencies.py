"""Amounts in one currency: what the cells say of it, and rates where they say more than one.

`code` knows a currency by its code or sign. `spoken` finds the currency of every row, by a column
of currencies or by the signs beside the amounts; `in_one` turns amounts into that of the company.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.resources import declared

_KNOWN: dict[str, Any] = declared("reading/currencies.toml")
CODES = frozenset(_KNOWN["codes"].split())
SIGNS: dict[str, str] = _KNOWN["signs"]
"""Signs and words beside amounts -> the code that they mean."""

SHARED: dict[str, list[str]] = {sign: codes.split() for sign, codes in _KNOWN["shared"].items()}
"""Signs that several currencies have at home, such as $, the likeliest first."""

_HEADER = re.compile(_KNOWN["headers"], re.IGNORECASE)
_SIGN = (
    r"^[-+−(]*\s*(?P<before>[^\d\s.,'’()+−-]*)[\d\s.,'’()+−-]*(?P<after>[^\d\s.,'’()+−-]*)[-)]*$"
)
Words = npt.NDArray[np.object_]


def code(said: object) -> str:
    """The code of a currency that is written as code, sign or word, or "".

    >>> code("eur"), code("£"), code("Canadian"), code("dogs")
    ('EUR', 'GBP', '', '')
    """
    if not isinstance(said, str):
        return ""
    bare = said.strip()
    return bare.upper() if bare.upper() in CODES else SIGNS.get(bare.casefold(), "")


def column_of(columns: dict[str, Any], taken: Iterable[str], money: str) -> str:
    """The header of the column that says the currency of the amounts, or "".

    A column counts whose header names it and whose cells are all currencies. Of several, the one
    whose header is most like that of the amounts.
    """
    taken = set(taken)
    found = [
        header
        for header, cells in columns.items()
        if header not in taken and _HEADER.search(header) and _all_currencies(cells)
    ]

    def alike(header: str) -> tuple[int, int]:
        words = set(re.findall(r"\w+", header.casefold()))
        return len(words & set(re.findall(r"\w+", money.casefold()))), -len(words)

    return max(found, key=alike, default="")


def _all_currencies(cells: Any) -> bool:
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return False
    words = pc.unique(cells).drop_null().to_pylist()
    return bool(words) and len(words) <= len(CODES) and all(map(code, words))


def by_word(cells: Any) -> Words:
    """The code in every cell of a column of currencies, "" where it is empty."""
    coded = cells.combine_chunks().dictionary_encode()
    codes = np.array([*(code(word) or word for word in coded.dictionary.to_pylist()), ""], object)
    places: npt.NDArray[np.int64] = coded.indices.fill_null(len(codes) - 1).to_numpy()
    return codes[places]


def by_sign(cells: Any, currency: str) -> Words | None:
    """The code beside every amount of a column of text, "" where none stands; None if none does.

    >>> by_sign(pa.chunked_array([["10,50 €", "$12", "7"]]), "").tolist()
    ['EUR', 'USD', '']
    """
    if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
        return None
    coded = cells.combine_chunks().dictionary_encode()
    parts = pd.Series(coded.dictionary.to_pylist(), dtype="str").str.extract(_SIGN).fillna("")
    signs = (parts["before"] + parts["after"]).map(
        lambda sign: currency if currency in SHARED.get(sign, ()) else code(sign)
    )
    codes = np.array([*signs, ""], object)
    if not any(codes):
        return None
    places: npt.NDArray[np.int64] = coded.indices.fill_null(len(codes) - 1).to_numpy()
    return codes[places]
