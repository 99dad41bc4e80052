"""Numbers as people write them become floats: 1234.5, 1 234,50 €, US$1,234.56, (20.00), 20.00-.

`parse_numbers` reads a column of text. Plain numbers are read at once; otherwise the column's
distinct values decide together whether the comma or the point is the decimal sign. When they
cannot (1.234 alone may be a little or a lot), the whole column is a fault, and nothing is guessed.
`currencies` says which currency stands at each number; two in one column are never added up.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mktlab.reading.problems import Fault, Mask, shown, spread
from mktlab.show.words import say

Floats = npt.NDArray[np.float64]

_CODES = (
    "EUR USD GBP CHF JPY CNY CAD AUD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN TRY UAH RUB INR BRL "
    "MXN ARS CLP COP PEN ZAR MAD TND DZD XOF XAF AED SAR ILS EGP KRW HKD SGD TWD THB MYR IDR PHP "
    "VND"
)
_SIGNS = (
    "€ EUR euro EUR euros EUR £ GBP ¥ JPY ₹ INR ₽ RUB ₺ TRY ₩ KRW ₪ ILS ₫ VND ฿ THB ₴ UAH zł PLN "
    "kč CZK ft HUF us$ USD usd$ USD ca$ CAD cad$ CAD c$ CAD a$ AUD au$ AUD nz$ NZD hk$ HKD s$ SGD "
    "r$ BRL mx$ MXN $ $ dollars $ kr kr kr. kr fr. CHF sfr. CHF rs. INR rs INR lei RON"
)
SIGNS = dict(zip(_SIGNS.split()[::2], _SIGNS.split()[1::2], strict=True))
SIGNS |= {code.lower(): code for code in _CODES.split()}
"""Signs, words and codes of a currency, in small letters; $ and kr are those of many countries."""

_BLANKS = r"[\x{00A0}\x{202F}\x{2009}'’]"
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=lambda sign: (-len(sign), sign)))
_BEFORE = rf"(?i)^(?P<sign>[-+]? ?\(?)(?P<unit>{_CURRENCY})(?P<rest> ?[-+(]? ?[\d.,].*)$"
_AFTER = rf"(?i)^(?P<rest>.*[\d.,)-] ?)(?P<unit>{_CURRENCY})(?P<sign> ?\)| ?-|)$"
_EXPONENT = r"([eE][+-]?\d+)?"
_UNSETTLED = r"^[+-]?[1-9]\d{0,2}[.,]\d{3}$"
_LAKH = r"^[+-]?\d{1,2}(,\d{2})+,\d{3}([.]\d*)?$"  # 12,34,567.50, as India groups


def parse_numbers(
    texts: Any, *, decimal: str = "", several: bool = False
) -> tuple[Floats, list[Fault]]:
    """Read an Arrow column of text as numbers.

    Parameters
    ----------
    texts
        An Arrow chunked array of text; missing cells are null.
    decimal
        The decimal sign, "." or ",", where the reader has said so; else "".
    several
        Whether the cells may name more than one currency, as somebody converts them.

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
    numbers = _plain(texts, decimal)
    if numbers is not None:
        return numbers, []
    coded = texts.combine_chunks().dictionary_encode()
    cells, codes = coded.dictionary, coded.indices
    bare, units = _apart(cells)
    fault = None if several else _mixed(units, cells, codes)
    tidy = _tidy(bare)
    if not decimal and fault is None:
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


def currencies(texts: Any) -> Any:
    """The currency that each cell of an Arrow column of text names, null where it names none.

    A code of ISO 4217; `$` and `kr`, which several countries use, stay as they are.

    >>> currencies(pa.chunked_array([["10 €", "US$12.50", "7", "30 kr"]])).to_pylist()
    ['EUR', 'USD', None, 'kr']
    """
    coded = texts.combine_chunks().dictionary_encode()
    return _apart(coded.dictionary)[1].take(coded.indices)


def _plain(texts: Any, decimal: str) -> Floats | None:
    """The numbers of a column that is written as computers write it, or None."""
    if decimal == ",":
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


def _apart(cells: Any) -> tuple[Any, Any]:
    """Cells without their currency, and the currency of each, null if it has none."""
    cells = pc.replace_substring_regex(cells, _BLANKS, " ")
    cells = pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, "[−–]", "-"))
    units = pa.nulls(len(cells), cells.type)
    for pattern in (_AFTER, _BEFORE):
        units = pc.coalesce(units, pc.struct_field(pc.extract_regex(cells, pattern), "unit"))
        cells = pc.replace_substring_regex(cells, pattern, r"\1\3")
    names = [unit and SIGNS[unit.lower()] for unit in units.to_pylist()]
    return cells, pa.array(names, cells.type)


def _mixed(units: Any, cells: Any, codes: Any) -> Fault | None:
    """The fault of a column that names more than one currency: amounts that nobody can add."""
    counts = pc.value_counts(units.take(codes).drop_null()).to_pylist()
    if len(counts) < 2:
        return None
    first, second = sorted(counts, key=lambda each: -each["counts"])[:2]
    named = [each["values"] for each in (first, second)]
    examples = (shown(cells[pc.index(units, name).as_py()].as_py()) for name in named)
    found = say(
        "{examples}: more than one currency ({first}: {many:count}, {second}: {few:count})",
        examples=" and ".join(examples),
        first=named[0],
        many=first["counts"],
        second=named[1],
        few=second["counts"],
    )
    base, other = ({"$": "USD", "kr": "SEK"}.get(name, name) for name in named)
    fix = say(
        "export amounts in one currency, or say in columns.toml, above the tables, what one "
        'unit of each other is worth: currency = "{base}" and rates = {{{other} = ...}}',
        base=base,
        other=other,
    )
    return Fault(_mask(units.is_valid()), found, fix=fix)


def _tidy(cells: Any) -> Any:
    """Make brackets and a minus behind one in front, and take out the blanks between groups."""
    cells = pc.utf8_trim_whitespace(cells)
    cells = pc.replace_substring_regex(cells, r"^\( ?([\d.,][\d., ]*?) ?\)$", r"-\1")
    cells = pc.replace_substring_regex(cells, r"^([\d., ]*\d)[.,]-{1,2}$", r"\1")  # 20,- is 20
    cells = pc.replace_substring_regex(cells, r"^([\d.,][\d., ]*?) ?-$", r"-\1")
    cells = pc.replace_substring_regex(cells, r"^([+-]) +", r"\1")
    grouped = pc.match_substring_regex(cells, r"^[+-]?\d{1,3}( \d{3})+([.,]\d*)?$")
    cells = pc.if_else(grouped, pc.replace_substring(cells, " ", ""), cells)
    lakh = pc.match_substring_regex(cells, _LAKH)
    return pc.if_else(lakh, pc.replace_substring(cells, ",", ""), cells)


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
