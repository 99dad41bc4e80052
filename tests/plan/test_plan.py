"""Plans: what they change, when it acts, what it costs, and what is wrong with them."""

import math
import re
from dataclasses import FrozenInstanceError, fields

import numpy as np
import pandas as pd
import pytest
from random_plans import BREAKS, LEAST_BARISTAS, change, invalid, valid

from mktlab.plan import INDICATORS, LEVERS, Mix, Objective, Plan
from mktlab.plan.costs import GUESTS_PER_HOUR, weekly_costs
from mktlab.plan.mix import Price
from mktlab.schema import MktlabError

VALID, INVALID = valid(200, seed=1), invalid(200, seed=2)
TODAY = Mix().people.baristas
MORE = round(TODAY + 0.2, 2)
HIRING = Plan.baseline().but(name="Hiring", people={"baristas": MORE}, budget=600_000)


def test_the_baseline_is_valid_changes_nothing_and_is_the_mix_of_today_in_every_week() -> None:
    plan = Plan.baseline()
    assert plan.validate() == []
    assert plan.changes().empty
    assert all(plan.in_week(week) == Mix() for week in range(60))
    assert plan.cost()["extra"].eq(0).all()


def test_a_budget_that_is_not_set_is_todays_cost_rounded_up_and_follows_the_weeks() -> None:
    today = sum(weekly_costs(Mix()).values())
    assert 0 <= Plan.baseline().budget - 52 * today < 10_000
    assert 0 <= Plan.baseline().but(weeks=104).budget - 104 * today < 10_000
    assert HIRING.but(weeks=104).budget == 600_000
    assert not any(Plan(weeks=weeks).validate() for weeks in range(1, 157))


def test_a_plan_stands_wherever_a_mix_does() -> None:
    assert isinstance(HIRING, Mix)
    assert HIRING.value("people.baristas") == HIRING.people.baristas == MORE
    assert weekly_costs(HIRING)["people.baristas"] > weekly_costs(Mix())["people.baristas"]


def test_a_plan_is_a_value_equal_hashable_and_never_changed_in_place() -> None:
    starts = {"people.baristas": 9}
    plan = HIRING.but(starts=starts)
    starts["people.baristas"] = 10
    assert plan.starts == {"people.baristas": 9}
    assert plan == HIRING.but(starts={"people.baristas": 9})
    assert hash(plan) == hash(HIRING.but(starts={"people.baristas": 9}))
    assert plan != HIRING
    with pytest.raises(FrozenInstanceError):
        plan.weeks = 3  # type: ignore[misc]


def test_but_adds_to_what_was_decided_before() -> None:
    plan = HIRING.but(price={"beans": 1.1}, starts={"price.beans": 4})
    plan = plan.but(people={"training": 0.8}, starts={"people.training": 8})
    assert plan.changes()["path"].tolist() == ["price.beans", "people.baristas", "people.training"]
    assert plan.starts == {"people.training": 8, "price.beans": 4}
    assert plan.name == "Hiring"


def test_but_forgets_the_week_of_a_lever_that_goes_back_to_today() -> None:
    plan = HIRING.but(starts={"people.baristas": 9}).but(people={"baristas": TODAY})
    assert plan.starts == {}


@pytest.mark.parametrize(
    ("groups", "sentence"),
    [
        ({"price": {"bean": 1.1}}, r"but: price has no lever 'bean' \(did you mean beans\?\)"),
        ({"pric": {"beans": 1.1}}, r"but: there is no P named 'pric' \(did you mean price\?\)"),
        ({"price": 1.1}, r"price: 1.1 is no group of levers; write Price\(...\)"),
    ],
)
def test_but_names_the_nearest_of_what_it_does_not_know(
    groups: dict[str, object], sentence: str
) -> None:
    with pytest.raises(MktlabError, match=sentence):
        Plan.baseline().but(**groups)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong", [{"price": {"beans": 1.1}}, {"starts": ["price.beans"]}, {"objectives": "profit"}]
)
def test_a_wrong_type_altogether_is_refused_at_once(wrong: dict[str, object]) -> None:
    with pytest.raises(MktlabError, match=f"^{next(iter(wrong))}: "):
        Plan(**wrong)  # type: ignore[arg-type]


