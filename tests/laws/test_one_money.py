"""One place writes money: `mktlab.show`. Everything else asks it, lessons too."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from stored import ROOT, at, cells, in_every_notebook, tags

PACKAGE = ROOT / "src" / "mktlab"
DECLARES_UNITS = {"plan/mix.py", "plan/objectives.py"}
"""Where units such as "€ a week" are declared, to be put into a currency by `formats.unit`."""
BY_HAND = re.compile(r"[€£]{|{amount} ?(€|£|EUR|USD|{currency})")


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
    odd = found - DECLARES_UNITS - {"show/formats.py"}
    assert not odd, (
        f"{', '.join(sorted(odd))}: let mktlab.show.money put amount and currency together."
    )


@in_every_notebook
def test_lessons_write_money_with_the_helper(path: Path) -> None:
    for cell in cells(path):
        assert "€{" not in cell.source, f"{at(path, cell)}: write amounts with show.money."


@in_every_notebook
def test_what_runs_on_own_tables_names_no_currency(path: Path) -> None:
    for cell in cells(path):
        assert "€" not in cell.source or "solane" in tags(cell), (
            f"{at(path, cell)} says €, and a reader's own company may sell in another currency: "
            "use show.money or show.symbol(), or tag the cell solane."
        )
