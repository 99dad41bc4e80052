"""Targets, variance against plan, and the tree."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt

import mktlab
from mktlab import kpi
from mktlab.kpi.tree import MADE_OF, shown
from mktlab.schema import MktlabError

VALUES = pd.DataFrame(
    {
        "kpi": ["nps", "churn", "order_value"],
        "value": [31.0, 0.2, 40.0],
        "low": [28.0, 0.18, np.nan],
        "high": [34.0, 0.22, np.nan],
    }
)


def status(**targets):
    return kpi.against_targets(VALUES, targets)["status"].tolist()


def test_a_target_is_reached_when_the_whole_interval_is():
    assert status(nps=27) == ["on target"]
    assert status(nps=28) == ["on target"]
    assert status(nps=30) == ["too early to tell"]
    assert status(nps=34.5) == ["off target"]


def test_less_is_better_where_the_registry_says_so():
    assert status(churn=0.25) == ["on target"]
    assert status(churn=0.2) == ["too early to tell"]
    assert status(churn=0.1) == ["off target"]


def test_a_value_without_an_interval_is_taken_as_it_is():
    assert status(order_value=40) == ["on target"]
    assert status(order_value=41) == ["off target"]


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({"npz": 30}, "There is no KPI 'npz'"),
        ({"ad_spend": 30}, "ad_spend has no good direction"),
        ({"nps": float("nan")}, "The target of nps is nan: give a number"),
        ({"nps": "30"}, "The target of nps is '30': give a number"),
        ({"revenue": 30}, "values has no row for revenue"),
    ],
)
def test_a_target_that_cannot_be_held_gets_a_sentence(targets, said):
    with pytest.raises(MktlabError, match=said):
        kpi.against_targets(VALUES, targets)


def test_values_that_are_split_cannot_be_held_against_a_target():
    with pytest.raises(MktlabError, match="without by"):
        kpi.against_targets(pd.concat([VALUES, VALUES]), {"nps": 30})


def table(*rows):
    return pd.DataFrame(rows, columns=["category", "units", "sales", "goods"])


PLAN = table(("beans", 100, 1_000, 400), ("gift", 50, 1_500, 600))


def steps(*arguments, **more):
    return kpi.variance(*arguments, **more).set_index("step")["euros"]


def test_the_plan_itself_has_no_variance():
    assert (steps(PLAN, PLAN) == 0).all()


def test_each_step_by_hand():
    dearer = table(("beans", 100, 1_100, 400), ("gift", 50, 1_500, 600))
    assert steps(PLAN, dearer).drop("all").loc[lambda s: s != 0].to_dict() == {"price": 100}
    twice = table(("beans", 200, 2_000, 800), ("gift", 100, 3_000, 1_200))
    assert steps(PLAN, twice).drop("all").loc[lambda s: s != 0].to_dict() == {"volume": 1_500}
    moved = table(("beans", 90, 900, 360), ("gift", 60, 1_800, 720))  # a gift earns 18, a bag 6
    assert steps(PLAN, moved).drop("all").loc[lambda s: s != 0].to_dict() == {"mix": 120}
    costly = table(("beans", 100, 1_000, 450), ("gift", 50, 1_500, 600))
    assert steps(PLAN, costly).drop("all").loc[lambda s: s != 0].to_dict() == {"cost": -50}
    spent = steps(PLAN, PLAN, planned_spend=100, actual_spend=130)
    assert spent.drop("all").loc[lambda s: s != 0].to_dict() == {"advertising": -30}
    lucky = steps(PLAN, twice, expected=dearer)
    assert (lucky["price"], lucky["luck"]) == (100, 1_400)


amounts = st.floats(0, 1e6).map(lambda amount: round(amount, 2))
tables = st.lists(st.tuples(amounts, amounts, amounts), min_size=3, max_size=3).map(
    lambda rows: table(*((name, *row) for name, row in zip("abc", rows, strict=True)))
)


@given(
    tables.filter(lambda t: t["units"].sum() > 1),
    tables,
    st.one_of(st.none(), tables),
    amounts,
    amounts,
)
def test_the_steps_add_up_to_the_gap(planned, actual, expected, planned_spend, actual_spend):
    euros = steps(
        planned,
        actual,
        expected=expected,
        planned_spend=planned_spend,
        actual_spend=actual_spend,
    )
    gap = (actual["sales"] - actual["goods"]).sum() - actual_spend
    gap -= (planned["sales"] - planned["goods"]).sum() - planned_spend
    scale = 1 + max(
        frame[["units", "sales", "goods"]].to_numpy().max() for frame in (planned, actual)
    )
    ratio = (planned["sales"] / planned["units"].where(planned["units"] > 0)).max()
    assert abs(euros.drop("all").sum() - gap) <= 1e-9 * scale * max(1.0, np.nan_to_num(ratio)) * 10
    assert np.isclose(euros["all"], euros.drop("all").sum())


def test_a_group_that_was_not_planned_counts_as_mix():
    more = table(("beans", 100, 1_000, 400), ("gift", 50, 1_500, 600), ("tea", 10, 80, 30))
    euros = steps(PLAN, more)
    assert euros["price"] == euros["cost"] == 0
    assert np.isclose(euros["volume"] + euros["mix"], 50)


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        (PLAN.drop(columns="goods"), "actual has no column goods"),
        (pd.concat([PLAN, PLAN]), "actual has category beans twice"),
        (PLAN.assign(sales=[np.inf, 1]), "sales of actual is inf for beans"),
        (PLAN.assign(units=[-1, 1]), "units of actual is -1.0 for beans"),
    ],
)
def test_tables_that_cannot_be_split_get_a_sentence(actual, said):
    with pytest.raises(MktlabError, match=said):
        kpi.variance(PLAN, actual)


def test_a_plan_without_units_is_no_plan():
    with pytest.raises(MktlabError, match="planned has no units"):
        kpi.variance(PLAN.assign(units=0), PLAN)


def test_the_tree_shows_values_and_says_them():
    values = kpi.compute(mktlab.load("solane"), start="2025-01-01")
    tree = kpi.tree("margin", values=values)
    words = {text.get_text() for text in tree.chart().texts}
    plt.close("all")
    revenue = shown(values.set_index("kpi").loc["revenue", "value"], "currency", "EUR")
    assert f"Revenue\n{revenue}" in words
    assert f"Revenue ({revenue}) times Margin rate" in tree.alt


def test_the_tree_and_the_table_are_in_the_currency_of_the_company():
    values = kpi.compute(mktlab.load("solane"), start="2025-01-01")
    told = kpi.tree("margin", values=values, currency="USD").alt
    assert told.replace("$", "€") == kpi.tree("margin", values=values, currency="EUR").alt
    assert "$" in told
    assert "euro" not in f"{kpi.describe().to_csv()}{values.to_csv()}"


def test_every_tree_is_made_of_kpis_and_ends():
    for root, (_, children) in MADE_OF.items():
        assert {root, *children} <= set(kpi.KPIS)
        tree = kpi.tree(root, depth=6)
        heights = [node.height for node in tree.nodes if node.name not in MADE_OF]
        assert heights == sorted(set(heights))
        tree.chart()
        plt.close("all")


def test_a_tree_that_cannot_be_drawn_gets_a_sentence():
    with pytest.raises(MktlabError, match="There is no KPI 'profits'"):
        kpi.tree("profits")
    with pytest.raises(MktlabError, match="depth is 0"):
        kpi.tree(depth=0)
    with pytest.raises(MktlabError, match="without by"):
        kpi.tree(values=pd.DataFrame({"kpi": ["nps", "nps"], "value": 1.0, "unit": "points"}))
