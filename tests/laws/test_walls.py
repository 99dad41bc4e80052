"""The house has floors: a room imports from rooms below it alone, and no two files each other."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "mktlab"
ANALYSIS = {"segmentation", "price", "churn", "kpi", "control_charts", "experiments", "attribution"}
ANALYSIS |= {"geo_test", "journeys", "recommendation", "satisfaction", "survival", "personas"}
ANALYSIS |= {
    "cannibalization",
    "conjoint",
    "drivers",
    "email",
    "forecast",
    "leads",
    "lifetime",
    "market_study",
    "merchandising",
    "messages",
    "offers",
    "place",
    "process",
    "promotion",
    "queues",
    "search_terms",
    "small_test",
    "uplift",
    "workload",
}
FLOORS = [
    {"schema"},
    {"resources"},
    {"show"},
    {"spelling", "tables", "files"},
    {"orders"},
    {"reading"},
    {"company"},
    {"plan"},
    ANALYSIS,
    {"market"},
    {"data"},
    {"own_plan"},
    {"course"},
    {"dashboard"},
    {"notebooks"},
    {"doctor", "data_commands", "lesson_commands", "plan_commands", "folder_check"},
    {"", "cli"},
    {"__main__"},
]
"""The rooms from the ground up; "" is the door of the package. A room sees the rooms below it, and
analysis rooms see each other."""

SIZES = {"market": 13_060, "reading": 8_590, "dashboard": 2_520, "": 58_120}
"""Room -> most lines with docstrings; "" is all that lessons share."""
OF_ONE_LESSON = (
    *(f"course.questions.{name}_" for name in ("lesson", "given", "budget")),
    "course.claims.lesson_",
)
"""What only one lesson needs: it grows with the lessons, as their notebooks do, one file each."""
LONGEST = 350


@cache
def modules() -> dict[str, Path]:
    """Name of each module below `mktlab` -> its file; a package is its `__init__`."""
    paths = {path.relative_to(PACKAGE).with_suffix(""): path for path in PACKAGE.rglob("*.py")}
    names = {".".join(path.parts): file for path, file in paths.items()}
    return {name.removesuffix("__init__").rstrip("."): file for name, file in names.items()}


def room(module: str) -> str:
    return module.partition(".")[0]


@cache
def imports(module: str) -> set[str]:
    """The modules of the package that a file imports, deferred and type-only imports included."""
    found = set()
    for node in ast.walk(ast.parse(modules()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "mktlab":
            base = str(node.module).removeprefix("mktlab").strip(".")
            for alias in node.names:
                inner = f"{base}.{alias.name}".strip(".")
                found.add(inner if inner in modules() else base)
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.split(".")[0] == "mktlab"]
            found |= {name.removeprefix("mktlab").strip(".") for name in names}
    return found - {module}


def test_every_room_stands_on_a_floor():
    rooms, placed = {room(module) for module in modules()}, set().union(*FLOORS)
    assert rooms <= placed, f"give {rooms - placed} a floor in FLOORS, above all that it imports."
    assert placed <= rooms, f"FLOORS names rooms that are not there: take out {placed - rooms}."


def test_a_room_imports_from_rooms_below_it_alone():
    floor = {name: height for height, row in enumerate(FLOORS) for name in row}
    climbs = [
        f"{module} imports {other}"
        for module in modules()
        for other in imports(module)
        if room(module) != room(other)
        and floor[room(other)] >= floor[room(module)]
        and not {room(module), room(other)} <= ANALYSIS
    ]
    assert not climbs, (
        f"{'; '.join(climbs)}: a room asks rooms below it alone, so move what both need down."
    )


def test_no_files_import_each_other_in_a_circle():
    try:
        TopologicalSorter({module: imports(module) for module in modules()}).prepare()
    except CycleError as circle:
        raise AssertionError(
            f"a circle of files: {' -> '.join(circle.args[1])}; move what they share into a third."
        ) from None


def test_a_circle_would_be_found(monkeypatch):
    ring = {"a": {"b"}, "b": {"c"}, "c": {"a"}}
    monkeypatch.setitem(globals(), "modules", lambda: ring)
    monkeypatch.setitem(globals(), "imports", ring.get)
    try:
        test_no_files_import_each_other_in_a_circle()
    except AssertionError as told:
        assert "a circle of files" in str(told)
    else:
        raise AssertionError("the ring was not found")


def test_no_estimator_sees_the_market_and_the_market_no_estimator():
    for module in modules():
        seen = {room(other) for other in imports(module)}
        if room(module) in ANALYSIS:
            seen &= {"market", "data", "course", "dashboard"}
            assert not seen, f"{module} imports {seen}: an estimator sees tables, never the truth."
        if room(module) == "market":
            assert not seen & ANALYSIS, (
                f"{module} imports {seen & ANALYSIS}: the market knows no estimator."
            )


def test_a_question_file_imports_none_of_another_lesson():
    for module in modules():
        if module.startswith(OF_ONE_LESSON):
            number = module.rpartition("_")[2]
            others = [x for x in imports(module) if x.startswith(OF_ONE_LESSON)]
            others = [x for x in others if x.rpartition("_")[2] != number]
            assert not others, f"{module} imports {others[0]}: questions of one lesson stand alone."


def test_every_file_opens_with_its_purpose_and_stays_small():
    for module, path in modules().items():
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{module}: open it with what it is for."
        lines = len(text.splitlines())
        assert lines < LONGEST, f"{module} has {lines} lines of {LONGEST}: make two modules of it."


def test_rooms_keep_their_promised_size():
    for name, most in SIZES.items():
        files = [
            path
            for module, path in modules().items()
            if (room(module) == name) or (not name and not module.startswith(OF_ONE_LESSON))
        ]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files)
        assert lines <= most, (
            f"{name or 'what lessons share'} has {lines:,} lines of {most:,}: what can go?"
        )
