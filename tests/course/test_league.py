"""The league: who is ranked, who is not and why, and that nobody can know the worlds."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mktlab import cli
from mktlab.course.league import league
from mktlab.market.score import HIDDEN_SEEDS, in_force, judge
from mktlab.plan import Objective, Plan
from mktlab.schema import MktlabError

KEY = "k" * 32
PICTURE = re.compile('base64,[^"]*')  # letters of a picture may spell any name
DEARER = {"price": {"cafe": 1.1}}


@pytest.fixture(autouse=True)
def _two_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mktlab.course.league.WORLDS", 2)


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """Three teams, of whom one revises, and five files that cannot be played."""
    folder = tmp_path / "plans"
    folder.mkdir()
    today = Plan.baseline().but(budget=600_000)
    today.to_toml(folder / "as_today.toml")
    today.but(**DEARER).to_toml(folder / "ada.toml")
    today.but(weeks=39).to_toml(folder / "ada.2.toml")
    today.but(price={"beans": 1.5, "cafe": 1.5}).to_toml(folder / "greedy.toml")
    (folder / "no_toml.toml").write_text("name = ")
    (folder / "no_lever.toml").write_text("[price]\nbeens = 1.1\n")
    today.but(weeks=26).to_toml(folder / "short.toml")
    today.but(budget=700_000, promotion={"social": 4_000}).to_toml(folder / "rich.toml")
    today.to_toml(folder / "late.3.toml")
    return folder


def test_sound_plans_are_ranked_and_broken_ones_named(plans: Path) -> None:
    told = league([plans], key=KEY, quarters=1)
    table = told.table.assign(who=told.table["team"].map(told.names)).set_index("who")
    assert set(table.index) == {"as_today", "ada", "greedy", "short"}
    assert table.loc["as_today", "place"] == table.loc["short", "place"]  # they do the same
    assert table.loc["greedy", "place"] == 4
    assert table["points"].is_monotonic_decreasing
    assert table.loc["as_today", ["profit", "low", "high", "equity", "nps"]].eq(0).all()
    assert table.loc["ada", "profit"] > 0 > table.loc["greedy", "nps"]
    assert set(told.broken) == {"no_toml.toml", "no_lever.toml", "rich.toml"}  # quarter 1 alone
    assert "did you mean beans" in told.broken["no_lever.toml"]


def test_later_quarters_take_revisions_and_longer_plans(plans: Path) -> None:
    told = league([plans], key=KEY, quarters=3)
    assert "26 weeks, and 39 are to be played" in told.broken["short.toml"]
    assert told.broken["late.3.toml"].startswith("there is no sound plan late.toml")
    html = PICTURE.sub("", told.page().html)
    assert "after quarter 3" in html
    assert "short.toml" in html
    assert not [who for who in ("as_today", "ada", "greedy") if who in html]  # names are drawn


def test_a_key_gives_one_ranking_and_another_key_other_worlds(plans: Path) -> None:
    files = [plans / "ada.toml"]
    one, same, other = (league(files, key=key, quarters=1) for key in (KEY, KEY, "j" * 32))
    assert one.table.equals(same.table)
    assert one.names == same.names
    assert one.table["profit"].iloc[0] != other.table["profit"].iloc[0]


def test_a_plan_alone_is_judged_as_in_its_score() -> None:
    plan = Plan.baseline().but(budget=600_000, weeks=13, **DEARER)
    merit, kpis = judge(plan, seeds=HIDDEN_SEEDS[:2])
    assert merit.profit > 0
    assert kpis["wait_minutes"] > 0
    mixes = [in_force({0: plan, 5: Plan.baseline()}, week).price.cafe for week in range(8)]
    assert mixes == [1.0, 1.1, 1.1, 1.1, 1.1, 1.1, 1.0, 1.0]


@pytest.mark.parametrize(
    ("said", "why"), [({"quarters": 5}, "quarters"), ({"budget": 0}, "budget")]
)
def test_odd_settings_and_no_plan_are_refused(plans: Path, said: dict[str, int], why: str) -> None:
    with pytest.raises(MktlabError, match=why):
        league([plans], key=KEY, **said)
    with pytest.raises(MktlabError, match="There is no plan"):
        league([], key=KEY)


def test_commands_carry_a_plan_from_a_file_to_the_league(tmp_path: Path) -> None:
    run, file = CliRunner().invoke, tmp_path / "ada.toml"
    assert run(cli.app, ["plan", "new", str(file)]).exit_code == 0
    again = run(cli.app, ["plan", "new", str(file)])
    assert again.exit_code == 2
    assert "already" in again.output
    goal = Objective("wait_minutes", 2.5, by_week=13)
    Plan.from_toml(file).but(objectives=[goal], **DEARER).to_toml(file)
    assert "changes 1 of" in run(cli.app, ["plan", "check", str(file)]).output
    for command, name in (("brief", "ada.html"), ("workbook", "ada.xlsx")):
        made = run(cli.app, ["plan", command, str(file), "-o", str(tmp_path / name)])
        assert made.exit_code == 0
        assert (tmp_path / name).stat().st_size > 1_000
    told = run(cli.app, ["plan", "run", str(file), "--weeks", "13"]).output
    assert "profit" in told
    assert "2.5" in told
    key, page = tmp_path / "class.key", tmp_path / "league.html"
    options = ["--key", str(key), "--quarters", "1", "-o", str(page)]
    assert run(cli.app, ["league", str(file), *options]).exit_code == 0
    assert "ada" not in PICTURE.sub("", page.read_text(encoding="utf-8"))
    assert "ada" in (tmp_path / "league_names.csv").read_text(encoding="utf-8")
    file.write_text("[price]\ncafe = 9.0\n", encoding="utf-8")
    assert run(cli.app, ["plan", "check", str(file)]).exit_code == 2
    assert run(cli.app, ["league", str(file), *options]).exit_code == 2
