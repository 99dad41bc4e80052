"""What `mktlab.load` does where it is not told otherwise, for the rest of a session.

A report sets it in front of a lesson, whose own call of `load` stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Session:
    """The day and the key file that `load` goes by, "" for none; `quiet`: it need not print."""

    as_of: str = ""
    pseudonyms: str = ""
    quiet: bool = False


SESSION = Session()


def use(*, as_of: str = "", pseudonyms: str = "", quiet: bool = False) -> None:
    """Let `load` go by this day and this key file from now on, and print no account if `quiet`.

    >>> use(as_of="2025-06-30")
    >>> SESSION
    Session(as_of='2025-06-30', pseudonyms='', quiet=False)
    >>> use()
    """
    SESSION.as_of, SESSION.pseudonyms, SESSION.quiet = as_of, pseudonyms, quiet
