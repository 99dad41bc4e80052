"""`mktlab check` tells what a folder holds, proposes what is missing, and writes it if wanted."""

import tomllib

import pytest
from typer.testing import CliRunner

import mktlab
from mktlab.cli import app
from mktlab.folder_check import WIDTH, look
from mktlab.show.formats import count

SOUND = "order_id,customer_id,order_date,revenue\n" + "".join(
    f"A{n},C{n % 4},2024-{n % 12 + 1:02}-05,{20 + n}.50\n" for n in range(24)
)
SALES = SOUND.replace("order_id,customer_id,order_date,revenue", "Receipt,Client,Date,Sales")


@pytest.fixture
def folder(tmp_path):
    """A folder of one's own."""
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def run(folder, *options):
    result = CliRunner().invoke(app, ["check", str(folder), *options])
    return result.exit_code, result.output


def test_tables_that_load_are_told_with_period_money_and_lessons(folder):
    (folder / "orders.csv").write_text(SOUND)
    code, text = run(folder)
    assert code == 0
    assert "24 rows (€768.00) read, 24 orders (€768.00) kept, 5 Jan 2024 to 5 Dec 2024" in text
    assert "Lessons that these tables open: " in text
    assert "11_rfm" in text
    assert "Next, " in text
    assert f"For a report: mktlab run 41_kpi --data {folder}" in text.replace("\n  ", " ")


def test_what_must_be_settled_is_proposed_and_tried(folder):
    (folder / "export.csv").write_text(SALES)
    code, text = run(folder)
    assert code == 2
    assert "export.csv is read as orders, by its columns." in text
    assert 'revenue = "Sales"' in text
    assert "With it:\nexport.csv: 24 rows (€768.00) read" in text
    assert f"mktlab check {folder} --write" in text.replace("\n  ", " ")
    assert not (folder / "columns.toml").exists()


def test_writing_the_proposal_makes_the_tables_load(folder):
    (folder / "export.csv").write_text(SALES)
    code, text = run(folder, "--write")
    assert code == 0
    assert "Wrote" in text
    assert mktlab.load(folder).orders["revenue"].sum() == 768.0
    assert run(folder)[0] == 0


def test_what_only_a_person_knows_stays_open(folder):
    (folder / "orders.csv").write_text(SOUND.replace(",revenue", ",Sum of it"))
    code, text = run(folder, "--write")
    assert code == 2
    assert '# revenue = "..."' in (folder / "columns.toml").read_text()
    assert "no column revenue" in text


def test_a_file_that_is_there_is_copied_before_it_is_extended(folder):
    (folder / "export.csv").write_text(SALES)
    written = '# our shop\n[orders]\nfile = "export.csv"\nrevenue = "Sales"  # net\n'
    (folder / "columns.toml").write_text(written)
    code, text = run(folder, "--write")
    assert code == 0
    assert "What was there is in columns.toml.bak." in text.replace("\n  ", " ")
    assert (folder / "columns.toml.bak").read_text() == written
    new = (folder / "columns.toml").read_text()
    assert set(written.splitlines()) <= set(new.splitlines())
    assert tomllib.loads(new)["orders"]["customer_id"] == "Client"


def test_a_second_copy_never_replaces_the_first(folder):
    (folder / "export.csv").write_text(SALES)
    for text in ('[orders]\nfile = "export.csv"\n', '[orders]\nfile = "export.csv"\n# again\n'):
        (folder / "columns.toml").write_text(text)
        run(folder, "--write")
    assert (folder / "columns.toml.bak1").read_text().endswith("# again\n")


def test_files_of_equal_headers_are_joined(folder):
    years = SALES.splitlines(keepends=True)
    (folder / "sales_2023.csv").write_text("".join(years[:13]))
    (folder / "sales_2024.csv").write_text("".join([years[0], *years[13:]]))
    assert run(folder, "--write")[0] == 0
    assert len(mktlab.load(folder).orders) == 24


def test_what_loads_as_it_is_is_never_made_to_fail(folder):
    (folder / "orders.csv").write_text(SOUND)
    (folder / "orders_old.csv").write_text(SOUND.replace(".50", ".60"))
    code, text = run(folder, "--write")
    assert code == 0
    assert "orders_old.csv" in text
    assert mktlab.load(folder).orders["revenue"].sum() == 768.0


def test_a_column_that_is_not_read_yet_is_offered(folder):
    head, *rows = SOUND.splitlines()
    rows = [f"{head},Amount refunded", *(f"{row},1.00" for row in rows)]
    (folder / "orders.csv").write_text("\n".join(rows))
    code, text = run(folder)
    assert code == 0
    assert 'refunded = "Amount refunded"' in text


