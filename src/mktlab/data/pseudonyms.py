"""Pseudonyms: a customer or an order under a name that nobody can lead back without the key.

HMAC-SHA256 (Krawczyk, Bellare & Canetti, 1997; RFC 2104) of the id with the secret of a key file:
the same id and key give the same pseudonym on every day and every machine.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pandas as pd

from mktlab.company import Company
from mktlab.files import is_file, printable
from mktlab.schema import MktlabError
from mktlab.show.words import say

SHORTEST = 32
"""Characters that a key must have at least."""
LENGTH = 16
"""Hexadecimal digits of a pseudonym: two of a million ids are alike in 1 of 37 million files."""
IDS = ("customer_id", "order_id", "referrer_id")


def pseudonym(name: str, key: str) -> str:
    """What stands for an id in place of it.

    >>> pseudonym("K00017", "k" * 32) == pseudonym("K00017", "k" * 32) != pseudonym("K00017", "j")
    True
    """
    return hmac.digest(key.encode(), name.encode("utf-8", "surrogatepass"), "sha256").hex()[:LENGTH]


def make_key(path: Path) -> bool:
    """Make a key file that only its owner can read, unless there is one; whether it was made.

    Raises
    ------
    MktlabError
        When it cannot be made, or when what is there is no key.
    """
    if os.path.lexists(path):
        read_key(path)
        return False
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w", encoding="ascii") as opened:
            opened.write(f"{secrets.token_hex(32)}\n")
    except (OSError, ValueError) as error:
        told = say(
            "The key file {path} cannot be made ({error}): give a file in a folder that exists and "
            "that you may write to.",
            path=printable(path),
            error=(getattr(error, "strerror", "") or say("no such name")).lower(),
        )
        raise MktlabError(told) from None
    return True


def read_key(path: Path) -> str:
    """The secret in a key file.

    Raises
    ------
    MktlabError
        When there is no file, or none with a secret that is long enough.
    """
    holds, key = say("is not there"), ""
    if is_file(path):
        try:
            key = path.read_text(encoding="utf-8").strip()
            holds = say("holds {n:count} characters", n=len(key))
        except (OSError, UnicodeDecodeError):
            holds = say("holds no text that can be read")
    if len(key) < SHORTEST:
        told = say(
            "The key file {path} {holds}: a key has {least:count} characters at least, and `mktlab "
            "run` with --pseudonyms makes one where there is no file.",
            path=printable(path),
            holds=holds,
            least=SHORTEST,
        )
        raise MktlabError(told)
    return key


def own_key() -> Path:
    """The key file that is used unless another is named: MKTLAB_CONFIG, or one's own settings.

    It lies outside of any folder of tables, and is made when it is first needed.
    """
    if said := os.environ.get("MKTLAB_CONFIG"):
        folder = Path(said).expanduser()
    elif sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming") / "mktlab"
    else:
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "mktlab"
    path = folder / "key"
    with suppress(OSError):  # make_key tells
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_key(path)
    return path


def replaced(
    tables: dict[str, pd.DataFrame], columns: Iterable[str], key: str
) -> dict[str, pd.DataFrame]:
    """Tables with a pseudonym in place of each id in these columns."""
    made = {}
    for name, frame in tables.items():
        ids = {column: _replaced(frame[column], key) for column in columns if column in frame}
        made[name] = frame.assign(**ids)
    return made


def with_pseudonyms(company: Company, path: Path) -> Company:
    """The company with a pseudonym for every customer and order, in all its tables."""
    tables = replaced(company.tables, IDS, read_key(path))
    note = say("Customers and orders go by pseudonyms, made with the key {file}.", file=path.name)
    return company.but(tables=tables, notes=[*company.notes, note])


def _replaced(ids: pd.Series[str], key: str) -> pd.Series[str]:
    """Each id's pseudonym, reckoned once; an empty cell stays empty."""
    names = ids.dropna().unique()
    return ids.map({name: pseudonym(str(name), key) for name in names}).astype(ids.dtype)
