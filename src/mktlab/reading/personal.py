"""Which columns of a person's files hold personal data, by header and form, without a model.

`personal` looks at one column: its header in English or French, and up to some hundreds of cells.
What can be told by form alone (an e-mail address, an IBAN with its check digits, an IP address) is
found under any header; what cannot (a birth date, a surname) needs a header that says so.
`without_contacts` takes what can be told by form out of a text that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import islice
from typing import Any

from mktlab.resources import declared
from mktlab.show.words import say
from mktlab.spelling import plain

MOST = 300
"""Cells that are looked at."""
_SOME = 0.3
_DECLARED = declared("reading/personal.toml")
_HEADERS = {
    kind: re.compile(rf"\b({'|'.join(names)})\b") for kind, names in _DECLARED["headers"].items()
}
_NEVER = re.compile(rf"\b({'|'.join(_DECLARED['never'])})\b")
_FIRST_NAMES = frozenset(_DECLARED["first_names"].split())
_STREETS = re.compile(rf"\b({'|'.join(_DECLARED['streets'])})\b")

MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\W\d_]{2,}")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_PHONE = re.compile(r"(?:\+|\(|0)[\d\s().+/-]{7,}(?:\s?x\s?\d+)?")
_LOOSE = re.compile(r"[+(]?\d[\d\s().+/x-]{5,}")
_TOUCH = re.compile(
    r"(?<![\w.,+])(?:\+\d{1,3}[\s.-]?(?:\(0\)\s?)?|\(?0)\d(?:[\s().-]{0,2}\d){7,11}(?![\w])"
)
_IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
_DAY = re.compile(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}.*|\d{8}")
_FIRST, _BARE = re.compile(r"\b(prenoms?|first ?name|given name)\b"), ("nom", "name", "last")
_PEOPLE, _INITIAL = (
    re.compile("(customer|client|buyer|acheteur|contact)s?"),
    re.compile(r"[A-Z]\. "),
)
_PERSON = re.compile(r"(?:[A-ZÀ-Ý][\w'’.-]*,? ){1,4}[A-ZÀ-Ý][\w'’.-]*")


@dataclass(frozen=True)
class Personal:
    """The kind of personal data that a column holds, and what tells it: its header or its cells."""

    kind: str
    why: str


def personal(header: str, cells: Iterable[Any]) -> Personal | None:
    """The kind of personal data that a column holds, or None.

    Parameters
    ----------
    header
        The column's name.
    cells
        Its cells, of which the first `MOST` that are not empty are looked at.

    Examples
    --------
    >>> personal("Column 3", ["ada@example.com", "jo@shop.fr"])
    Personal(kind='mail', why='its cells')
    >>> personal("Date de naissance", ["1984-02-07"]).kind, personal("Date", ["1984-02-07"])
    ('birth_date', None)
    """
    texts = (str(cell).strip() for cell in cells if cell is not None and cell == cell)
    known = list(islice((text for text in texts if text), MOST))
    said = _spaced(header)
    other = bool(_NEVER.search(said))
    for kind, (form, least) in _SURE.items():
        if _share(known, form) > least and not (other and kind == "ip"):
            return Personal(kind, say("its cells"))
    if other:
        return None
    named = next((kind for kind, names in _HEADERS.items() if names.search(said)), "")
    if named and (not known or _share(known, _LIKELY[named]) > _FITS.get(named, _SOME)):
        return Personal(named, say("its header"))
    if _PEOPLE.fullmatch(said) and _share(known, _in_capitals) > _FITS["name"]:
        return Personal("name", say("its header"))
    for kind, (form, least) in _ALONE.items():
        if _share(known, form) > least and not (kind == "free_text" and _few(known)):
            return Personal(kind, say("its cells"))
    return None


def personal_columns(columns: Mapping[str, Iterable[Any]]) -> dict[str, Personal]:
    """What `personal` says of each column that holds some; "Nom" beside "Prénom" is a name.

    >>> list(personal_columns({"Prénom": ["Ada"], "Nom": ["Byron"], "Total": ["12.50"]}))
    ['Prénom', 'Nom']
    """
    found = {header: what for header, cells in columns.items() if (what := personal(header, cells))}
    beside = any(_FIRST.search(_spaced(header)) for header in found)
    for header in columns:
        if beside and header not in found and _spaced(header) in _BARE:
            found[header] = Personal("name", say("its header"))
    return {header: found[header] for header in columns if header in found}


def without_contacts(text: str) -> str:
    """A text without e-mail addresses, phone numbers, IBANs and IP addresses.

    >>> without_contacts("Ask jo@shop.fr for order 1042.")
    'Ask [...] for order 1042.'
    """
    for form in (MAIL, IBAN, _IP, _TOUCH):
        text = form.sub("[...]", text)
    return text


def _spaced(header: str) -> str:
    """A header in plain words, `BillingName1` and `billing_name` alike."""
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])", " ", header)
    parted = re.sub(r"(?i)\be[- ]?mail", "email", parted)
    return plain(parted.replace("_", " "))


def _share(texts: list[str], form: Callable[[str], bool]) -> float:
    return sum(map(form, texts)) / len(texts) if texts else 0.0


def _is_phone(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    return bool(_PHONE.fullmatch(text)) and 8 <= digits <= 17 and not _DAY.fullmatch(text)


def _may_be_phone(text: str) -> bool:
    return bool(_LOOSE.fullmatch(text)) and 6 <= sum(map(str.isdigit, text)) <= 17


def _is_iban(text: str) -> bool:
    """Whether a text is an IBAN by its check digits (ISO 13616, ISO 7064 mod 97-10)."""
    bare = text.replace(" ", "").upper()
    if not IBAN.fullmatch(bare):
        return False
    return int("".join(str(int(letter, 36)) for letter in bare[4:] + bare[:4])) % 97 == 1


def _is_ip(text: str) -> bool:
    try:
        return bool(ip_address(text)) and ("." in text or text.count(":") > 1)
    except ValueError:
        return False


def _is_person(text: str) -> bool:
    words = set(plain(text).split())
    return (bool(words & _FIRST_NAMES) or bool(_INITIAL.match(text))) and _in_capitals(text)


def _is_address(text: str) -> bool:
    """A number and a word for a street, or what ends with a post code and a place."""
    said = plain(text)
    number = re.search(r"\b\d+[a-z]?\b", said)
    return bool(number) and bool(_STREETS.search(said)) and len(said.split()) >= 3


def _is_prose(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", text)
    return len(words) >= 6 and len(text) >= 35 and text.count(" ") >= 5


def _few(texts: list[str]) -> bool:
    """Whether texts repeat, as labels of the shop's own do and what people write does not."""
    return len(set(texts)) <= min(10, 0.3 * len(texts))


