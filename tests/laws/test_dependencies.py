"""What the course needs is declared, and what is declared is needed; so with its test tools."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DISTRIBUTIONS = packages_distributions()
COURSE = ("src", "notebooks", "exercises", "solutions")
CHECKS = ("tests", "benchmarks")
# What is started and not imported: the file that starts it, and the words that do.
STARTED = {
    "editables": ("Makefile", "--no-build-isolation -e ."),
    "hatchling": ("Makefile", "--no-build-isolation -e ."),
    "jupytext": ("CONTRIBUTING.md", "jupytext --to"),
    "mypy": ("Makefile", "-m mypy"),
    "nbval": ("Makefile", "--nbval"),
    "pytest-xdist": ("Makefile", "-n auto --dist"),
    "ruff": ("Makefile", "-m ruff"),
}


def declared(*groups: str) -> set[str]:
    """The names in `[project] dependencies` (`"course"`) or in dependency groups."""
    lists = {"course": PROJECT["project"]["dependencies"]} | PROJECT["dependency-groups"]
    return {canonicalize_name(Requirement(line).name) for g in groups for line in lists[g]}


def sources(*folders: str) -> Iterator[str]:
    """The Python code below these folders, of modules and of notebooks' cells."""
    cells = TransformerManager().transform_cell
    for folder in folders:
        for path in (ROOT / folder).rglob("*.py"):
            yield path.read_text(encoding="utf-8")
        for path in (ROOT / folder).rglob("*.ipynb"):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    yield cells("".join(cell["source"]))


def imported(*folders: str) -> set[str]:
    """The modules, at their top level, that code below these folders imports from elsewhere."""
    names = set()
    for source in sources(*folders):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    files = [path for folder in CHECKS for path in (ROOT / folder).rglob("*.py")]
    ours = {name for path in files for name in (path.stem, path.parent.name)}
    return (
        {name.split(".")[0] for name in names}
        - ours
        - {"mktlab", "benchmarks"}
        - sys.stdlib_module_names
    )


def provide(module: str) -> set[str]:
    """The installed distributions that a module comes from."""
    return {canonicalize_name(name) for name in DISTRIBUTIONS.get(module, [])}


@pytest.mark.parametrize(
    ("folders", "groups"),
    [(COURSE, ["course"]), (CHECKS, ["course", "dev"])],
    ids=["course", "checks"],
)
def test_whatever_is_imported_is_declared(folders: tuple[str, ...], groups: list[str]) -> None:
    ready = declared(*groups)
    missing = [m for m in sorted(imported(*folders)) if not provide(m) & ready]
    assert not missing, (
        f"imported, and not in pyproject.toml: {', '.join(missing)}; do without, or declare where "
        "each comes from (a lesson needs it: dependencies; a test: dev), then make lock."
    )


@pytest.mark.parametrize(
    ("groups", "folders"),
    [(["course"], COURSE), (["build", "dev"], (*COURSE, *CHECKS))],
    ids=["course", "checks"],
)
def test_whatever_is_declared_is_imported_or_started(
    groups: list[str], folders: tuple[str, ...]
) -> None:
    used = set().union(*map(provide, imported(*folders)))
    types = {name for one in used for name in (f"{one}-stubs", f"types-{one}")}
    unused = declared(*groups) - used - types - set(STARTED)
    assert not unused, f"in pyproject.toml, and not used: {', '.join(sorted(unused))}; take it out."


@pytest.mark.parametrize("name", STARTED)
def test_what_is_started_is_declared_and_started_where_it_is_said(name: str) -> None:
    file, words = STARTED[name]
    assert name in declared("build", "dev")
    assert words in (ROOT / file).read_text(encoding="utf-8"), (
        f"{file} no longer starts {name} by {words!r}: mend STARTED, or take {name} out."
    )


def test_the_course_starts_without_a_tool_for_tests() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    brought = {"psutil"}  # by ipykernel
    assert not (declared("dev") - brought) & set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))


def test_no_group_repeats_another() -> None:
    course, build, dev = map(declared, ("course", "build", "dev"))
    assert not course & (build | dev)
    assert not build & dev
