"""The laws of every notebook: how its cells are tagged, written, stored. Each says what to do."""

import ast
import builtins
import re

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from stored import NOTEBOOKS, ROOT, at, cells, in_every_notebook, notebook_at, tags

from mktlab.course.catalogue import LESSONS, PARTS
from mktlab.course.derived import write_all
from mktlab.notebooks.store import MOST_BYTES
from mktlab.tables import TABLES

TAGS = {
    "parameters": "sets SOURCE and LEARNER",
    "solane": "speaks of Maison Solane alone: left out on a reader's own tables",
    "solution": "a worked answer: its exercise has dots instead",
    "exercise": "where an answer goes, made from a solution",
    "catalogue": "written by `mktlab lesson build`",
    "finding": "a report shows it first",
    "must-show": "what a trainer shows",
    "slide": "stands on a slide",
    "stop": "a shorter course ends here",
    "optional": "beyond the 60 minutes",
    "one-home": "teaches what a purchase is",
    "nbval-ignore-output": "its output cannot be stable",
}
LONGEST = 15
SHORTCUTS = ("sys.path", "%pip", "!pip", "filterwarnings", "inplace=True")
ODD_NUMBERS = {
    "notebooks/00_start_here.ipynb": 2,
    "notebooks/1_segmentation/11_rfm.ipynb": 13,
    "notebooks/2_marketing_mix/21_plan.ipynb": 11,
    "notebooks/2_marketing_mix/23_price.ipynb": 18,
    "notebooks/4_measurement/46_dashboard.ipynb": 18,
    "exercises/2_marketing_mix/23_price.ipynb": 1,
    "solutions/2_marketing_mix/23_price.ipynb": 1,
}
"""Notebook -> how many numbers its sentences still write by hand; these counts only fall."""


@in_every_notebook
def test_tags_are_those_that_mean_something(path):
    for cell in notebook_at(path).cells:
        odd = set(tags(cell)) - set(TAGS)
        assert not odd, f"{at(path, cell)}: no tag is called {odd}; use one of {', '.join(TAGS)}."


@in_every_notebook
def test_one_cell_of_parameters_says_where_the_tables_come_from(path):
    found = [cell for cell in cells(path) if "parameters" in tags(cell)]
    assert [c.source.partition("\n")[0] for c in found] == ['SOURCE = "solane"'], (
        f'{path.stem}: give one cell, that begins with SOURCE = "solane", the tag parameters.'
    )


@in_every_notebook
def test_a_notebook_is_stored_executed_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in cells(path)]
    assert counts == list(range(1, len(counts) + 1)), (
        f"{path.stem} was not run from top to bottom in a fresh kernel, or has an empty cell: "
        f"mktlab execute {path.relative_to(ROOT)}"
    )


@in_every_notebook
def test_outputs_are_clean(path):
    outputs = [(cell, output) for cell in cells(path) for output in cell.outputs]
    assert outputs, f"{path.stem} shows nothing: end a cell with what it found."
    for cell, output in outputs:
        where, data = at(path, cell), output.get("data", {})
        assert output.output_type != "error", f"{where} fails: mend it and run the notebook again."
        assert output.get("name") != "stderr", f"{where} warns: write it so that nothing warns."
        assert "application/vnd.jupyter.widget-view+json" not in data, (
            f"{where} stores a live widget: mktlab execute leaves it out, so run that."
        )
        about = output.get("metadata", {}).get("image/png", {})
        assert "image/png" not in data or about.get("alt"), (
            f"{where}: its chart has no description for those who cannot see it; draw it with a "
            "function of show.charts, or end the cell with charts.show(ax, alt=...)."
        )


@in_every_notebook
def test_a_notebook_is_light(path):
    size = path.stat().st_size
    assert size <= MOST_BYTES, (
        f"{path.stem} weighs {size / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f}: draw fewer or "
        "smaller figures."
    )


@in_every_notebook
def test_code_cells_are_short_and_take_no_shortcuts(path):
    for cell in cells(path):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= LONGEST, (
            f"{at(path, cell)} has {len(lines)} lines, at most {LONGEST}: make two steps of it, or "
            "a function of the package."
        )
        taken = [shortcut for shortcut in SHORTCUTS if shortcut in cell.source]
        assert not taken, f"{at(path, cell)}: do without {', '.join(taken)}."


