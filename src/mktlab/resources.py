"""What lies in the package beside its code: declarations in TOML, and texts of pages."""

from __future__ import annotations

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


def declared(path: str) -> dict[str, Any]:
    """What a TOML file of the package declares.

    >>> declared("kpi/kpis.toml")["orders"]["unit"]
    'orders'
    """
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise MktlabError(f"{path}: {error}") from None
