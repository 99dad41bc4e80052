"""One fact, one home: `mktlab.orders` alone says which orders count."""

import ast
import re
from pathlib import Path

import pytest
from stored import ROOT, at, cells, in_every_notebook, tags

HOME = ROOT / "src" / "mktlab" / "orders.py"
MODULES = [
    path
    for path in sorted((ROOT / "src" / "mktlab").rglob("*.py"))
    if path != HOME and "market" not in path.parts  # the market makes orders, it judges none
]
IN_A_QUERY = re.compile(r"\bstatus\s*[!=]=|\brevenue\s*>=?\s*0?\.0|\brefunded\s*<=?\s*revenue")
MAGICS = re.compile(r"^\s*[%!].*$", re.MULTILINE)


def rules_of_purchases(source: str) -> list[str]:
    """The pieces of code that say which orders count: status, a cent's test, all given back."""
    nodes = list(ast.walk(ast.parse(source)))
    found = [ast.unparse(node) for node in nodes if isinstance(node, ast.Compare) and _says(node)]
    texts = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return found + [text for text in texts if IN_A_QUERY.search(text)]


def _says(comparison: ast.Compare) -> bool:
    inside = list(ast.walk(comparison))
    texts = {node.value for node in inside if isinstance(node, ast.Constant)}
    texts |= {node.attr for node in inside if isinstance(node, ast.Attribute)}
    names = {node.id for node in inside if isinstance(node, ast.Name)} | texts
    return (
        {"revenue", "refunded"} <= texts
        or "TEST_REVENUE" in names
        or ("status" in texts and bool(texts & {"paid", "cancelled"}))
        or ("revenue" in texts and 0.05 in texts)
    )


@pytest.mark.parametrize(
    "source",
    [
        'orders[orders["status"] == "paid"]',
        'orders[orders.status != "cancelled"]',
        'frame.filter(nw.col("status") == "paid")',
        "orders.query(\"status == 'paid'\")",
        'orders[orders["revenue"] >= 0.05]',
        'nw.col("revenue") >= TEST_REVENUE',
        'orders[orders["refunded"] < orders["revenue"]]',
        'orders.query("refunded < revenue and revenue >= 0.05")',
    ],
)
def test_a_rule_of_purchases_is_recognized(source: str) -> None:
    assert rules_of_purchases(source)


@pytest.mark.parametrize(
    "source",
    [
        '"status" in orders',
        'orders.assign(status="paid", refunded=0.0)',
        'orders["revenue"] - orders["refunded"]',
        'tiles["status"] == "off target"',
        'kept = purchases(orders[orders["revenue"] >= 20])',
    ],
)
def test_what_says_nothing_of_purchases_is_let_through(source: str) -> None:
    assert not rules_of_purchases(source)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_but_orders_says_what_a_purchase_is(path: Path) -> None:
    found = rules_of_purchases(path.read_text(encoding="utf-8"))
    assert not found, f"{path.name} says what a purchase is ({found[0]}): ask mktlab.orders."


@in_every_notebook
def test_no_notebook_says_what_a_purchase_is_but_where_it_is_taught(path: Path) -> None:
    taught = path.relative_to(ROOT).as_posix() == "notebooks/1_segmentation/11_rfm.ipynb"
    for cell in cells(path):
        found = rules_of_purchases(MAGICS.sub("pass", cell.source))
        if "one-home" not in tags(cell):
            assert not found, (
                f"{at(path, cell)} says what a purchase is ({found[0]}): use "
                "mktlab.orders.purchases."
            )
        else:
            assert found, f"{at(path, cell)} says nothing of purchases: take off its tag one-home."
            assert taught, (
                f"{at(path, cell)}: lesson 11 teaches this, so do without the tag one-home."
            )
