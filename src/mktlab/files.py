"""Files and folders that are written whole or not at all, whatever stops the program.

`write_whole` writes a file, `whole_folder` gives a hidden folder to fill. Both put the result into
its place at the end and leave what was there before until then. `put_back` and `cut_off` are for
whoever reads a folder that a killed program was about to replace. `parse_toml` reads what a person
has written.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from mktlab.schema import MktlabError
from mktlab.show.words import say

HIDDEN = ".mktlab-"
"""How the names begin of what is there only while something is written."""


def printable(name: object) -> str:
    """The name of a file as one line of text, whatever bytes it is made of.

    >>> printable("caf\\udcc3\\udca9"), printable("donn\\udce9es"), printable("a\\nb")
    ('café', 'donn\ufffdes', 'a\ufffdb')
    """
    text = re.sub("[\0-\x1f\x7f-\x9f\ud800-\udc7f\udd00-\udfff]", "\ufffd", str(name))
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text if len(text) <= 300 else f"{text[:150]}…{text[-149:]}"


def with_home(path: str | Path) -> Path:
    """A path with "~" at its beginning read as one's home; of a user who is not there, as it is."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 - the other one has no such user


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
        message, found = (
            say("Brackets within brackets, too many"),
            re.search(r"[\[{]{2}|= *[\[{]", text),
        )
    except ValueError:
        message, found = say("A number of thousands of digits"), re.search(r"[\d_]{4000,}", text)
    before = text[: found.start() if found else 0]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    where = say("{what} (at line {line}, column {column})", what=message, line=line, column=column)
    raise tomllib.TOMLDecodeError(where) from None


def is_folder(path: str | Path) -> bool:
    """Whether a folder goes by that name; none goes by a name that cannot be."""
    return os.path.isdir(path)  # noqa: PTH112 - the other one raises where a name is too long


def is_file(path: str | Path) -> bool:
    """Whether a file goes by that name; a pipe or device, which may never end, is none."""
    return os.path.isfile(path)  # noqa: PTH113 - the other one raises where it may not look


def write_whole(path: str | Path, data: str | bytes | None, *, what: str = "The file") -> None:
    """Write all of a file or nothing; None only finds out whether it could be written.

    Where `path` is a link, the file that it leads to is written. Letters that UTF-8 does not have
    become question marks; `what` is what an error calls the file.

    Raises
    ------
    MktlabError
        When the place is taken by something else than a file, or cannot be written to.

    Examples
    --------
    >>> write_whole("none/r.html", None, what="The report")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    mktlab.schema.MktlabError: The report none/r.html cannot be written (no such file or direc...
    """
    content = data.encode("utf-8", "replace") if isinstance(data, str) else data
    try:
        place = _real(path)
        if place.exists() and not (place.is_file() and os.access(place, os.W_OK)):
            raise OSError(
                0, say("Permission denied") if place.is_file() else say("Something else is there")
            )
        part = place.with_name(f"{HIDDEN}{os.getpid()}-{token_hex(4)}.part")
        try:
            part.write_bytes(content or b"")
            if content is not None:
                with suppress(FileNotFoundError):
                    shutil.copymode(place, part)
                part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise MktlabError(
            say(
                "{what} {path} cannot be written ({error}): give a file in a folder that exists, "
                "has room and that you may write to.",
                what=what,
                path=printable(path),
                error=_reason(error),
            )
        ) from None


