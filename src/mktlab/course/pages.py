"""Two pages of `docs/` that are written and never typed: the glossary, and what lessons can call.

`glossary_page` is made from `glossary.csv` and the words of the lessons; `reference_page` from the
docstrings of all rooms of the package that a lesson imports.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from mktlab.course.catalogue import LESSONS
from mktlab.course.glossary import GLOSSARY
from mktlab.show.words import say

IMPORTS = re.compile(r'"from (mktlab[\w.]*) import ([^"\\]+)')


def glossary_page() -> str:
    """The words of the course with their meaning, in English and French, and who explains them."""
    rows = [
        say("# Glossary"),
        "",
        say("One word, one meaning. The number is that of the lesson that explains it."),
        "",
        say("| word | meaning | en français | lesson |"),
        "|:---|:---|:---|:---|",
    ]
    told: dict[str, list[str]] = {}
    for lesson in LESSONS:
        for word in lesson.words:
            told.setdefault(word, []).append(lesson.number)
    for name in sorted(told, key=lambda word: (word.lower(), word)):
        known = GLOSSARY[name]
        rows.append(f"| {name} | {known.meaning} | {known.french} | {', '.join(told[name])} |")
    return "\n".join([*rows, ""])


def reference_page(root: Path) -> str:
    """What the lessons below `root` call, room by room: how it is called, and its docstring."""
    parts = [
        say("# Reference"),
        "",
        say("Every function and class of the rooms that lessons import, with its docstring."),
    ]
    for name in _rooms(root):
        room = importlib.import_module(name)
        parts += ["", f"## {name}", "", inspect.cleandoc(room.__doc__ or "").split("\n\n")[0]]
        for public, thing in _public(room):
            parts += ["", f"### {name}.{public}{_signature(thing)}", ""]
            parts += ["```text", inspect.getdoc(thing) or "", "```"]
    return "\n".join([*parts, ""])


def _rooms(root: Path) -> list[str]:
    """The modules that notebooks of the course import, by name."""
    found = {"mktlab"}
    for lesson in LESSONS:
        for whole, names in IMPORTS.findall((root / lesson.path()).read_text(encoding="utf-8")):
            found.add(whole)
            for name in names.split(","):
                inner = f"{whole}.{name.split()[0]}"
                if inspect.ismodule(_inside(whole, name.split()[0])):
                    found.add(inner)
    return sorted(found)


def _inside(whole: str, name: str) -> Any:
    room = importlib.import_module(whole)
    if not hasattr(room, name):
        importlib.import_module(f"{whole}.{name}")
    return getattr(room, name)


def _public(room: ModuleType) -> Iterator[tuple[str, Any]]:
    """The functions and classes that a room offers."""
    names = getattr(room, "__all__", None) or [
        name
        for name, thing in vars(room).items()
        if not name.startswith("_") and getattr(thing, "__module__", "") == room.__name__
    ]
    for name in sorted(names):
        thing = getattr(room, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield name, thing


def _signature(thing: Any) -> str:
    """The names of what is given, and what they are by default."""
    if inspect.isclass(thing) and issubclass(thing, Exception):
        return ""
    known = inspect.signature(thing)
    parameters = [p.replace(annotation=p.empty) for p in known.parameters.values()]
    told = str(known.replace(parameters=parameters, return_annotation=known.empty))
    return re.sub(r"<function (\w+) at 0x\w+>", r"\1", told)
