"""One place writes money: `mktlab.show`. Everything else asks it, lessons too."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "mktlab"
DECLARES_UNITS = {"plan/mix.py", "plan/objectives.py"}
"""Where units such as "€ a week" are declared, to be put into a currency by `formats.unit`."""
BY_HAND = re.compile(r"[€£]{|{amount} ?(€|£|EUR|USD|{currency})")
NOTEBOOKS = [
    path
    for folder in ("notebooks", "exercises", "solutions")
    for path in sorted((ROOT / folder).rglob("*.ipynb"))
]


def by_hand(source: str) -> Iterator[str]:
    """Every place that puts an amount and its currency together, or keeps signs of its own."""
    for node in ast.walk(ast.parse(source)):
        keys = node.keys if isinstance(node, ast.Dict) else []
        if {"EUR", "USD"} & {key.value for key in keys if isinstance(key, ast.Constant)}:
            yield ast.unparse(node)
        if isinstance(node, ast.Constant) and node.value in ("€", "£"):
            yield ast.unparse(node)
        if isinstance(node, ast.JoinedStr) and BY_HAND.search("".join(map(told, node.values))):
            yield ast.unparse(node)


def told(part: ast.expr) -> str:
    """A part of an f-string: its text, or what stands in the hole."""
    if not isinstance(part, ast.FormattedValue):
        return str(ast.literal_eval(part))
    if ast.unparse(part.value).endswith("currency"):
        return "{currency}"
    return "{amount}" if part.format_spec and "," in ast.unparse(part.format_spec) else "{}"


@pytest.mark.parametrize(
    "source",
    [
        'f"costs €{cost:,.0f}"',
        'f"{cost:,.2f} {company.currency}"',
        'f"{cost:,.0f} €"',
        '{"EUR": "€"}',
        'text = "€" + str(cost)',
    ],
)
def test_money_written_by_hand_is_found(source: str) -> None:
    assert list(by_hand(source))


def test_the_package_writes_money_in_one_place() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if list(by_hand(path.read_text(encoding="utf-8")))
    }
    assert found - DECLARES_UNITS == {"show/formats.py"}


def code(notebook: Path) -> Iterator[tuple[str, bool]]:
    """The code of each cell, and whether it is for Maison Solane alone."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            tags = cell["metadata"].get("tags", [])
            yield "".join(cell["source"]), "solane" in tags


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_lessons_write_money_with_the_helper(notebook: Path) -> None:
    assert not [source for source, _ in code(notebook) if "€{" in source]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_what_runs_on_own_tables_names_no_currency(notebook: Path) -> None:
    assert not [source for source, solane in code(notebook) if "€" in source and not solane]