def _is_day(text: str) -> bool:
    return bool(_DAY.fullmatch(text))


def _has_mail(text: str) -> bool:
    return bool(MAIL.search(text))


def _in_letters(text: str) -> bool:
    return any(map(str.isalpha, text)) and len(text) <= 80 and not any(map(str.isdigit, text))


def _in_words(text: str) -> bool:
    return " " in text


def _may_be_address(text: str) -> bool:
    return len(plain(text).replace(" ", "")) > 3


def _in_capitals(text: str) -> bool:
    return bool(_PERSON.fullmatch(text))


Form = Callable[[str], bool]
_SURE: dict[str, tuple[Form, float]] = {
    "mail": (_has_mail, 0.3),
    "iban": (_is_iban, 0.3),
    "ip": (_is_ip, 0.5),
}
"""What its form alone tells, whatever the header, and in how many cells at least."""
_LIKELY: dict[str, Form] = {
    "mail": _has_mail,
    "iban": _is_iban,
    "ip": _is_ip,
    "birth_date": _is_day,
    "phone": _may_be_phone,
    "address": _may_be_address,
    "name": _in_letters,
    "free_text": _in_words,
}
"""The form that cells under a header of the kind have."""
_FITS = {"name": 0.7, "birth_date": 0.5}
_ALONE: dict[str, tuple[Form, float]] = {
    "phone": (_is_phone, 0.7),
    "name": (_is_person, 0.4),
    "address": (_is_address, 0.4),
    "free_text": (_is_prose, 0.5),
}
"""What a form tells under a header that says nothing."""
