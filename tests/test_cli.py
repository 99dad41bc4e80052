"""The commands: thin doors, and one sentence for a person's mistake."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import mktlab
from mktlab import cli, doctor
from mktlab.company import Company
from mktlab.schema import MktlabError

ROOT = Path(__file__).parents[1]
runner = CliRunner()


def test_help_names_every_command() -> None:
    told = runner.invoke(cli.app, ["--help"]).output
    commands = ("lab", "run", "work", "progress", "dashboard", "doctor", "data", "lesson")
    commands += ("plan", "league", "clean")
    assert all(f"\n  {command} " in told for command in commands)


@pytest.mark.parametrize("name", ["11", "11_rfm", "notebooks/1_segmentation/11_rfm.ipynb"])
def test_a_lesson_goes_by_number_name_or_path(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.find_notebook(name).resolve() == ROOT / "notebooks/1_segmentation/11_rfm.ipynb"


def test_jupyterlab_stays_on_this_machine_unless_an_option_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr("jupyterlab.labapp.main", calls.append)
    monkeypatch.setattr("sys.argv", list(sys.argv))
    for name in ("PATH", "JUPYTER_CONFIG_PATH"):
        monkeypatch.setenv(name, "")
    assert runner.invoke(cli.app, ["lab", "--ip", "0.0.0.0"]).exit_code == 0
    assert calls[0][-2:] == ["--ip", "0.0.0.0"]
    assert not [option for option in calls[0] if "App.ip" in option]
    settings = Path(os.environ["JUPYTER_CONFIG_PATH"], "jupyter_server_config.json")
    assert json.loads(settings.read_text())["ServerApp"]["ip"] == "127.0.0.1"
    assert os.environ["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


def test_an_unknown_lesson_is_told_which_there_are() -> None:
    result = runner.invoke(cli.app, ["run", "99_nothing"])
    assert result.exit_code == 2
    assert "No notebook is called '99_nothing'" in result.stderr
    assert "11_rfm" in result.stderr


def test_a_missing_folder_ends_in_one_sentence(tmp_path: Path) -> None:
    order = ["run", "11", "--data", str(tmp_path / "none"), "-o", str(tmp_path / "r.html")]
    result = runner.invoke(cli.app, order)
    assert result.exit_code == 2
    assert result.stderr.startswith("There is no folder")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_missing_table_ends_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "products.csv").write_text("product_id,name\nA,Beans\n")
    report = tmp_path / "report.html"
    result = runner.invoke(cli.app, ["run", "11", "--data", str(tmp_path), "-o", str(report)])
    assert result.exit_code == 2
    assert "orders" in result.stderr
    assert "Traceback" not in result.stderr
    assert not report.exists()


def test_orders_as_people_have_them_become_a_report(tmp_path: Path) -> None:
    rows = ["N° commande;N° client;Date commande;Montant HT (€)"]
    for i in range(400):
        customer, day, month = i * 7 % 60, 1 + i % 28, 1 + i % 12
        rows.append(f"{i:06};{customer:04};{day:02}/{month:02}/2024;1 {i:03},50")
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "orders.csv").write_text("\n".join(rows), encoding="cp1252")
    (folder / "columns.toml").write_text(
        '[orders]\norder_id = "N° commande"\ncustomer_id = "N° client"\n'
        'order_date = "Date commande"\nrevenue = "Montant HT (€)"\n',
        encoding="utf-8",
    )
    report = tmp_path / "report.html"
    result = runner.invoke(cli.app, ["run", "11", "--data", str(folder), "-o", str(report)])
    assert result.exit_code == 0, result.stderr
    page = report.read_text(encoding="utf-8")
    assert "<h1>Customers: who buys, and who has gone quiet</h1>" in page
    assert "report_customers.csv (60 customers)." in result.stdout
    assert "orders.csv: no column status (taken as paid)" in result.stdout
    assert "Camille" not in page
    assert str(tmp_path) not in page


def test_the_doctor_fails_when_a_check_does(monkeypatch: pytest.MonkeyPatch) -> None:
    sick = [doctor.Check("kernel", False, "none", "install it")]
    monkeypatch.setattr(doctor, "examine", lambda root: iter(sick))
    result = runner.invoke(cli.app, ["doctor"])
    assert result.exit_code == 1
    assert "fix: install it" in result.output


def test_a_fault_of_our_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(root: Path) -> None:
        raise ValueError("ours")

    monkeypatch.setattr(doctor, "examine", broken)
    result = runner.invoke(cli.app, ["doctor"])
    assert isinstance(result.exception, ValueError)
    assert not isinstance(result.exception, MktlabError)


SMALL = ["--people", "1_00", "--weeks", "13"]


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_data_makes_a_company_of_any_size(format: str, tmp_path: Path) -> None:
    order = ["data", *SMALL, "--seed", "5", "--format", format, "--out", str(tmp_path / "new")]
    for _ in range(2):  # the second time over its own files
        result = runner.invoke(cli.app, order)
        assert result.exit_code == 0, result.stderr
        assert "customers" in result.stdout
        assert result.stderr == ""  # no bar where there is no terminal
    market = mktlab.load(tmp_path / "new")
    assert market.truth.parameters["seed"] == 5
    assert market.truth.parameters["people"] == 100
    assert (tmp_path / "new" / f"orders.{format}").is_file()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (["--people", "99", "--out", "new"], "--people is 99; give a number from 100 to 5,000,000"),
        (["--weeks", "0", "--out", "new"], "--weeks is 0; give a number from 13"),
        (["--seed", "-1", "--out", "new"], "--seed is -1; give a number from 0"),
        (["--format", "xlsx", "--out", "new"], "--format is 'xlsx'; give csv or parquet"),
        (["--people", "200"], "say which folder to write to"),
        (["--out", "theirs"], "theirs is not empty: it holds diary.txt"),
        (["--out", "theirs/diary.txt"], "theirs/diary.txt cannot be written to"),
        (["--out", "ours", "--format", "parquet"], "customers.csv of an earlier run"),
        (["--out", "new", "build"], "options before build are not used"),
    ],
)
def test_data_tells_a_mistake_at_once_in_one_sentence(
    wrong: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mktlab.market.simulate", lambda **_: pytest.fail("simulated first"))
    Path("theirs").mkdir()
    Path("theirs", "diary.txt").write_text("dear diary")
    orders = pd.DataFrame({"customer_id": ["1"], "joined_date": pd.to_datetime(["2024-01-05"])})
    Company({"customers": orders}, name="Before").save("ours")
    result = runner.invoke(cli.app, ["data", *wrong])
    assert result.exit_code == 2
    assert sentence in result.stderr.replace("\\", "/")
    assert len(result.stderr.strip().splitlines()) == 1
    assert not Path("new").exists()


def test_data_without_anything_shows_its_help() -> None:
    told = runner.invoke(cli.app, ["data"]).output
    assert all(option in told for option in ("--people", "--format", "--out", "build"))


def test_a_bar_moves_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes this for a terminal
    result = runner.invoke(cli.app, ["data", *SMALL, "--out", str(tmp_path / "new")])
    assert "Playing 13 weeks with 100 people" in result.stderr
    assert "Writing csv" in result.stderr
    assert result.stdout.startswith("Wrote")


def test_lesson_build_check_is_content_with_what_is_committed() -> None:
    result = runner.invoke(cli.app, ["lesson", "build", "--check"])
    assert result.output == "Everything that is derived matches its source.\n"


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        ("socket.create_connection(('192.0.2.1', 80), timeout=1)", False),
        ("socket.getaddrinfo('example.org', 80)", False),
        ("socket.create_server(('127.0.0.1', 0))", True),
    ],
)
def test_processes_of_a_test_run_cannot_leave_the_machine(code: str, passes: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import socket; {code}"], capture_output=True, text=True
    )
    assert (done.returncode == 0) == passes
    assert ("OutsideConnectionError" in done.stderr) != passes


def test_a_test_itself_cannot_leave_the_machine() -> None:
    with pytest.raises(RuntimeError, match="may not leave the machine"):
        socket.getaddrinfo("example.org", 80)


def test_lessons_are_listed_with_what_a_folder_lacks(tmp_path: Path) -> None:
    listed = runner.invoke(cli.app, ["lesson", "list"]).output.splitlines()
    assert listed[0].split(maxsplit=1)[0] == "00_start_here"
    assert not [line for line in listed if "needs" in line]
    (tmp_path / "orders.csv").write_text("not even read")
    (tmp_path / "mine.csv").write_text("not even read")
    (tmp_path / "columns.toml").write_text('[products]\nfile = "mine.csv"\n')
    listed = runner.invoke(cli.app, ["lesson", "list", "--data", str(tmp_path)]).output
    lines = {line.split()[0]: line for line in listed.splitlines()}
    assert "needs" not in lines["11_rfm"]
    assert lines["00_start_here"].endswith("needs customers, order_lines")
    gone = runner.invoke(cli.app, ["lesson", "list", "--data", str(tmp_path / "none")])
    assert gone.exit_code == 2
    assert "no such folder" in gone.stderr
