"""Numbers as people write them become floats: 1234.5, 1 234,50 €, US$1,234.56, (20.00), 20.00-.

`parse_numbers` reads a column of text. Plain numbers are read at once; otherwise the column's
distinct values decide together whether the comma or the point is the decimal sign. When they
cannot (1.234 alone may be a little or a lot), the whole column is a fault, and nothing is guessed.
Which currency a cell names say `code`, `by_word` and `by_sign`; `column_of` finds their column.
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

from mktlab.reading.problems import Fault, Mask, shown, spread
from mktlab.resources import declared
from mktlab.show.words import say

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


def is_text(cells: Any) -> bool:
    """Whether an Arrow column holds text."""
    return bool(pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type))


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
    if not is_text(cells):
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
    if not is_text(cells):
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


Floats = npt.NDArray[np.float64]

_BLANKS = r"[\x{00A0}\x{202F}\x{2009}'’]"
_WORDS = "|".join(
    re.escape(sign) + "[.]?" * sign.isalpha() for sign in sorted(SIGNS, key=len)[::-1]
)
_CURRENCY = (
    rf"(?:(?i:{_WORDS})|{'|'.join(sorted(CODES))}|eur|usd|gbp|chf)"  # but 5 cup, 12 all are words
)
_BEFORE = rf"^([-+]?\s?\(?){_CURRENCY}(\s?[-+(]?\s?[\d.,].*)$"
_AFTER = rf"^(.*[\d.,)-]\s?){_CURRENCY}(\s?\)|\s?-|)$"
_EXPONENT = r"([eE][+-]?\d+)?"
_UNSETTLED = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_LAKH = r"^[+-]?\d{1,2}(,\d{2})+,\d{3}([.]\d*)?$"  # 12,34,567.50, as India groups


def parse_numbers(
    texts: Any, *, decimal: str = "", whole: bool = False
) -> tuple[Floats, list[Fault]]:
    """Read an Arrow column of text as numbers.

    Parameters
    ----------
    texts
        An Arrow chunked array of text; missing cells are null.
    decimal
        The decimal sign, "." or ",", where the reader has said so; else "".
    whole
        Whether only whole numbers make sense: then 1,250 beside 40 is more than a thousand.

    Returns
    -------
    The numbers, NaN where a cell is missing or not understood, and the faults.

    Examples
    --------
    >>> parse_numbers(pa.chunked_array([["1 234,50 €", "-2,5", "(20,00)", "3,00-"]]))
    (array([1234.5,   -2.5,  -20. ,   -3. ]), [])
    >>> _, [fault] = parse_numbers(pa.chunked_array([["1.234", "2.500"]]))
    >>> fault.found
    '1.234, which may be 1234 or 1234/1000; no value settles it'
    """
    numbers = plain_numbers(texts, decimal)
    if numbers is not None:
        return numbers, []
    coded = texts.combine_chunks().dictionary_encode()
    cells, codes = coded.dictionary, coded.indices
    tidy = _tidy(cells)
    if not decimal and whole:
        decimal = _of_groups(tidy)
    if not decimal:
        decimal, fault = _decide(tidy, cells)
        if fault is not None:
            return np.full(len(texts), np.nan), [spread(fault, codes)]
    numbers, bad = _convert(tidy, decimal)
    faults = []
    if bad.any():
        found = shown(cells[int(bad.argmax())].as_py())
        faults = [Fault(bad, found, fix=say("write digits and a decimal sign only, in every cell"))]
    by_row = pa.array(numbers).take(codes).to_numpy(zero_copy_only=False)
    return by_row, [spread(fault, codes) for fault in faults]


def plain_numbers(texts: Any, decimal: str = "") -> Floats | None:
    """The numbers of a column of text that is written as computers write it, or None."""
    if decimal == "," or not pa.types.is_large_string(texts.type):
        return None
    try:
        numbers = texts.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    settled = decimal or _proven(texts.slice(0, 1000), ".") or _proven(texts, ".")
    if not settled and pc.any(pc.match_substring(texts, ".")).as_py():
        return None
    result: Floats = numbers.to_numpy()
    return result


def _tidy(cells: Any) -> Any:
    """Take off currencies, put a minus for brackets or one behind, join groups of three digits."""
    cells = pc.replace_substring_regex(cells, _BLANKS, " ")
    cells = pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, "[−–]", "-"))
    cells = pc.replace_substring_regex(cells, _AFTER, r"\1\2")
    cells = pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, _BEFORE, r"\1\2"))
    cells = pc.replace_substring_regex(cells, r"^\(\s?([\d.,][\d.,\s]*?)\s?\)$", r"-\1")
    cells = pc.replace_substring_regex(
        cells, r"^(\d+|\d{1,3}(?:[.\s]\d{3})+)[.,]-{1,2}$", r"\1"
    )  # 20,- is 20
    cells = pc.replace_substring_regex(cells, r"^([\d.,][\d.,\s]*?)\s?-$", r"-\1")
    cells = pc.replace_substring_regex(cells, r"^([+-]) +", r"\1")
    grouped = pc.match_substring_regex(cells, r"^[+-]?\d{1,3}(\s\d{3})+([.,]\d*)?$")
    cells = pc.if_else(grouped, pc.replace_substring(cells, " ", ""), cells)
    lakh = pc.match_substring_regex(cells, _LAKH)
    return pc.if_else(lakh, pc.replace_substring(cells, ",", ""), cells)


def _of_groups(tidy: Any) -> str:
    """The decimal sign of whole numbers of which some are grouped: 1,250 beside 40; else ""."""
    grouped = tidy.filter(pc.match_substring_regex(tidy, _UNSETTLED))
    some = pc.any(pc.match_substring_regex(tidy, r"^[+-]?\d{1,3}$")).as_py()
    round_ = pc.all(pc.match_substring_regex(grouped, "000$")).as_py()
    signs = [sign for sign in ".," if pc.any(pc.match_substring(grouped, sign)).as_py()]
    return {".": ",", ",": "."}[signs[0]] if some and not round_ and len(signs) == 1 else ""


def _proof(cells: Any, decimal: str) -> Any:
    """Which cells can only mean that `decimal` is the decimal sign."""
    sign, other = ("[.]", ",") if decimal == "." else (",", "[.]")
    single = pc.match_substring_regex(cells, rf"^[+-]?(\d+{sign}\d*|{sign}\d+){_EXPONENT}$")  # 12,5
    many = rf"^[+-]?\d{{1,3}}(({other}\d{{3}})+{sign}\d*|({other}\d{{3}}){{2,}})$"  # 1.234,5
    unsettled = pc.match_substring_regex(cells, _UNSETTLED)
    return pc.or_(pc.and_not(single, unsettled), pc.match_substring_regex(cells, many))


def _proven(cells: Any, decimal: str) -> bool:
    return bool(pc.any(_proof(cells, decimal)).as_py())


def _decide(tidy: Any, cells: Any) -> tuple[str, Fault | None]:
    """The decimal sign that the cells prove, and the fault if they prove none or both."""
    proofs = {sign: _mask(_proof(tidy, sign)) for sign in ".,"}
    everything = _mask(cells.is_valid())
    if proofs["."].any() and proofs[","].any():
        both = (shown(cells[int(proofs[sign].argmax())].as_py()) for sign in ".,")
        found = " and ".join(both) + ": the point and the comma are both decimal signs"
        return "", Fault(everything, found, fix=say("export the column with one decimal sign"))
    unsettled = _mask(pc.match_substring_regex(tidy, _UNSETTLED))
    if unsettled.any() and not (proofs["."].any() or proofs[","].any()):
        example = shown(cells[int(unsettled.argmax())].as_py())
        digits = tidy[int(unsettled.argmax())].as_py().replace(".", "").replace(",", "")
        found = say(
            "{example}, which may be {digits} or {digits}/1000; no value settles it",
            example=example,
            digits=digits,
        )
        fix = say(
            'settle it in columns.toml, under the table\'s name: decimal = "." or decimal = ","'
        )
        return "", Fault(everything, found, fix=fix)
    return ("," if proofs[","].any() else "."), None


def _convert(tidy: Any, decimal: str) -> tuple[Floats, Mask]:
    sign, other = ("[.]", ",") if decimal == "." else (",", "[.]")
    whole = rf"(\d+|\d{{1,3}}({other}\d{{3}})+)"
    good = pc.match_substring_regex(
        tidy, rf"^[+-]?({whole}({sign}\d*)?|{sign}\d+){_EXPONENT}$|^(?i)[+-]?inf(inity)?$"
    )
    bare = pc.replace_substring(tidy, "," if decimal == "." else ".", "")
    bare = pc.replace_substring(bare, decimal, ".")
    numbers = pc.if_else(good, bare, pa.scalar(None, bare.type)).cast(pa.float64())
    return numbers.to_numpy(zero_copy_only=False), ~_mask(good) & _mask(tidy.is_valid())


def _mask(flags: Any) -> Mask:
    result: Mask = flags.fill_null(False).to_numpy(zero_copy_only=False)
    return result
