"""Lesson 01 teaches the tools that the other lessons use, and hardly any other."""

import ast
from collections import Counter
from collections.abc import Iterator

from stored import ROOT, cells

from mktlab.course.catalogue import LESSONS, find

TAUGHT_FOR_WORK = {
    *("glob", "read_csv", "to_csv", "Path", "TemporaryDirectory"),  # many files
    *("connect", "close", "read_sql", "to_sql"),  # the same in SQL
    *("pivot_table", "div", "tolist", "money_of", "send_files", "integers"),
}
"""What lesson 01 shows although no lesson here needs it: a marketer does, at work."""
OF_CHARTS = {
    *(
        "set",
        "legend",
        "margins",
        "subplots",
        "barplot",
        "barh",
        "axvline",
        "annotate",
        "bar_label",
    ),
    *("plot", "label", "invert_yaxis"),
}
"""How lessons draw without `charts`: until they are drawn by it."""
OF_THE_COURSE = {"what_if", "slider", "load", "start", "advance", "baseline", "but", "pnl", "lines"}
OF_THE_COURSE |= {"steps", "truth", "dots"}
"""Each lesson says what it does with panels, plans and the market; charts are drawn alike."""
EXPLAINED_THERE = {
    "changes",
    "cumsum",
    "cut",
    "expm1",
    "rename_axis",
    "to_numpy",
    "replace",
    "compute",
    "intervals",
    "available",
    "sample",
    "idxmin",
    "shift",
    "transform",
    "fit",
    "diff",
    "ppf",
    "extra",
    "adjusted_effect",
    "exp",
    "log",
    "cdf",
    "copy",
    "fromkeys",
    "variance",
    "sample_size",
    "smallest_lift",
    "weekly",
}
"""Used by three or four lessons, and explained by each where it stands first."""


def lesson(name: str) -> list[str]:
    """The code of a lesson that its reader sees."""
    path = ROOT / find(name).path()
    folded = [c for c in cells(path) if c.metadata.get("jupyter", {}).get("source_hidden")]
    return [cell.source for cell in cells(path) if cell not in folded]


def calls(source: str) -> Iterator[str]:
    """The names of what a cell calls."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


def syntax(source: str) -> Iterator[str]:
    """The kinds of syntax a beginner must have seen."""
    kinds = (ast.ListComp, ast.DictComp, ast.Lambda, ast.FunctionDef, ast.For, ast.If, ast.With)
    kinds += (ast.JoinedStr, ast.Dict, ast.BitAnd, ast.Invert)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, kinds):
            yield type(node).__name__


OTHERS = {x.name: lesson(x.name) for x in LESSONS if x.name != "01_tools"}
TOOLS = lesson("01_tools")
TEXT = "\n".join(cell.source for cell in cells(ROOT / find("01").path(), "markdown"))


def test_what_lesson_01_teaches_is_used_again():
    taught = {name for source in TOOLS for name in calls(source)}
    used = {name for sources in OTHERS.values() for source in sources for name in calls(source)}
    idle = taught - used - TAUGHT_FOR_WORK
    assert not idle, f"no lesson uses {', '.join(sorted(idle))}: leave it out of lesson 01."


def test_what_three_lessons_use_stands_in_lesson_01():
    taught = {name for source in TOOLS for name in calls(source)}
    known = taught | OF_CHARTS | OF_THE_COURSE | EXPLAINED_THERE
    often = Counter(
        name for sources in OTHERS.values() for name in {n for s in sources for n in calls(s)}
    )
    new = {n for n, lessons in often.items() if lessons >= 3 and n not in known}
    missing = {name for name in new if f"`{name}" not in TEXT and f".{name}" not in TEXT}
    assert not missing, (
        f"three lessons or more call {', '.join(sorted(missing))}: teach it in lesson 01."
    )


def test_the_syntax_of_every_lesson_stands_in_lesson_01():
    taught = {kind for source in TOOLS for kind in syntax(source)}
    for name, sources in OTHERS.items():
        new = {kind for source in sources for kind in syntax(source)} - taught
        assert not new, f"{name} uses {', '.join(sorted(new))}: lesson 01 does not show it."
