"""A report has the findings and nothing of the lesson; in the list beside it nothing computes."""

import re
from copy import deepcopy
from pathlib import Path

import nbformat
import openpyxl
import pandas as pd
import pytest

from mktlab.notebooks import run_notebook
from mktlab.notebooks.lists import write_list
from mktlab.notebooks.page import Page, without_addresses
from mktlab.notebooks.report import render_report
from mktlab.schema import MktlabError

ORDERS = """order_id,customer_id,order_date,revenue
1,ada@example.com,2024-01-05,10
2,=cmd(),2024-02-05,20
3,ada@example.com,2024-06-05,30
"""


def markdown(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


LESSON = [
    markdown("# 11 · RFM: who gets the box?"),
    code('SOURCE = "solane"', "parameters"),
    code("import mktlab\ncompany = mktlab.load(SOURCE)\norders = company.orders", "finding"),
    markdown("### Who buys\n\nIn order of money.", "finding"),
    code(
        'customers = orders.groupby("customer_id", as_index=False)["revenue"].sum()\ncustomers',
        "finding",
    ),
    code(
        "sizes = customers.assign(city='Lyon', customers=3)[['city', 'customers', 'revenue']]\n"
        "sizes.assign(customers=[12, 3]).set_index('city')",
        "finding",
    ),
    code("print('First ada@example.com.')\nprint('Then:')\nprint('the rest.')", "finding"),
    code("print('Write to 3 customers.')", "finding"),
    code("print('Solane sold 12')", "solane", "finding"),
    markdown("## Against last year", "finding"),
    code("if len(orders) > 1000:\n    print('More.')", "finding"),
    markdown("Change SOURCE at the top."),
    code("print('of no use to a manager')"),
]


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> tuple[Path, list[str]]:
    """The folder in which a lesson was run on a shop's orders as of a day, and what was told."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "shop").mkdir()
    (folder / "shop" / "orders.csv").write_text(ORDERS, encoding="utf-8")
    nbformat.write(nbformat.v4.new_notebook(cells=LESSON), folder / "11_rfm.ipynb")
    told: list[str] = []
    where = {"data": folder / "shop", "output": folder / "r.html", "tell": told.append}
    where["list_to"] = folder / "r_customers.csv"
    run_notebook(folder / "11_rfm.ipynb", **where, as_of="2024-06-01")
    return folder, told


@pytest.fixture(scope="module")
def page(ran) -> str:
    return (ran[0] / "r.html").read_text(encoding="utf-8").partition("<body>")[2]


def test_a_report_begins_with_its_title_and_what_was_read(page: str) -> None:
    heads = re.findall("<h[12][^>]*>(.*?)</h[12]>", page)
    assert heads == [
        "Customers: who buys, and who has gone quiet",
        "What this rests on",
        "Who buys",
    ]
    assert "<li>As of 1 Jun 2024: 1 later row of orders is left out (€30).</li>" in page


def test_what_was_read_is_told_once(page: str) -> None:
    assert page.count("orders.csv: 3 rows (€60.00) read") == 1


def test_a_report_has_results_and_no_lesson(page: str) -> None:
    assert re.search("<td[^>]*>12<", page)
    assert "<p>Then: the rest.</p>" in page
    for word in ("the box", "Solane", "SOURCE", "no use", "groupby", "11_rfm"):
        assert word not in page


def test_no_address_stands_in_a_report(page: str) -> None:
    assert "@" not in page
    assert "<p>First [" in page


def test_no_person_and_no_group_of_few_stands_in_a_report(page: str, ran) -> None:
    assert "2 rows of persons taken out" in page
    assert "cmd" not in page
    assert re.search(r"Lyon</th>\s*<td[^>]*>12</td>", page)
    assert re.search(r"Lyon</th>\s*(<td[^>]*>fewer than 5</td>\s*){2}", page)
    assert "Write to fewer than 5 customers." in page
    assert "has fewer than 5 customers" in page
    assert sum("can be passed on" in line for line in ran[1]) == 1
    assert "can be passed on" in page


@pytest.mark.parametrize(
    "text",
    ["ada@example.com", "<jane.doe+x@shop.co.uk>", "a=jürgen@müller.de;", "O'Neil_1@x-y.org, hi"],
)
def test_an_address_is_masked_wherever_it_stands(text: str) -> None:
    assert "@" not in without_addresses(text)


def test_a_long_picture_is_no_address_and_costs_no_time() -> None:
    picture = "A" * 2_000_000
    assert without_addresses(picture) == picture


def test_a_list_that_is_asked_for_has_every_customer_by_her_own_id_and_no_formula(ran) -> None:
    folder, told = ran
    listed = (folder / "r_customers.csv").read_text(encoding="utf-8")
    head, *rows = listed.split()
    assert [head, *sorted(rows)] == ["customer_id,revenue", "'=cmd(),20.0", "ada@example.com,10.0"]
    report, beside = folder / "r.html", folder / "r_customers.csv"
    personal = (
        "names customers as your files do, which is personal data: keep it safe. Without --list, "
        "or with --pseudonyms, a list has pseudonyms."
    )
    assert told[-2:] == [
        f"Wrote {report} and {beside} (2 customers).",
        f"{beside} {personal}",
    ]


def test_the_lesson_follows_where_it_is_wanted() -> None:
    notebook = deepcopy(nbformat.v4.new_notebook(cells=LESSON))
    notebook.cells[4].outputs = [nbformat.v4.new_output("stream", text="Ada first.")]
    options = {"title": "T", "whose": "Shop", "byline": "", "read": ["Ten rows."]}
    page = Page(folder=Path(), hide={})
    text = render_report(page, notebook, **options, whole=True)
    assert text.index("Ten rows.") < text.index("Who buys") < text.index("the lesson</h2>")
    assert text.index("the lesson</h2>") < text.index("who gets the box?")
    assert text.count("<h1") == 1


NASTY = ["=1+1", "+2", "-3", "@x", "\tx", "\rx", " =1", "K7"]


def test_texts_of_a_list_never_compute_and_numbers_stay_numbers(tmp_path: Path) -> None:
    table = pd.DataFrame({"customer_id": NASTY, "gain": [-1.5] * 8, "=head": "x", "none": None})
    table = table.assign(last=pd.Timestamp("2024-01-05"))
    write_list(table, tmp_path / "list.csv")
    back = pd.read_csv(tmp_path / "list.csv", keep_default_na=False)
    assert list(back) == ["customer_id", "gain", "'=head", "last"]
    assert list(back["customer_id"]) == [*(f"'{text}" for text in NASTY[:-1]), "K7"]
    assert (back["gain"] == -1.5).all()
    assert set(back["last"]) == {"2024-01-05"}
    write_list(table, tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert sheet["A2"].quotePrefix
    assert sheet["B2"].value == -1.5


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"list_to": Path("list.txt")}, "give --list a name that ends in .csv or .xlsx"),
        ({"list_to": Path("no/list.csv")}, "The list no/list.csv cannot be written"),
        ({"as_of": "tomorrow"}, "as_of is 'tomorrow': give a day as YYYY-MM-DD"),
        ({"pseudonyms": Path("short")}, "The key file short holds 3 characters: a key has 32"),
        ({"pseudonyms": Path("no/key")}, "The key file no/key cannot be made (no such file"),
        ({"data": "solane", "as_of": "2024-06-01"}, "--as-of goes with your own tables"),
    ],
)
def test_options_are_checked_before_anything_runs(
    options, sentence, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("short").write_text("abc")
    nbformat.write(nbformat.v4.new_notebook(cells=[*LESSON, code("1 / 0")]), "11_rfm.ipynb")
    with pytest.raises(MktlabError, match=re.escape(sentence)) as told:
        run_notebook(Path("11_rfm.ipynb"), **{"data": ".", "output": Path("r.html"), **options})
    assert len(str(told.value).splitlines()) == 1
    assert sorted(path.name for path in Path().iterdir()) == ["11_rfm.ipynb", "short"]


def test_a_list_is_refused_of_a_lesson_that_makes_none(tmp_path: Path) -> None:
    nbformat.write(nbformat.v4.new_notebook(cells=LESSON), tmp_path / "41_kpi.ipynb")
    where = {"data": tmp_path, "output": tmp_path / "r.html", "list_to": tmp_path / "l.csv"}
    with pytest.raises(MktlabError, match="41_kpi makes no list of customers: leave out --list"):
        run_notebook(tmp_path / "41_kpi.ipynb", **where)