def test_a_change_acts_after_its_weeks_of_preparation_unless_it_says_later() -> None:
    assert HIRING.starts_in("people.baristas") == LEVERS["people.baristas"].lead_weeks + 1 == 5
    baristas = [HIRING.in_week(week).people.baristas for week in range(6)]
    assert baristas == [TODAY] * 4 + [MORE] * 2
    later = HIRING.but(starts={"people.baristas": np.int64(7)})
    assert [later.in_week(week).people.baristas for week in (5, 6)] == [TODAY, MORE]
    assert later.in_week(500).people.baristas == MORE
    assert later.in_week(-1) == Mix()


def test_a_week_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(MktlabError, match=r"in_week: 1\.5 is no week"):
        HIRING.in_week(1.5)  # type: ignore[arg-type]


def test_each_change_is_told_with_its_owner_and_its_week() -> None:
    row = HIRING.changes().iloc[0].to_dict()
    lever = LEVERS["people.baristas"]
    assert row == {
        "path": "people.baristas",
        "p": "People",
        "from": TODAY,
        "to": MORE,
        "unit": "people",
        "starts": 5,
        "owner": "café manager",
        "meaning": lever.meaning,
    }


def test_names_that_are_chosen_are_told_in_words_and_may_start_later() -> None:
    plan = Plan.baseline().but(
        promotion={"flows_off": ["welcome", "basket"]}, starts={"promotion.flows_off": 9}
    )
    row = plan.changes().iloc[0]
    assert (row["from"], row["to"], row["starts"]) == ("none", "basket, welcome", 9)
    assert plan.validate() == []
    assert plan.in_week(7).promotion.flows_off == ()
    assert plan.in_week(8).promotion.flows_off == ("basket", "welcome")
    assert plan == Plan.from_toml(plan.to_toml())
    assert "Flows off: none → basket, welcome" in plan.calendar().table["action"].tolist()


def test_a_change_costs_from_the_week_it_starts() -> None:
    plan = change(HIRING, "promotion.radio", 500.0, starts={"promotion.radio": 43})
    radio = plan.cost().set_index("lever").loc["promotion.radio"]
    today = Mix().promotion.radio
    assert radio["weekly_before"] == today
    assert radio["weekly_after"] == 500
    assert radio["total"] == 42 * today + 10 * 500
    assert radio["extra"] == 10 * (500 - today)
    assert plan.total_cost == pytest.approx(plan.cost()["total"].sum(), abs=0.005)


def test_pieces_that_are_mended_cost_from_the_week_they_act() -> None:
    evidence = {"physical_evidence": {"mended": ["bag_zip", "photos_new"]}}
    plan = Plan.baseline().but(**evidence, starts={"physical_evidence.mended": 14})
    row = plan.cost().set_index("lever").loc["physical_evidence.mended"]
    first = plan.starts_in("physical_evidence.mended")
    assert row["weekly_before"] == 0
    assert row["extra"] == pytest.approx((52 - first + 1) * 5300 / 52, abs=0.01)


@pytest.mark.parametrize("number", range(0, 200, 25))
def test_the_cost_is_the_sum_of_the_weeks_as_the_market_books_them(number: int) -> None:
    plan = VALID[number]
    booked = sum(sum(weekly_costs(plan.in_week(w)).values()) for w in range(plan.weeks))
    assert plan.total_cost == pytest.approx(booked, abs=0.1)


def test_two_hundred_valid_plans_are_valid_and_without_gaps() -> None:
    for plan in VALID:
        assert plan.validate() == []
        costs = plan.cost()
        assert np.isfinite(costs.select_dtypes("number")).all(axis=None)
        assert costs["total"].sum() <= plan.budget
        assert not plan.changes().isna().any(axis=None)
        assert not plan.calendar(starting="2026-01-05").table.isna().any(axis=None)


def test_two_hundred_plans_that_break_one_rule_are_told_so_in_one_sentence() -> None:
    assert len(BREAKS) <= len(INVALID)
    for plan, sentence in INVALID:
        problems = plan.validate()
        assert len(problems) == 1, problems
        assert re.search(sentence, problems[0]), (sentence, problems[0])
        assert "\n" not in problems[0]
        with pytest.raises(MktlabError, match=r"has 1 problem:\n- "):
            plan.check()


