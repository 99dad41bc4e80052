"""The walls of the house: who may import whom, and how large a room may be."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "mktlab"
MODULES = {
    ".".join(("mktlab", *path.relative_to(PACKAGE).with_suffix("").parts)): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
FOUNDATIONS = {"schema", "tables", "orders"}
MAY_IMPORT = {
    "schema": set(),
    "tables": {"schema"},
    "orders": {"schema", "tables"},
    "reading": FOUNDATIONS,
    "company": FOUNDATIONS | {"reading", "market"},
    "segmentation": {"schema", "orders"},
    "price": FOUNDATIONS,
    "churn": FOUNDATIONS,
    "kpi": FOUNDATIONS | {"charts"},
    "charts": {"schema"},
    "plan": FOUNDATIONS | {"charts"},
    "widgets": {"schema", "charts"},
    "market": FOUNDATIONS | {"company", "plan"},
    "dashboard": FOUNDATIONS
    | {"company", "segmentation", "kpi", "charts", "widgets", "plan", "market"},
    "exercises": FOUNDATIONS
    | {"company", "segmentation", "price", "churn", "kpi", "dashboard", "plan", "market", "report"},
    "report": {"schema"},
    "doctor": {"schema"},
}


def imports(path: Path, *, at_the_top: bool = False) -> set[str]:
    """The rooms of the package that a module imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if at_the_top else list(ast.walk(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mktlab."):
            found.add(str(node.module).split(".")[1])
        if isinstance(node, ast.ImportFrom) and node.module == "mktlab":
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("mktlab.")}
    return found


def room(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("module", [m for m in MODULES if room(m) in MAY_IMPORT])
def test_arrows_point_one_way(module: str) -> None:
    assert imports(MODULES[module]) <= MAY_IMPORT[room(module)] | {room(module)}


def test_every_room_has_its_walls() -> None:
    doors = {"__init__", "__main__", "cli"}
    assert {room(module) for module in MODULES} <= set(MAY_IMPORT) | doors


def test_the_company_opens_the_market_only_when_asked() -> None:
    for module, path in MODULES.items():
        if room(module) == "company":
            assert "market" not in imports(path, at_the_top=True)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_opens_with_its_purpose_and_stays_small(module: str) -> None:
    text = MODULES[module].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) < 350
