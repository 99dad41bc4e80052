"""The calendar of a plan: preparation, start and end of each action, in weeks and in dates."""

import datetime as dt

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from random_plans import valid

from mktlab.plan import Objective, Plan
from mktlab.schema import MktlabError
from mktlab.show import charts

mpl.use("agg")

TODAY = Plan.baseline().people.baristas
PLAN = Plan.baseline().but(
    name="Staff & <quality>",
    people={"baristas": 2.6},
    product={"quality": 0.8},
    starts={"people.baristas": 9},
    objectives=[Objective("profit", 60_000, 52), Objective("nps", 30, 26)],
)


def test_preparation_takes_the_weeks_that_the_lever_needs() -> None:
    table = PLAN.calendar().table.set_index("lever")
    assert table.loc["Quality", ["prepare_from", "starts", "ends"]].tolist() == [1, 9, 52]
    assert table.loc["Baristas", ["prepare_from", "starts", "ends"]].tolist() == [5, 9, 52]
    assert table.loc["Baristas", "owner"] == "café manager"
    assert table.loc["Baristas", "action"] == f"Baristas: {TODAY:g} → 2.6 people"


@pytest.mark.parametrize("first", ["2026-01-05", dt.date(2026, 1, 5), pd.Timestamp("2026-01-05")])
def test_with_a_first_day_weeks_become_dates(first: str | dt.date) -> None:
    row = PLAN.calendar(starting=first).table.iloc[0]
    assert row["prepare_date"] == pd.Timestamp("2026-01-05")
    assert row["start_date"] == pd.Timestamp("2026-03-02")  # eight weeks later
    assert row["end_date"] == pd.Timestamp("2027-01-03")  # the Sunday of week 52


@pytest.mark.parametrize("wrong", ["05/01/2026", 20260105, "", pd.NaT])
def test_a_first_day_that_is_none_is_refused(wrong: object) -> None:
    with pytest.raises(MktlabError, match=r"starting: .* is no day; write .* as in 2026-01-05"):
        PLAN.calendar(starting=wrong)  # type: ignore[arg-type]


def test_when_nothing_changes_the_calendar_says_so() -> None:
    calendar = Plan.baseline().calendar(starting="2026-01-05")
    assert calendar.table.empty
    assert "Nothing changes" in calendar._repr_html_()
    ax = calendar.chart()
    assert [text.get_text() for text in ax.texts] == ["Nothing changes."]
    plt.close(ax.figure)


def test_the_chart_shows_every_action_twice_and_every_objective() -> None:
    ax = PLAN.calendar().chart()
    bars = [(bar.get_x() + 0.5, bar.get_width(), bar.get_hatch()) for bar in ax.patches]
    assert bars == [(1, 8, "////"), (9, 44, None), (5, 4, "////"), (9, 44, None)]
    assert [text.get_text() for text in ax.texts] == ["Net promoter score", "Profit"]
    assert ax.get_title(loc="left") == "Calendar: Staff & <quality>"
    plt.close(ax.figure)


def test_the_words_for_the_chart_name_what_it_shows() -> None:
    assert PLAN.calendar().alt == (
        "Calendar of 52 weeks. Actions: Product, Quality from week 9; People, Baristas from week "
        "9. Objectives: Profit by week 52; Net promoter score by week 26."
    )


def test_the_chart_can_be_shown_in_a_chart_of_ones_own() -> None:
    figure, mine = plt.subplots()
    assert PLAN.calendar().chart(ax=mine) is mine
    plt.close(figure)


def test_a_crowded_calendar_is_grouped_where_room_is_short() -> None:
    crowded = max(valid(50, seed=3), key=lambda plan: len(plan.changes())).calendar()
    assert len(crowded.table) > 20
    full, short = crowded.chart(), crowded.chart(compact=True)
    assert len(full.get_yticks()) == len(crowded.table)
    assert len(short.get_yticks()) <= 14
    assert any("actions" in label.get_text() for label in short.get_yticklabels())
    plt.close(full.figure)
    plt.close(short.figure)


def test_names_that_look_like_formulas_are_drawn_as_they_are() -> None:
    ax = PLAN.but(name="$x^2$ and $").calendar().chart()
    assert charts.png(ax).startswith(b"\x89PNG")
    assert ax.get_title(loc="left") == "Calendar: $x^2$ and $"
    plt.close(ax.figure)


def test_the_table_is_escaped_in_a_notebook() -> None:
    calendar = PLAN.calendar()
    calendar.table.loc[0, "owner"] = "<b>me</b>"
    assert "<b>me" not in calendar._repr_html_()
