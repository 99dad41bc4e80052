"""Claims about choice studies: a logit, worths in money, shares, people, and bad tables."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.discrete.conditional_models import ConditionalLogit

import mktlab
from mktlab import conjoint
from mktlab.schema import MktlabError

TRUE = {"taste: b": 0.4, "taste: c": -0.3, "cold": 0.5, "cost": -0.25, "none": -2.0}


def study(seed, *, people=200, tasks=8, spread=0.0, names=("taste", "cold", "cost")):
    """Choices of people whose worths are known: three products and leaving."""
    rng = np.random.default_rng(seed)
    rows = people * tasks * 4
    table = pd.DataFrame(
        {
            "respondent_id": np.repeat([f"r{n:04d}" for n in range(people)], tasks * 4),
            "task": np.tile(np.repeat(np.arange(tasks), 4), people),
            "alternative": np.tile([1, 2, 3, 4], people * tasks),
            "taste": rng.choice(["a", "b", "c"], rows),
            "cold": rng.random(rows) < 0.5,
            "cost": rng.choice([4.0, 6.0, 8.0, 10.0], rows),
        }
    )
    own = np.array(list(TRUE.values())) + spread * rng.standard_normal((people, 5))
    own = np.repeat(own, tasks * 4, axis=0)
    parts = [table["taste"] == "b", table["taste"] == "c", table["cold"], table["cost"]]
    utility = sum(own[:, n] * part for n, part in enumerate(parts))
    none = table["alternative"] == 4
    utility = np.where(none, own[:, 4], utility) + rng.gumbel(size=rows)
    best = utility.reshape(-1, 4).argmax(axis=1)
    table["chosen"] = table["alternative"] - 1 == np.repeat(best, 4)
    table["taste"] = table["taste"].where(~none)
    table["cost"] = table["cost"].where(~none)
    table["cold"] = table["cold"] & ~none
    return table.rename(columns=dict(zip(("taste", "cold", "cost"), names, strict=True)))


def test_worths_are_those_of_statsmodels():
    table = study(1)
    model = conjoint.choice_model(table)
    rows = model.coding.encode(table, "test")
    group = table.groupby(["respondent_id", "task"]).ngroup()
    theirs = ConditionalLogit(table["chosen"].astype(int), rows, groups=group).fit(
        disp=False, method="newton"
    )
    assert model.worths["worth"].to_numpy() == pytest.approx(theirs.params, abs=1e-6)
    assert model.log_likelihood == pytest.approx(theirs.llf, abs=1e-6)


def test_two_products_without_prices_are_a_logarithm_of_counts():
    table = pd.DataFrame({"task": np.repeat(range(10), 2), "new": [True, False] * 10})
    table["chosen"] = table["new"] == (table["task"] < 8)
    model = conjoint.choice_model(table)
    assert model.worths.loc["new", "worth"] == pytest.approx(np.log(8 / 2))
    assert model.log_likelihood == pytest.approx(8 * np.log(0.8) + 2 * np.log(0.2))


def test_intervals_hold_the_truth_over_seeds():
    inside = []
    for seed in range(40):
        worths = conjoint.choice_model(study(seed, people=80)).worths
        true = pd.Series(TRUE)[worths.index]
        inside.append((worths["low"] <= true) & (true <= worths["high"]))
    assert 0.90 <= np.mean(inside) <= 0.99


def test_people_who_differ_make_one_persons_tasks_alike_and_intervals_wider():
    table = study(3, people=150, tasks=20, spread=1.0)
    one = table.assign(respondent_id=table["respondent_id"] + "/" + table["task"].astype(str))
    wide, narrow = (conjoint.choice_model(t).worths for t in (table, one))
    assert wide["worth"].to_numpy() == pytest.approx(narrow["worth"].to_numpy(), abs=1e-8)
    gap = [w.loc["cold", "high"] - w.loc["cold", "low"] for w in (wide, narrow)]
    assert gap[0] > 1.3 * gap[1]


def test_any_names_and_order_of_rows_give_the_same():
    one, other = study(2), study(2, names=("brand", "fresh", "fee"))
    shuffled = other.sample(frac=1, random_state=1)
    told = [conjoint.choice_model(t).worths["worth"].to_numpy() for t in (one, shuffled)]
    assert told[0] == pytest.approx(told[1], abs=1e-9)
    base = conjoint.choice_model(one, base={"taste": "c"}).worths["worth"]
    assert base["taste: a"] == pytest.approx(-told[0][1])


def test_money_cancels_what_all_worths_have_in_common():
    table = study(5, people=600)
    click = np.random.default_rng(1).random(len(table) // 4) < 0.3
    luck = np.repeat(np.random.default_rng(2).integers(1, 5, len(table) // 4), 4)
    careless = table.assign(
        chosen=np.where(np.repeat(click, 4), table["alternative"] == luck, table["chosen"])
    )
    good, bad = (conjoint.choice_model(t) for t in (table, careless))
    ratio = (bad.worths["worth"] / good.worths["worth"])[["taste: b", "cold", "cost"]]
    assert (ratio < 0.85).all()
    money = [conjoint.willingness(m, price="cost")["worth"]["cold"] for m in (good, bad)]
    assert money[0] == pytest.approx(money[1], rel=0.15)
    assert money[0] == pytest.approx(0.5 / 0.25, rel=0.15)


def test_willingness_is_a_ratio_whose_interval_is_wider_above():
    model = conjoint.choice_model(study(6, people=40))
    told = conjoint.willingness(model, price="cost")
    worth = model.worths["worth"]
    assert told["worth"]["cold"] == pytest.approx(-worth["cold"] / worth["cost"])
    assert list(told.index) == ["taste: b", "taste: c", "cold"]
    row = told.loc["cold"]
    assert row["high"] - row["worth"] > row["worth"] - row["low"] > 0
    again = conjoint.willingness(model, price="cost")
    pd.testing.assert_frame_equal(told, again)


def test_shares_are_a_logit_and_leaving_is_a_row_of_empties():
    model = conjoint.choice_model(study(7))
    worth = model.worths["worth"]
    shelf = pd.DataFrame({"taste": ["b", "a", None], "cold": [True, False, False]})
    shelf["cost"] = [6.0, 4.0, np.nan]
    odds = np.exp(
        [worth["taste: b"] + worth["cold"] + 6 * worth["cost"], 4 * worth["cost"], worth["none"]]
    )
    assert conjoint.shares(model, shelf).to_numpy() == pytest.approx(odds / odds.sum())
    assert conjoint.shares(model, shelf[:2]).sum() == pytest.approx(1)


def test_in_the_shop_the_price_counts_more_and_the_middle_stays():
    model = conjoint.choice_model(study(8))
    shop = conjoint.as_in_shop(model, 1.5, price="cost")
    money = [conjoint.willingness(m, price="cost")["worth"] for m in (model, shop)]
    assert (money[0] / money[1]).to_numpy() == pytest.approx(1.5)
    shelf = pd.DataFrame({"taste": ["a", None], "cold": [False, False], "cost": [7.0, np.nan]})
    told = [conjoint.shares(m, shelf) for m in (model, shop)]
    assert told[0].to_numpy() == pytest.approx(told[1].to_numpy())


def test_people_have_worths_of_their_own_and_spread_as_they_do():
    spreads, gaps = [], []
    for seed in range(4):
        table = study(seed, people=300, tasks=12, spread=0.6)
        model = conjoint.choice_model(table)
        people = conjoint.person_worths(table, model, draws=10)
        assert len(people) == 3000
        spreads.append(people[["taste: b", "cold"]].std())
        gaps.append(people[["taste: b", "cold"]].mean() - [0.4, 0.5])
    assert np.mean(spreads) == pytest.approx(0.6, abs=0.15)
    assert np.abs(np.mean(gaps, axis=0)).max() < 0.1


def test_own_worths_hit_more_tasks_held_out_where_people_differ():
    table = study(9, people=200, tasks=20, spread=1.2)
    seen, later = table[table["task"] < 16], table[table["task"] >= 16]
    model = conjoint.choice_model(seen)
    people = conjoint.person_worths(seen, model, draws=20)
    all_, own = (conjoint.hit_rate(model, later, people=p) for p in (None, people))
    assert own > all_ + 0.05 > 0.25
    with pytest.raises(MktlabError, match="without worths"):
        conjoint.hit_rate(model, later, people=people.loc[people.index.unique()[:5]])


def test_the_importance_of_an_average_hides_likes_that_cancel():
    taste_alone = np.array([0.8, 0.8, 0, 0, 0])
    table = study(10, people=300, tasks=12, spread=taste_alone)
    model = conjoint.choice_model(table)
    people = conjoint.person_worths(table, model)
    average, each = conjoint.importance(model), conjoint.importance(model, people=people)
    for told in (average, each):
        assert told.sum() == pytest.approx(1)
    assert each["taste"] > average["taste"]
    worth = model.worths["worth"]
    spans = [0.0, worth["taste: b"], worth["taste: c"]]
    whole = np.ptp(spans) + abs(worth["cold"]) + 6 * abs(worth["cost"])
    assert average["taste"] == pytest.approx(np.ptp(spans) / whole)


def test_straight_liners_are_found_and_planted_ones_too():
    company = mktlab.load("solane")
    found = conjoint.straight_liners(company.conjoint_choices)
    flaws = company.truth.flaws.query("flaw == 'straight_lining'")
    planted = set(flaws["key"].str.split("/").str[0])
    assert planted <= set(found)
    assert len(set(found) - planted) <= 2  # the others chose the first place in earnest


TABLE = study(1, people=20)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TABLE.drop(columns="chosen"), "chosen"),
        (TABLE.assign(chosen=False), "has not exactly one chosen"),
        (TABLE.query("chosen"), "one alternative only"),
        (TABLE.assign(cold=True), "cold is the same in all products"),
        (TABLE[["respondent_id", "task", "chosen"]], "no attribute"),
        (
            TABLE.assign(taste=TABLE["taste"].mask(TABLE.index == 5)),
            "only a part of its attributes",
        ),
        (TABLE.assign(lucky=TABLE["chosen"]), "lucky"),
        (TABLE.assign(twice=2 * TABLE["cost"]), "has no end"),
    ],
)
def test_what_is_wrong_with_a_table_is_one_sentence(table, words):
    with pytest.raises(MktlabError, match=words) as problem:
        conjoint.choice_model(table)
    assert "\n" not in str(problem.value)


def test_other_refusals_say_what_to_do():
    with pytest.raises(MktlabError, match="no level 'z'"):
        conjoint.choice_model(TABLE, base={"taste": "z"})
    model = conjoint.choice_model(TABLE)
    odd = pd.DataFrame({"taste": ["z"], "cold": [True], "cost": [5.0]})
    with pytest.raises(MktlabError, match="unknown taste"):
        conjoint.shares(model, odd)
    free = TABLE.assign(cost=np.random.default_rng(3).permutation(TABLE["cost"]))
    free["cost"] = free["cost"].fillna(4.0).where(TABLE["cost"].notna())
    with pytest.raises(MktlabError, match="hardly mind"):
        conjoint.willingness(conjoint.choice_model(free), price="cost")
