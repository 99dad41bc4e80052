"""A plan's file, or a text, read as TOML: in one piece, or refused with its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from mktlab.files import parse_toml
from mktlab.schema import MktlabError
from mktlab.show.words import say


def read(source: str | Path) -> tuple[str, dict[str, Any]]:
    """The name of a TOML file, or of a text, for messages, and what it says."""
    name, text = _open(source)
    return name, _parse(text, name)


def _open(source: str | Path) -> tuple[str, str]:
    """The name of the source, for messages, and its text."""
    if isinstance(source, str) and ("\n" in source or "=" in source):
        return "The text", source
    path = Path(source)
    try:
        return path.name, path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MktlabError(
            say("{path} is not written in UTF-8: save it as UTF-8 text.", path=path)
        ) from None
    except OSError as error:
        raise MktlabError(
            say(
                "{path} cannot be opened ({reason}): give the path of a plan's .toml file.",
                path=path,
                reason=(error.strerror or "refused").lower(),
            )
        ) from None


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return parse_toml(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else max(len(text.splitlines()), 1)
        raise MktlabError(
            say(
                "{name}, line {line}, is not written as TOML ({error}): mend that line; numbers "
                "have a decimal point, and text stands in double quotes.",
                name=name,
                line=line,
                error=error,
            )
        ) from None