def test_a_file_that_could_be_no_table_is_told(folder):
    (folder / "orders.csv").write_text(SOUND)
    (folder / "weather.csv").write_text("station,tmax\nA,20.5\nB,21.5\n")
    assert "weather.csv" in run(folder)[1]


def test_a_damaged_file_is_told_and_nothing_is_proposed_for_it(folder):
    (folder / "orders.csv").write_text('order_id,customer_id\n1,"never closed\n')
    code, text = run(folder)
    assert code == 2
    assert "never closes" in text


def test_no_folder_is_one_sentence(folder):
    code, text = run(folder / "nowhere")
    assert code == 2
    assert text.count("\n") == 1


def test_no_line_is_longer_than_a_hundred_letters(folder):
    head = "Receipt,Client,Date,Sales," + ",".join(f"A rather long header {n}" for n in range(40))
    rows = [f"{row},{'x,' * 39}x" for row in SALES.splitlines()[1:]]
    (folder / "an export with a rather long name of a file.csv").write_text(
        "\n".join([head, *rows])
    )
    (folder / "other.csv").write_text(head.replace("Sales", "Country") + "\n" + "\n".join(rows))
    assert max(map(len, look(folder).lines())) <= WIDTH


def test_cells_of_people_are_not_shown(folder):
    mails = SALES.replace("Client", "E-mail").replace(",C", ",ada.lovelace@example.org-")
    (folder / "export.csv").write_text(mails)
    assert "lovelace" not in run(folder)[1]
    assert count(24) in run(folder)[1]


def test_a_list_of_sums_by_day_is_no_table_of_orders(folder):
    rows = "".join(f"2024-01-{n + 1:02},{100 + n},{80 + n},{10 + n}.50\n" for n in range(28))
    (folder / "data.csv").write_text("Date,Sessions,Total users,Revenue\n" + rows)
    code, text = run(folder)
    assert code == 2
    assert "data.csv: which table it is its columns do not tell" in text
    assert "customer_id =" not in text


def test_lines_of_invoices_under_french_headers_are_read_to_the_cent(folder):
    (folder / "factures.csv").write_text(
        "N° facture;Code article;Désignation;Quantité;Date facture;Prix unitaire;Code client;Pays\n"
        "901;P1;Mug;2;13/01/2024;4,50;K1;France\n901;P2;Tin;1;13/01/2024;3,25;K1;France\n"
        "902;P1;Mug;1;14/01/2024;4,50;K2;France\n903;P2;Tin;3;20/01/2024;3,25;K1;France\n"
        "C904;P2;Tin;-1;22/01/2024;3,25;K1;France\n905;P1;Mug;1;23/01/2024;4,50;;France\n",
        encoding="utf-8",
    )
    assert run(folder, "--write")[0] == 0
    orders = mktlab.load(folder).orders
    assert len(orders) == 3
    assert orders["revenue"].sum() == 26.5
    assert orders["refunded"].sum() == 3.25


def test_weeks_that_begin_on_sunday_are_settled_by_one_written_line(folder):
    (folder / "ad_spend.csv").write_text(
        "week,zone,channel,campaign,spend\n2025-01-05,Z,social,c,100\n2025-01-12,Z,social,c,300\n"
    )
    code, text = run(folder)
    assert code == 2
    assert 'week_starts = "sunday"' in text
    assert run(folder, "--write")[0] == 0
    assert mktlab.load(folder).ad_spend["week"].dt.day_name().unique().tolist() == ["Monday"]


def test_words_are_read_in_the_encoding_that_is_said(folder):
    rows = SOUND.replace("\n", ",Livré\n").replace("revenue,Livré", "revenue,status")
    (folder / "orders.csv").write_bytes(rows.encode("mac_roman"))
    (folder / "columns.toml").write_text('[orders]\nencoding = "mac_roman"\n')
    assert run(folder, "--write")[0] == 0
    assert 'paid = ["Livré"]' in (folder / "columns.toml").read_text(encoding="utf-8")
    assert set(mktlab.load(folder).orders["status"]) == {"paid"}


def test_what_is_well_is_told_beside_a_problem(folder):
    (folder / "orders.csv").write_text(SOUND)
    (folder / "sessions.csv").write_bytes(
        "session_id,visitor_id,page\n1,a,caf\xe9".encode("cp1252")
    )
    code, text = run(folder)
    assert code == 2
    assert "started_at" in text
    assert "24 rows (€768.00) read, 24 orders (€768.00) kept" in text
    assert "sessions.csv: read as Windows-1252" in text