@contextmanager
def whole_folder(folder: Path, *, last: str, ours: Callable[[], Collection[str]]) -> Iterator[Path]:
    """A hidden folder to fill, which takes the place of `folder` once all went well.

    Where that cannot be, because `folder` holds more than is `ours` or is the current folder or a
    mount, files are replaced one by one: `last` is taken away first and comes last, so that a
    folder without it is known to be half old, half new (`cut_off`).

    Parameters
    ----------
    folder
        What to replace; it need not be there yet.
    last
        The file that describes the others.
    ours
        Asked for the paths below `folder` that may go, with "/" between folder and file.

    Raises
    ------
    MktlabError
        When the folder cannot be written to.
    """
    try:
        place = _real(folder)
        put_back(place)
        new = [path for path in (place, *place.parents) if not path.exists()]
        tag = f"{os.getpid()}-{token_hex(4)}"
        making = inside = place / f"{HIDDEN}in-{tag}"
        if new or os.access(place.parent, os.W_OK):
            making = place.with_name(f"{_beside(place, 'new')}-{tag}")
        try:
            making.mkdir(parents=True)
            if place.exists() and not (place.is_dir() and os.access(place, os.W_OK)):
                raise OSError(
                    0, say("Permission denied") if place.is_dir() else say("Not a directory")
                )
            yield making
            if making == inside or not _swap(making, place, ours):
                shutil.move(making, inside)
                _move_in(inside, place, last, ours())
        finally:
            if not cut_off(place, last):
                shutil.rmtree(inside, ignore_errors=True)
            if making != inside:
                shutil.rmtree(making, ignore_errors=True)
            for path in new:  # made for nothing, if they are empty still
                with suppress(OSError):
                    path.rmdir()
    except OSError as error:
        raise MktlabError(
            say(
                "{folder} cannot be written to ({error}): give another folder, one that you may "
                "write to, on a disk with room.",
                folder=printable(folder),
                error=_reason(error),
            )
        ) from None


def put_back(folder: Path) -> None:
    """Undo what killed programs left behind when they were about to replace a folder."""
    with suppress(OSError):
        folder = _real(folder)
        for left in filter(_ended, folder.parent.glob(f"{_beside(folder, '???')}-*")):
            if left.name.startswith(f"{HIDDEN}old") and not folder.exists():
                left.rename(folder)
            else:
                shutil.rmtree(left, ignore_errors=True)


def cut_off(folder: Path, last: str) -> bool:
    """Whether a program was killed while it replaced the files of a folder one by one."""
    return not os.path.lexists(folder / last) and any(folder.glob(f"{HIDDEN}in-*/{last}"))


def _swap(making: Path, folder: Path, ours: Callable[[], Collection[str]]) -> bool:
    """Put `making` in the place of `folder`; False, with all as before, if that cannot be."""
    old = making.with_name(making.name.replace("new", "old", 1))
    here = Path.cwd()
    try:
        while folder not in (here, *here.parents):
            known = ours()
            if any(path.relative_to(folder).as_posix() not in known for path in folder.rglob("*")):
                return False
            with suppress(FileNotFoundError):
                shutil.copymode(folder, making)
                folder.rename(old)
            try:
                making.rename(folder)
                return True
            except OSError:
                if not folder.exists():
                    raise
                shutil.rmtree(old, ignore_errors=True)  # another program was faster; once more
    except OSError:
        pass
    finally:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    return False


def _move_in(inside: Path, folder: Path, last: str, ours: Collection[str]) -> None:
    """Replace the files of a folder by those of a hidden one in it, and take away the others."""
    new = [path.relative_to(inside) for path in inside.rglob("*") if path.is_file()]
    if any((folder / path).is_dir() for path in new):
        raise OSError(0, say("A folder has the name of a file"))
    (folder / last).unlink(missing_ok=True)
    for path in {Path(name) for name in ours} - set(new):
        if (folder / path).is_file():
            (folder / path).unlink()
    for path in sorted(new, key=Path(last).__eq__):
        (folder / path).parent.mkdir(exist_ok=True)
        (inside / path).replace(folder / path)
    for left in filter(_ended, folder.glob(f"{HIDDEN}in-*")):
        shutil.rmtree(left, ignore_errors=True)


def _real(path: str | Path) -> Path:
    """Where a path leads; OSError if no file can go by that name."""
    try:
        place = Path(os.path.realpath(path))
    except ValueError:  # a zero byte, or half a letter
        raise OSError(0, say("No file can have this name")) from None
    if place.is_symlink():
        raise OSError(0, say("Its links lead in a circle"))
    return place


def _beside(folder: Path, kind: str) -> str:
    """How hidden folders beside `folder` are called; its own name may be too long to add to."""
    return f"{HIDDEN}{kind}-{sha256(os.fsencode(folder.name)).hexdigest()[:12]}"


def _ended(left: Path) -> bool:
    """Whether the program that made a hidden folder is gone."""
    if os.name == "nt":  # where asking would end it
        return False
    try:
        os.kill(int(left.name.split("-")[-2]), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return False


def _reason(error: OSError) -> str:
    return (error.strerror or "refused").lower()
