"""What is too dear for every run, and so has its turn: the date of the last commit decides."""

import subprocess
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest


@cache
def day() -> int | None:
    """The number of the day of the last commit; without git there is none."""
    command = ["git", "log", "-1", "--format=%cs"]
    try:
        said = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True)
        return date.fromisoformat(said.stdout.strip()).toordinal()
    except (OSError, ValueError):
        return None


def a_third(cases: Sequence[Any]) -> list[Any]:
    """The cases as parameters of a test: the third whose day it is, and the others marked slow.

    So `make test` runs another third every day, `make test-slow` the other two; without git
    nobody can tell whose turn it is, and `make test` runs all.
    """
    today = day()
    return [
        case
        if today is None or number % 3 == today % 3
        else pytest.param(*(case if isinstance(case, tuple) else [case]), marks=pytest.mark.slow)
        for number, case in enumerate(cases)
    ]
