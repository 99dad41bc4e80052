"""What lies in the package beside its code: declarations in TOML, and texts of pages.

`parse_toml` reads any TOML, a person's too.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

from mktlab.schema import MktlabError


def read_text(path: str) -> str:
    """A text of the package, by its path from here.

    >>> read_text("plan/brief.html").splitlines()[0]
    '<!DOCTYPE html>'
    """
    return files("mktlab").joinpath(*path.split("/")).read_text(encoding="utf-8")


def parse_toml(text: str) -> dict[str, Any]:
    """What a text in TOML says.

    Raises
    ------
    tomllib.TOMLDecodeError
        With the line, also for what is TOML and still too much: a number of thousands of digits,
        thousands of brackets within each other.

    Examples
    --------
    >>> parse_toml("weeks = " + "9" * 5000)
    Traceback (most recent call last):
    tomllib.TOMLDecodeError: A number of thousands of digits (at line 1, column 9)
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        message, found = "Brackets within brackets, too many", re.search(r"[\[{]{2}|= *[\[{]", text)
    except ValueError:
        message, found = "A number of thousands of digits", re.search(r"[\d_]{4000,}", text)
    before = text[: found.start() if found else 0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    raise tomllib.TOMLDecodeError(f"{message} (at line {line}, column {column})") from None


def declared(path: str) -> dict[str, Any]:
    """What a TOML file of the package declares.

    >>> declared("kpi/kpis.toml")["orders"]["unit"]
    'orders'
    """
    try:
        return parse_toml(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise MktlabError(f"{path}: {error}") from None
