"""A stored notebook is the same file at every run; a report is one page that needs nothing else."""

import re
import sys
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import nbformat
import pytest

from mktlab import market
from mktlab.course.stored import strip
from mktlab.notebooks import execute, run_notebook
from mktlab.notebooks.page import Page, headings, mathml, render
from mktlab.schema import MktlabError

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
ALT = 'Bar chart: "Champions" 1,200 & Loyal 830.'
WIDGET = "application/vnd.jupyter.widget-view+json"


def markdown(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def show(data: dict[str, object], metadata: dict[str, object] | None = None) -> str:
    return f"from IPython.display import display\ndisplay({data}, metadata={metadata}, raw=True)"


TABLE = (
    "<style scoped>.x{}</style><table border='1' class='dataframe'><thead><tr><th></th>"
    "<th>segment</th><th>customers</th></tr></thead><tbody>"
    "<tr><th>0</th><td>Loyal</td><td>830</td></tr></tbody></table>"
)
OUTSIDE = (
    '<script src="https://cdn.example/plot.js"></script><iframe src="http://x.example"></iframe>'
    '<img src="https://x.example/logo.png" alt="The logo"><b onclick="go()">Well done</b>'
)
LESSON = [
    markdown("# Who *are* our customers?\n\nTwo lines. See [next](12.ipynb), [us](https://x.org)."),
    code('SOURCE = "solane"', "parameters"),
    code("from pathlib import Path\nprint('from', SOURCE, 'beside', Path('note.txt').read_text())"),
    markdown("## The story of Solane", "solane"),
    code("print('Solane sold 12')", "solane"),
    markdown("## Money\n\nThe sum $m^2$ is not `$code$`.\n\n$$\\frac{a}{b}$$\n\n- [ ] to do"),
    markdown(
        "| read | do |\n|---|---|\n| 20 | 25 |\n\n<details><summary>Why</summary>so</details>"
    ),
    code(show({"image/png": PIXEL, "text/plain": ALT}, {"image/png": {"alt": ALT}})),
    code(show({WIDGET: {"model_id": "abc"}, "image/png": PIXEL, "text/plain": "A panel in euros"})),
    code(show({WIDGET: {"model_id": "abd"}, "text/plain": "VBox(children=())"})),
    code(show({"text/html": TABLE, "text/plain": "segment"})),
    code(show({"text/html": OUTSIDE, "text/plain": "-"})),
    markdown("# Money\n\n![](missing.png)"),
]


def write(path: Path, *cells: nbformat.NotebookNode) -> Path:
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    nbformat.write(notebook, path)
    return path


class Elements(HTMLParser):
    """Every start tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, *tags: str) -> Iterator[dict[str, str | None]]:
        return (attrs for tag, attrs in self.found if tag in tags)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    (folder / "note.txt").write_text("a note")
    return write(folder / "11_lesson.ipynb", *LESSON)


@pytest.fixture(scope="module")
def own_data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("of") / "Chez Léa & Cie"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def page(lesson: Path, own_data: Path, tmp_path_factory) -> str:
    before = lesson.read_bytes()
    output = tmp_path_factory.mktemp("reports") / "report.html"
    assert run_notebook(lesson, data=own_data, output=output) == output
    assert lesson.read_bytes() == before, "the notebook itself must stay as it is"
    assert [p.name for p in output.parent.iterdir()] == ["report.html"]
    return output.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def elements(page: str) -> Elements:
    return Elements(page)


@pytest.fixture(scope="module")
def results(page: str) -> str:
    """The page as the reader first sees it: without the code, which is folded away."""
    return re.sub(r'<details class="code">.*?</details>', "", page, flags=re.DOTALL)


def test_page_loads_and_runs_nothing(page: str, elements: Elements) -> None:
    tags = {tag for tag, _ in elements.found}
    assert not tags & {"script", "iframe", "link", "object", "embed"}
    assert all(str(a["src"]).startswith("data:") for a in elements.all("img"))
    assert "url(" not in page
    assert "@import" not in page
    assert not any(name.startswith("on") for _, attrs in elements.found for name in attrs)


def test_page_refuses_by_policy_whatever_an_output_may_try_to_load(elements: Elements) -> None:
    policies = [a["content"] for a in elements.all("meta") if "http-equiv" in a]
    assert policies == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]


def test_remote_picture_becomes_a_link_and_links_to_other_notebooks_become_text(page: str) -> None:
    assert '<a href="https://x.example/logo.png">The logo</a>' in page
    assert '<a href="https://x.org">us</a>' in page
    assert "12.ipynb" not in page


def test_figure_carries_its_alt_text_once(results: str, elements: Elements) -> None:
    alts = [a["alt"] for a in elements.all("img")]
    assert alts == [ALT, "A panel in euros"]
    assert results.count("1,200 &amp; Loyal 830") == 1
    assert "No description" not in results


def test_widget_without_a_picture_leaves_a_sentence(results: str) -> None:
    assert results.count("Here the notebook holds an interactive panel.") == 1
    assert "VBox" not in results


def test_formulas_become_mathml_and_code_stays_code(page: str) -> None:
    assert "<msup><mi>m</mi><mn>2</mn></msup>" in page
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in page
    assert "<code>$code$</code>" in page


def test_formula_that_cannot_be_translated_stays_readable() -> None:
    assert mathml("a_b_c < 1") == "<code>a_b_c &lt; 1</code>"


def test_page_has_one_title_one_h1_a_skip_link_and_unique_ids(
    page: str, elements: Elements
) -> None:
    assert "<title>Who are our customers?</title>" in page
    assert len(list(elements.all("h1"))) == 1
    assert {"lang": "en"} in list(elements.all("html"))
    assert next(elements.all("a"))["href"] == "#report"
    assert next(elements.all("main"))["id"] == "report"
    ids = [a["id"] for _, a in elements.found if "id" in a]
    assert len(ids) == len(set(ids))
    assert {"Money", "Money-2"} <= set(ids)


def test_tables_say_what_their_headers_head_and_can_be_scrolled(
    page: str, elements: Elements
) -> None:
    assert all(not a.get("border") for a in elements.all("table"))
    assert {a["scope"] for a in elements.all("th")} == {"col", "row"}
    assert not re.search(r"<th[^>]*></th>", page)
    assert '<td class="num">830</td>' in page
    boxes = [a for a in elements.all("div") if a.get("class") == "table"]
    labels = [a["aria-label"] for a in boxes]
    assert labels == ["Table 1: Money", "Table 2: Money"]
    assert all(a["tabindex"] == "0" and a["role"] == "region" for a in boxes)


def test_code_waits_behind_a_closed_details_after_its_result(page: str, elements: Elements) -> None:
    assert all("open" not in a for a in elements.all("details"))
    assert page.index("beside a note") < page.index("Show code 1")
    assert "<b>Well done</b>" in page


def test_page_shows_no_path_of_this_machine(page: str, lesson: Path, own_data: Path) -> None:
    assert "from Chez Léa &amp; Cie beside a note" in page
    for path in (own_data, own_data.resolve(), lesson.parent, Path(sys.prefix), Path.home()):
        assert f"{path}" not in page
    assert "SOURCE = " not in page


def test_text_about_solane_is_left_out_on_own_data(page: str) -> None:
    assert "Solane" not in page


def test_text_about_solane_stays_on_its_own_data(tmp_path: Path) -> None:
    story = write(
        tmp_path / "story.ipynb",
        code('SOURCE = "solane"', "parameters"),
        code("import warnings\nprint(SOURCE)\nwarnings.warn('few orders')", "solane"),
    )
    text = run_notebook(story, output=tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<h1>story</h1>" in text
    assert ">solane</pre>" in text
    assert ">UserWarning: few orders</pre>" in text


def run_failing(tmp_path: Path, source: str) -> str:
    """Run a notebook whose last cell fails on own data; the message, once nothing is left over."""
    notebook = write(
        tmp_path / "lesson.ipynb",
        code('SOURCE = "solane"', "parameters"),
        code("story = 1", "solane"),
        markdown("## Money"),
        code(source),
    )
    with pytest.raises(MktlabError) as error:
        run_notebook(notebook, data=tmp_path, output=tmp_path / "report.html")
    assert [p.name for p in tmp_path.iterdir()] == ["lesson.ipynb"]
    return str(error.value)


def test_a_mistake_in_the_data_ends_in_its_own_sentence(tmp_path: Path) -> None:
    source = (
        "from mktlab.schema import MktlabError\nclass MissingTable(MktlabError): pass\n"
        "raise MissingTable('There is no table orders: add orders.csv.')"
    )
    assert run_failing(tmp_path, source) == "There is no table orders: add orders.csv."


def test_any_other_error_names_notebook_cell_and_how_to_look_into_it(tmp_path: Path) -> None:
    message = run_failing(tmp_path, "{}['revenue']")
    assert message == (
        "lesson.ipynb, cell [3] (“Money”) stopped with KeyError: 'revenue'. To look into it, open "
        f'the notebook with "jupyter lab {tmp_path / "lesson.ipynb"}", set SOURCE = '
        f"{str(tmp_path)!r} in its parameters cell, and run it up to there."
    )


def test_source_overrules_the_parameters_even_where_another_run_left_its_own(
    tmp_path: Path,
) -> None:
    left = write(
        tmp_path / "left.ipynb",
        markdown("# Left"),
        code('SOURCE = "solane"\nshown = SOURCE.upper()', "parameters"),
        code('SOURCE = "elsewhere"', "injected-parameters"),
        code("print(SOURCE, shown)"),
    )
    folder = tmp_path / 'Léa\'s "shop"'
    folder.mkdir()
    text = run_notebook(left, data=folder, output=tmp_path / "r.html").read_text(encoding="utf-8")
    assert '>Léa\'s "shop" SOLANE</pre>' in text


KNOWS_LEARNERS = 'SOURCE = "solane"\nLEARNER = "Bob"'
LOADS = "import mktlab\nprint(mktlab.load(SOURCE, learner=LEARNER).name)"


@pytest.mark.parametrize(
    ("learner", "name"),
    [(" Ada  L. ", "Maison Solane (world of Ada L.)"), ("", "Maison Solane")],
)
def test_a_report_says_whose_world_it_shows(learner, name, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("MKTLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(market, "simulate", partial(market.simulate, people=300, weeks=13))
    lesson = write(tmp_path / "n.ipynb", code(KNOWS_LEARNERS, "parameters"), code(LOADS))
    report = run_notebook(lesson, learner=learner, output=tmp_path / "r.html")
    text = report.read_text(encoding="utf-8")
    assert f"n.ipynb · data: {name} · " in text
    assert f">{name}</pre>" in text
    assert "Making the market" not in text


def test_own_data_overrule_the_learner_of_a_notebook(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "products.csv").write_text("product_id,name\nA,Beans\n")
    lesson = write(tmp_path / "n.ipynb", code(KNOWS_LEARNERS, "parameters"), code(LOADS))
    report = run_notebook(lesson, data=tmp_path / "shop", output=tmp_path / "r.html")
    assert "data: shop · " in report.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("parameters", "options", "sentence"),
    [
        (KNOWS_LEARNERS, {"learner": "Ada", "data": "."}, "leave out --learner, or leave out --d"),
        (KNOWS_LEARNERS, {"learner": "  "}, "learner must be a name or a whole number, not '  '"),
        ('SOURCE = "solane"', {"learner": "Ada"}, "n.ipynb knows no LEARNER, so it cannot be run"),
    ],
)
def test_a_learner_is_checked_before_anything_runs(
    parameters, options, sentence, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(market, "simulate", lambda **_: pytest.fail("simulated first"))
    lesson = write(tmp_path / "n.ipynb", code(parameters, "parameters"), code("1 / 0"))
    with pytest.raises(MktlabError) as told:
        run_notebook(lesson, output=tmp_path / "r.html", **options)
    assert sentence in str(told.value)
    assert [path.name for path in tmp_path.iterdir()] == ["n.ipynb"]


@pytest.mark.parametrize(
    ("notebook", "data", "output", "sentence"),
    [
        ("absent.ipynb", "solane", "r.html", "There is no notebook"),
        ("broken.ipynb", "solane", "r.html", "no notebook that Jupyter can read"),
        ("plain.ipynb", "solane", "r.html", "no cell tagged `parameters`"),
        ("good.ipynb", "nowhere", "r.html", "There is no folder"),
        ("good.ipynb", "good.ipynb", "r.html", "There is no folder"),
        ("good.ipynb", "solane", "good.ipynb", "ends in .html"),
        ("good.ipynb", "solane", "nowhere/r.html", "folder that exists"),
        ("good.ipynb", "solane", "folder.html", "folder that exists"),
    ],
)
def test_paths_are_checked_before_anything_runs(
    tmp_path: Path, monkeypatch, notebook: str, data: str, output: str, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "good.ipynb", code('SOURCE = "solane"', "parameters"), code("1 / 0"))
    write(tmp_path / "plain.ipynb", code('SOURCE = "solane"'))
    Path("broken.ipynb").write_text("{}")
    Path("folder.html").mkdir()
    with pytest.raises(MktlabError, match=re.escape(sentence)):
        run_notebook(Path(notebook), data=data, output=Path(output))


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    """A notebook executed once, on a machine where "python3" names another Python."""
    folder = tmp_path_factory.mktemp("stored")
    other = folder / "jupyter" / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text(
        '{"argv": ["no-such-python"], "display_name": "Other", "language": "python"}'
    )
    path = write(
        folder / "stored.ipynb",
        code(show({WIDGET: {"model_id": "1"}, "image/png": PIXEL, "text/plain": "A panel"})),
        code(f"import os, sys\nprint('one')\nsys.executable == {sys.executable!r}"),
        code("from pathlib import Path\nPath.cwd().name"),
        code("for n in range(3):\n    print(n, flush=True)"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        execute(path)
    return path


def test_stored_outputs_need_no_kernel_and_keep_their_picture(stored: Path) -> None:
    notebook = nbformat.read(stored, as_version=4)
    assert notebook.cells[0].outputs[0].data == {"image/png": PIXEL, "text/plain": "A panel"}
    assert notebook.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert [cell.id for cell in notebook.cells] == ["cell-0", "cell-1", "cell-2", "cell-3"]
    assert all(dict(cell.metadata) == {"tags": []} for cell in notebook.cells)


def test_kernel_is_this_python_in_the_notebooks_folder(stored: Path) -> None:
    notebook = nbformat.read(stored, as_version=4)
    assert notebook.cells[1].outputs[1].data["text/plain"] == "True"
    assert notebook.cells[2].outputs[0].data["text/plain"] == repr(stored.parent.name)


def test_executing_again_gives_the_same_bytes(stored: Path) -> None:
    first = stored.read_bytes()
    execute(stored)
    assert stored.read_bytes() == first
    assert first.endswith(b"}\n")


def test_printed_text_is_stored_in_one_piece(stored: Path) -> None:
    notebook = nbformat.read(stored, as_version=4)
    assert [output.text for output in notebook.cells[3].outputs] == ["0\n1\n2\n"]


def test_strip_leaves_its_input_alone() -> None:
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {"state": 1}})
    assert "widgets" not in strip(notebook).metadata
    assert notebook.metadata == {"widgets": {"state": 1}}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("import warnings\nwarnings.warn('beware')", "stored notebook has none: UserWarning: bew"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        (
            "print('x' * 2_100_000)",
            "weighs 2.1 MB with its outputs",
        ),
    ],
)
def test_warning_error_or_weight_leaves_the_stored_notebook_as_it_was(
    tmp_path: Path, source: str, sentence: str
) -> None:
    path = write(tmp_path / "n.ipynb", markdown("# Title"), code("1"), code(source))
    before = path.read_bytes()
    with pytest.raises(MktlabError) as error:
        execute(path)
    assert sentence in str(error.value)
    assert "n.ipynb" in str(error.value)
    assert "MB" in sentence or "cell [2] (“Title”)" in str(error.value)
    assert path.read_bytes() == before


def test_headings_inside_code_are_no_headings() -> None:
    assert headings("```python\n# a comment\n```\n## Real `name`\n") == ["Real name"]


def test_local_picture_is_put_into_the_page(tmp_path: Path) -> None:
    (tmp_path / "shop.png").write_bytes(b"png")
    notebook = nbformat.v4.new_notebook(cells=[markdown("![The shop](shop.png)")])
    text = render(Page(folder=tmp_path, hide={}), notebook, name="n", byline="")
    assert '<img alt="The shop" src="data:image/png;base64,cG5n"/>' in text


def test_numbers_line_up_also_beside_a_header_over_several_rows(tmp_path: Path) -> None:
    table = (
        "<table><tbody><tr><th rowspan='2'>a</th><th>b</th><td>1.5</td></tr>"
        "<tr><th>c</th><td>2.5 %</td></tr></tbody></table>"
    )
    notebook = nbformat.v4.new_notebook(cells=[markdown(table)])
    text = render(Page(folder=tmp_path, hide={}), notebook, name="n", byline="")
    assert text.count('<td class="num">') == 2
    assert '<th rowspan="2" scope="rowgroup">a</th><th scope="row">b</th>' in text


def test_a_table_with_a_box_of_its_own_gets_no_second_one(tmp_path: Path) -> None:
    table = (
        '<div role="region" tabindex="0"><table><tbody><tr><td>1</td></tr></tbody></table></div>'
    )
    notebook = nbformat.v4.new_notebook(cells=[markdown(table)])
    text = render(Page(folder=tmp_path, hide={}), notebook, name="n", byline="")
    assert text.count('role="region"') == 1


def contrast(color: str, ground: str) -> float:
    """Contrast ratio of two colors (WCAG 2.2, relative luminance)."""

    def luminance(hexa: str) -> float:
        parts = [int(hexa[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(color), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_color_is_readable_on_the_gray_of_code() -> None:
    style = files("mktlab.notebooks").joinpath("page.css").read_text(encoding="utf-8")
    wash = re.findall(r"--wash: (#\w{6})", style)[0]
    colors = re.findall(r"(?:--ink|--quiet|--link|[{;] color): (#\w{6})", style)
    assert len(colors) == 8
    assert min(contrast(color, wash) for color in colors) >= 4.5