def numbers_by_hand(source: str) -> list[str]:
    """The holes of sentences that write a number without `mktlab.show`."""
    found = []
    for node in ast.walk(ast.parse(TransformerManager().transform_cell(source))):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            spec = [
                part.value for part in ast.walk(node.format_spec) if isinstance(part, ast.Constant)
            ]
            if re.search(r"[,%]|\d?f$", "".join(map(str, spec))):
                found.append(ast.unparse(node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += re.findall(r"\{:[^}]*[,%f]\}", node.value)
    return found


@pytest.mark.parametrize(
    "source", ['f"{n:,} orders"', 'f"{part:.0%}"', 'f"{x:.2f}"', '"{:,.0f}".format']
)
def test_a_number_by_hand_is_found(source):
    assert len(numbers_by_hand(source)) == 1


@pytest.mark.parametrize("source", ['f"{show.count(n)} of {name}"', 'f"{n:>8}"', '"{n:count}"'])
def test_a_number_that_show_writes_is_let_through(source):
    assert numbers_by_hand(source) == []


@in_every_notebook
def test_numbers_in_sentences_are_written_by_show(path):
    found = [(cell, numbers_by_hand(cell.source)) for cell in cells(path)]
    found = [(cell, holes) for cell, holes in found if holes]
    place = re.sub("_(exercise|solution)[.]", ".", path.relative_to(ROOT).as_posix())
    most = ODD_NUMBERS.get(place, 0)
    assert sum(len(holes) for _, holes in found) <= most, (
        f"{at(path, found[-1][0])} writes {found[-1][1]} by hand, which no other language reads: "
        "use show.money, show.share, show.count, show.decimal or show.day."
    )


@in_every_notebook
def test_an_untagged_cell_needs_no_cell_for_solane_alone(path):
    """On a reader's own tables the cells tagged solane are not there."""
    known, story = set(dir(builtins)), {}
    for cell in cells(path):
        tree = ast.parse(TransformerManager().transform_cell(cell.source))
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
        made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
        made |= {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
        if "solane" in tags(cell):
            story |= dict.fromkeys(made - known, cell)
            continue
        known |= made
        used = {node.id for node in names if isinstance(node.ctx, ast.Load)} - known
        for name in sorted(used & set(story)):
            pytest.fail(
                f"{at(path, cell)} uses {name}, which only a cell tagged solane makes "
                f"({story[name].id}): tag both solane, or neither."
            )


@in_every_notebook
def test_a_notebook_opens_with_its_title_and_what_it_needs(path):
    title, needs = (cell.source for cell in notebook_at(path).cells[:2])
    assert title.startswith("# "), f"{path.stem}: begin the first cell with '# NUMBER · TITLE'."
    start = path.stem == "00_start_here"  # where nobody needs anything yet
    told = (start or "**Tables:**" in title + needs) and "**Time:**" in needs
    assert told, (
        f"{path.stem}: the second cell has the id catalogue-needs and is written by "
        "mktlab lesson build; in a solution, the first names the **Tables:**."
    )


@in_every_notebook
def test_the_tables_and_columns_that_a_notebook_names_exist(path):
    known = set(TABLES) | {column.name for table in TABLES.values() for column in table.columns}
    sources = [cell.source for cell in notebook_at(path).cells]
    named = "\n\n".join(sources[:2]).partition("**Tables:**")[2].partition("\n\n")[0]
    for source in sources:
        if source.startswith("## Your data"):
            rows = [line.split("|")[1] for line in source.splitlines() if line.startswith("|")]
            named += " ".join(rows)
    odd = set(re.findall(r"`([^`]+)`", named)) - known
    assert not odd, (
        f"{path.stem} names {', '.join(sorted(odd))} below **Tables:** or in 'Your data', and no "
        "table or column is called so: see src/mktlab/tables.toml."
    )


@in_every_notebook
def test_nothing_is_left_to_be_filled_in(path):
    todo = [cell.id for cell in notebook_at(path).cells if "TODO" in cell.source]
    assert not todo, f"{path.stem}: do what the TODO of these cells asks for: {', '.join(todo)}."


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_catalogue_and_questions_leave_nothing_to_be_filled_in(lesson):
    course = ROOT / "src" / "mktlab" / "course"
    rows = (course / "lessons.toml").read_text(encoding="utf-8").split("\n[")
    (row,) = (row for row in rows if row.startswith(f"{lesson.name}]"))
    assert "TODO" not in row, f"course/lessons.toml, [{lesson.name}]: do what its TODOs ask for."
    for path in sorted((course / "questions").glob(f"lesson_{lesson.number}.*")):
        todo = [line for line in path.read_text(encoding="utf-8").splitlines() if "TODO" in line]
        assert not todo, f"{path.name}: do what it asks for in {todo[0].strip()!r}."


def test_the_catalogue_names_tables_and_parts_that_exist():
    for lesson in LESSONS:
        odd = set(lesson.tables) - set(TABLES)
        assert not odd, (
            f"[{lesson.name}] needs {odd}, and src/mktlab/tables.toml has no such table."
        )
        assert lesson.part in PARTS, f"[{lesson.name}] part is one of {', '.join(PARTS)}."
        assert lesson.part[:1] == lesson.number[0].strip("0"), (
            f"[{lesson.name}] stands in {lesson.part}: a number begins with that of its part."
        )


def test_the_catalogue_has_every_notebook_and_nothing_else():
    known = {
        lesson.path(folder).as_posix()
        for lesson in LESSONS
        for folder in ("notebooks", "exercises", "solutions")
        if folder == "notebooks" or lesson.exercise
    }
    found = {path.relative_to(ROOT).as_posix() for path in NOTEBOOKS}
    assert known <= found, f"course/lessons.toml has lessons without notebooks: {known - found}."
    assert found <= known, f"give them a row in course/lessons.toml, or delete: {found - known}."


def test_what_the_catalogue_says_stands_in_notebooks_and_readme():
    assert write_all(ROOT, check=True) == [], "out of date; to mend it: mktlab lesson build"


@in_every_notebook
def test_no_stored_output_names_another_lesson(path):
    others = [x for x in LESSONS if path != ROOT / x.path() and x.name not in path.stem]
    for cell in cells(path):
        told = "".join(str(output.get("data", output.get("text", ""))) for output in cell.outputs)
        named = [lesson.name for lesson in others if lesson.name in told]
        assert not named, (
            f"{at(path, cell)}: its output names {', '.join(named)}, and would be wrong when that "
            "lesson is renamed; say it in the text around it, as a link."
        )
