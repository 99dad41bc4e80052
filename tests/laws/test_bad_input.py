"""Plans and orders as people get them wrong: each is refused in one sentence, or counted."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shop import orders, with_value
from typer.testing import CliRunner

import mktlab
from mktlab import churn, cli, kpi, market
from mktlab.company import Company
from mktlab.plan import Objective, Plan
from mktlab.schema import MktlabError
from mktlab.segmentation import rfm

BASE = Plan.baseline()
PLANS = {
    "a price below its limits": ({"price": {"beans": -1}}, "price.beans"),
    "a price that is text": ({"price": {"beans": "1.1"}}, "price.beans"),
    "a price that is missing": ({"price": {"beans": float("nan")}}, "price.beans"),
    "an infinite budget of a channel": ({"promotion": {"radio": float("inf")}}, "promotion.radio"),
    "yes for a number": ({"people": {"baristas": True}}, "people.baristas"),
    "a number for yes or no": ({"process": {"order_ahead": 3}}, "process.order_ahead"),
    "a negative budget": ({"budget": -1}, "budget"),
    "a budget that is too small": ({"budget": 10_000}, "budget"),
    "no weeks": ({"weeks": 0}, "weeks"),
    "half a week": ({"weeks": 1.5}, "weeks"),
    "ten years": ({"weeks": 520}, "weeks"),
    "a start before the lever can": (
        {"product": {"quality": 0.8}, "starts": {"product.quality": 2}},
        "product.quality",
    ),
    "a start after the plan": (
        {"product": {"quality": 0.8}, "starts": {"product.quality": 60}},
        "product.quality",
    ),
    "a start of no lever": ({"starts": {"product.taste": 9}}, "product.taste"),
    "a start of what stays": ({"starts": {"product.quality": 9}}, "product.quality"),
    "an indicator that nobody counts": ({"objectives": [Objective("love", 1, by_week=4)]}, "love"),
    "a target in percent": (
        {"objectives": [Objective("awareness", 40, by_week=4)]},
        "awareness",
    ),
    "a target after the plan": (
        {"objectives": [Objective("profit", 4, by_week=80)]},
        "by_week is 80",
    ),
    "a target that is nothing": (
        {"objectives": [Objective("profit", None, by_week=8)]},
        "target is None",
    ),
    "an objective of week 0": ({"objectives": [Objective("profit", 4, by_week=0)]}, "by_week is 0"),
    "no name": ({"name": ""}, "name"),
    "a P that does not exist": ({"prices": {"beans": 1}}, "prices"),
    "a lever that does not exist": ({"price": {"bean": 1}}, "bean"),
    "objectives that are a text": ({"objectives": "profit"}, "objectives"),
}


# Where, what is wrong with it, and what to do or to choose from.
SENTENCE = re.compile(r"(- )?[\w.\[\]]+: .+; .+\.")


def told(call) -> str:
    with pytest.raises(MktlabError) as refused:
        call()
    return str(refused.value)


@pytest.mark.parametrize("case", PLANS)
def test_a_bad_plan_is_told_what_is_wrong_with_it(case):
    change, where = PLANS[case]
    message = told(lambda: BASE.but(**change).check())
    assert any(where in line and SENTENCE.fullmatch(line) for line in message.splitlines())


def score(table: pd.DataFrame) -> object:
    return rfm(table, as_of="2025-12-01")


def company(table: pd.DataFrame) -> Company:
    return Company({"orders": table}, name="Corner shop", today=pd.Timestamp("2025-12-01"))


def count(table: pd.DataFrame) -> object:
    return kpi.compute(company(table), ["orders", "revenue", "repeat_rate"])


def snapshot(table: pd.DataFrame) -> object:
    cut = pd.Timestamp("2025-07-07")
    return churn.snapshots(company(table), cut, window_weeks=26, horizon_weeks=13)


DOORS = {"rfm": score, "kpi": count, "churn": snapshot}
TWICE = pd.concat([orders(), orders().head(3)], ignore_index=True)
ORDERS = {
    "infinite amounts": (with_value("revenue", np.inf), "revenue"),
    "empty amounts": (with_value("revenue", np.nan), "revenue"),
    "negative amounts": (with_value("revenue", -5.0), "revenue"),
    "infinite refunds": (with_value("refunded", np.inf), "refunded"),
    "duplicate ids": (TWICE, "order_id"),
    "no days": (with_value("order_date", pd.NaT), "order_date"),
    "days as text": (
        orders().assign(order_date=lambda t: t["order_date"].dt.strftime("%d/%m/%Y")),
        "order_date",
    ),
    "amounts as text": (orders().assign(revenue="12,50 €"), "revenue"),
    "no amounts": (orders().drop(columns="revenue"), "revenue"),
    "no customers": (orders().drop(columns="customer_id"), "customer_id"),
    "a status of another shop": (with_value("status", "shipped"), "status"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("case", ORDERS)
def test_bad_orders_are_refused_in_one_sentence_at_every_door(case, door):
    table, where = ORDERS[case]
    message = told(lambda: DOORS[door](table))
    assert where in message
    assert "\n" not in message
    assert len(message) < 300


NO_PURCHASE = {
    "no rows": orders().head(0),
    "all refunded": orders().assign(refunded=lambda t: t["revenue"]),
    "all cancelled": orders().assign(status="cancelled"),
}


@pytest.mark.parametrize("case", NO_PURCHASE)
def test_without_a_purchase_nobody_is_scored_and_nothing_is_counted(case):
    table = NO_PURCHASE[case]
    assert "is a customer's purchase" in told(lambda: score(table))
    assert "orders" in told(lambda: snapshot(table))
    assert count(table).query("kpi == 'orders'")["value"].tolist() == [0]


def test_orders_of_the_future_are_refused_or_not_known_yet():
    future = with_value("order_date", pd.Timestamp("2031-01-01"))
    assert "or later in 2 rows" in told(lambda: count(future))
    assert "or later in 2 rows, the first in row 3" in told(lambda: snapshot(future))
    known = future[future["order_date"] < "2025-12-01"]
    pd.testing.assert_frame_equal(score(future), score(known))


@pytest.mark.parametrize(
    "table", [orders().assign(customer_id="C1"), orders().assign(order_date="2025-06-02")]
)
def test_one_customer_and_one_day_are_enough_to_count(table):
    table = table.assign(order_date=pd.to_datetime(table["order_date"]))
    assert len(score(table)) == table["customer_id"].nunique()
    assert count(table).query("kpi == 'orders'")["value"].tolist() == [60]


def odd_places(folder: Path) -> dict[str, Path]:
    """Places that nothing can be written to or read from, by what is odd about them."""
    (folder / "loop").symlink_to("loop")
    (folder / "file").write_text("")
    os.mkfifo(folder / "pipe")
    return {
        "a zero byte": folder / "a\0b",
        "half a letter": folder / "a\ud800b",
        "a name that is too long": folder / ("n" * 300),
        "a path that is too long": folder / "/".join(["n" * 200] * 30),
        "a circle of links": folder / "loop",
        "below a file": folder / "file" / "new",
        "a pipe": folder / "pipe",
        "two lines": folder / "no\nsuch" / "folder" / "\udce9",
    }


ODD = [
    "a zero byte",
    "half a letter",
    "a name that is too long",
    "a path that is too long",
    "a circle of links",
    "below a file",
    "a pipe",
    "two lines",
]


def command(*order: object) -> None:
    result = CliRunner().invoke(cli.app, [str(part) for part in order])
    assert result.exit_code == 2, result.output
    raise MktlabError(result.stderr.strip())


def as_file(place: Path, suffix: str) -> Path:
    """The place as that of a file with an ending; what is there gets that name."""
    path = place.with_name(place.name + suffix)
    if os.path.lexists(place):
        place.rename(path)
    if place.name == "loop":
        path.unlink()
        path.symlink_to(path.name)
    return path


READERS = {
    "load": mktlab.load,
    "run --data": lambda place: command("run", "11", "--data", place),
    "lesson list --data": lambda place: command("lesson", "list", "--data", place),
    "dashboard --data": lambda place: command("dashboard", "--no-browser", "--data", place),
}
WRITERS = {
    "company.save": lambda place: company(orders()).save(place),
    "data --out": lambda place: command("data", "--people", 100, "--weeks", 13, "--out", place),
    "plan.to_toml": lambda place: BASE.to_toml(as_file(place, ".toml")),
    "plan.to_excel": lambda place: BASE.to_excel(as_file(place, ".xlsx")),
    "brief.save": lambda place: BASE.brief().save(as_file(place, ".html")),
    "run -o": lambda place: command("run", "11", "-o", as_file(place, ".html")),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="other names are odd here")
@pytest.mark.parametrize("door", [*READERS, *WRITERS])
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_place_is_refused_at_every_door_and_nothing_is_left_there(
    odd, door, tmp_path, monkeypatch
):
    monkeypatch.setattr("mktlab.market.simulate", lambda **_: pytest.fail("simulated first"))
    monkeypatch.setattr("mktlab.notebooks.run.run_cells", lambda *_, **__: pytest.fail("ran first"))
    if odd in ("a zero byte", "half a letter") and door in ("data --out", "run -o"):
        return  # no shell passes it on
    place = odd_places(tmp_path)[odd]
    if door in WRITERS and odd == "two lines":
        (tmp_path / "file").rename(tmp_path / "no\nsuch")
    message = told(lambda: (READERS | WRITERS)[door](place))
    assert len(message.splitlines()) == 1 or door in ("load", "lesson list --data")
    left = {path.name.partition(".")[0] for path in tmp_path.rglob("*")}
    assert left <= {"loop", "file", "pipe", "no\nsuch"}


@pytest.mark.parametrize("source", ["~nobody-of-that-name/x", "", "~nobody-of-that-name"])
def test_a_home_that_is_not_there_is_no_folder(source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "do:" in told(lambda: mktlab.load(source))


def test_a_folder_that_may_not_be_looked_into_is_told(tmp_path, monkeypatch):
    def forbidden(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", forbidden)
    assert "no folder that can be read (Permission denied)" in told(lambda: mktlab.load(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
@pytest.mark.parametrize("name", ["orders.csv", "columns.toml", "orders.parquet"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("gone")])
def test_what_is_no_file_is_never_read_and_told(name, make, tmp_path):
    (tmp_path / "products.csv").write_text("product_id,name,category\n1,Beans,beans\n")
    make(tmp_path / name)
    message = told(lambda: mktlab.load(tmp_path))
    assert f"{name}\n   found:    no file" in message


def test_half_a_letter_is_no_name_of_a_learner():
    assert "must be a name" in told(lambda: mktlab.load("solane", learner="Ad\ud800"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"people": 10**12}, "people must be a whole number from 100 to 5,000,000, not 10000"),
        ({"weeks": 10**6}, "weeks must be a whole number from 13 to 1,040, not 1000000"),
        ({"seed": 2**70}, "seed must be a whole number from 0 to"),
        ({"flaws": 5}, "no flaw named 5; choose among"),
        ({"flaws": None}, "no flaw named None; choose among"),
        ({"flaws": "duplicates"}, "no flaw named 'duplicates'"),
        ({"flaws": [["duplicates"], 1]}, "no flaw named ['duplicates'], 1;"),
    ],
)
def test_a_market_that_cannot_be_is_refused_in_one_sentence(wrong, sentence):
    assert sentence in told(lambda: market.simulate(**wrong))