def test_no_invalid_plan_crashes_or_hides_a_missing_number() -> None:
    for plan, _ in INVALID:
        plan.changes()
        try:
            assert np.isfinite(plan.cost().select_dtypes("number")).all(axis=None)
            assert not plan.calendar().table.isna().any(axis=None)
        except MktlabError as error:
            assert str(error).endswith(plan.validate()[0])


@pytest.mark.parametrize("odd", [np.array([1, 2]), pd.NA, None, 10**400, {}, 1 + 2j, "1,1", object])
def test_whatever_stands_in_a_plan_is_told_and_never_a_crash(odd: object) -> None:
    wrong = [
        Plan(price=Price(beans=odd)),  # type: ignore[arg-type]
        Plan(weeks=odd),  # type: ignore[arg-type]
        Plan(price=Price(beans=1.1), starts={"price.beans": odd}),  # type: ignore[dict-item]
        Plan(objectives=(odd,)),  # type: ignore[arg-type]
        Plan(objectives=(Objective(odd, odd, odd, odd, odd),)),  # type: ignore[arg-type]
    ]
    for plan in wrong:
        assert plan.validate()
        plan.changes()
        plan.but(weeks=20)


def test_all_that_is_wrong_is_told_at_once() -> None:
    plan = Plan(price=Price(beans=4, tea=math.nan), weeks=0)
    with pytest.raises(MktlabError, match="has 3 problems") as caught:
        plan.check()
    assert str(caught.value).count("\n- ") == 3


def test_over_budget_names_by_how_much_and_the_dearest_changes() -> None:
    plan = HIRING.but(people={"training": 0.8}, budget=Plan.baseline().budget)
    (sentence,) = plan.validate()
    over = f"€{plan.total_cost - plan.budget:,.0f}"
    assert f"{over} more than its budget of €{plan.budget:,.0f}" in sentence
    extra = plan.cost().set_index("lever")["extra"]["people.baristas"]
    assert f"dearest changes are people.baristas (+€{extra:,.0f}), people.training (+" in sentence


def test_a_budget_below_today_says_what_today_costs() -> None:
    (sentence,) = Plan(budget=1.0).validate()
    today = 52 * sum(weekly_costs(Mix()).values())
    assert f"going on as today costs €{today:,.0f}" in sentence


def test_staff_must_be_enough_in_every_week_on_the_way() -> None:
    """Fewer baristas would do with the app, which comes only later."""
    few = round(0.95 * LEAST_BARISTAS, 3)  # with the app they serve as well as 1.09 x the least
    plan = Plan.baseline().but(
        people={"baristas": few}, process={"order_ahead": True}, starts={"people.baristas": 5}
    )
    (sentence,) = plan.validate()
    served = f"{few * GUESTS_PER_HOUR:.1f} guests an hour"
    assert sentence.startswith(f"people.baristas: from week 5 on, {few} baristas serve {served}")
    assert plan.but(starts={"people.baristas": 9}).validate() == []


def test_without_promotions_their_depth_cuts_no_price() -> None:
    plan = Plan.baseline().but(price={"gift": 0.55}, promotion={"deal_depth": 0.3})
    assert [p.split(":")[0] for p in plan.validate()] == ["price.gift"]
    assert plan.but(promotion={"deal_chance": 0}).validate() == []


def test_a_change_that_cannot_start_within_the_plan_is_told() -> None:
    (sentence,) = Plan(weeks=6).but(product={"quality": 0.5}).validate()
    assert "product.quality (8 weeks of preparation) would start in week 9, after" in sentence


def test_a_plan_with_values_that_are_no_numbers_has_no_price() -> None:
    with pytest.raises(MktlabError, match=r"price.tea: '1,1' is no finite number"):
        change(HIRING, "price.tea", "1,1").cost()


def test_every_indicator_says_over_which_weeks_it_is_taken() -> None:
    for kpi in INDICATORS.values():
        last = "at the end of the week." if kpi.over == "end" else "over the weeks up to then."
        assert kpi.definition.endswith(last)
        assert (kpi.direction == "down") == (kpi.label in ("Wait", "Late parcels"))


def test_a_loss_may_be_an_objective_and_a_boundary_too() -> None:
    objectives = [Objective("profit", -5000, 13), Objective("awareness", 1, 52)]
    assert Plan(objectives=tuple(objectives)).validate() == []


def test_an_objective_is_defined_by_five_words() -> None:
    assert [f.name for f in fields(Objective)] == ["kpi", "target", "by_week", "owner", "note"]
