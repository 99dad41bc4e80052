"""Targets, variance against plan, and the tree."""

from itertools import permutations

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
    plain = VALUES[["kpi", "value"]]
    found = [kpi.against_targets(plain, {"order_value": goal}) for goal in (40, 41)]
    assert [one["status"].item() for one in found] == ["on target", "off target"]


def test_a_value_whose_interval_nobody_knows_is_no_verdict():
    assert status(order_value=20) == status(order_value=80) == ["too early to tell"]


def measured(**change):
    """The score now and a year before."""
    return VALUES.head(1).assign(**change)


def test_last_year_is_as_uncertain_as_this_year():
    """Five points more than last year, each known to 3: chance alone makes 4.2 of it."""
    known = kpi.against_targets(measured(), {"nps": 26.0})
    assert known["status"].item() == "on target"
    then = measured(before=26.0, change_low=5 - 4.24, change_high=5 + 4.24)
    assert kpi.against_targets(then)["status"].item() == "on target"
    closer = measured(before=27.5, change_low=3.5 - 4.24, change_high=3.5 + 4.24)
    assert kpi.against_targets(closer)["status"].item() == "too early to tell"
    assert kpi.against_targets(closer, {"nps": 27.5})["status"].item() == "on target"


def test_of_many_numbers_a_verdict_takes_more_than_of_one():
    """One of ten that chance alone moves past its interval in 4 of 100 years is no news."""
    names = [name for name, one in kpi.KPIS.items() if one.direction == "up"][:10]
    near = pd.DataFrame({"kpi": names, "value": 1.0, "before": 1.0})
    near = near.assign(low=0.9, high=1.1, change_low=-1.0, change_high=1.0)
    near.loc[0, ["before", "change_low", "change_high"]] = [0.0, 0.05, 1.95]  # z = 2.06, p = .04
    alone, among = (kpi.against_targets(table)["status"] for table in (near.head(1), near))
    assert alone.tolist() == ["on target"]
    assert set(among) == {"too early to tell"}
    near.loc[0, ["change_low", "change_high"]] = [0.4, 1.6]  # z = 3.3
    assert kpi.against_targets(near)["status"].tolist() == ["on target", *["too early to tell"] * 9]


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
    assert np.allclose(steps(PLAN, PLAN), 0)


amounts = st.floats(0, 1e6).map(lambda amount: round(amount, 2))
tables = st.lists(st.tuples(amounts, amounts, amounts), min_size=3, max_size=3).map(
    lambda rows: table(*((name, *row) for name, row in zip("abc", rows, strict=True)))
)


def moved(came, **more):
    """The steps that are not 0."""
    return steps(PLAN, came, **more).drop("all").loc[lambda s: s.abs() > 1e-9].round(9).to_dict()


def test_each_step_by_hand():
    dearer = table(("beans", 100, 1_100, 400), ("gift", 50, 1_500, 600))
    assert moved(dearer) == {"price": 100}
    twice = table(("beans", 200, 2_000, 800), ("gift", 100, 3_000, 1_200))
    assert moved(twice) == {"volume": 1_500}
    richer = table(("beans", 90, 900, 360), ("gift", 60, 1_800, 720))  # a gift earns 18, a bag 6
    assert moved(richer) == {"mix": 120}
    costly = table(("beans", 100, 1_000, 450), ("gift", 50, 1_500, 600))
    assert moved(costly) == {"cost": -50}
    assert moved(PLAN, planned_spend=100, actual_spend=130) == {"advertising": -30}
    lucky = steps(PLAN, twice, expected=dearer)
    assert np.allclose([lucky["price"], lucky["luck"]], [100, 1_400])


def test_two_steps_share_what_they_bring_together():
    """20 gifts more, and €5 off each: the discount on the 20 is half of either."""
    came = table(("beans", 100, 1_000, 400), ("gift", 50, 1_250, 600))
    more = table(("beans", 200, 2_000, 800), ("gift", 100, 2_500, 1_200))
    assert moved(came) == {"price": -250}
    assert moved(more) == {"volume": 1_500 - 125, "price": -250 - 125}


@given(tables, tables)
def test_the_steps_are_the_mean_over_every_order(planned, actual):
    """Brute force: all 24 orders in which volume, mix, price and cost can go to actual."""
    planned, actual = (frame.assign(units=frame["units"] + 1) for frame in (planned, actual))
    ends = [
        {
            "volume": frame["units"].sum(),
            "mix": frame["units"] / frame["units"].sum(),
            "price": frame["sales"] / frame["units"],
            "cost": frame["goods"] / frame["units"],
        }
        for frame in (planned, actual)
    ]
    total = dict.fromkeys(ends[0], 0.0)
    for order in permutations(ends[0]):
        now = dict(ends[0])
        for name in order:
            before = now["volume"] * (now["mix"] * (now["price"] - now["cost"])).sum()
            now[name] = ends[1][name]
            after = now["volume"] * (now["mix"] * (now["price"] - now["cost"])).sum()
            total[name] += (after - before) / 24
    found = steps(planned, actual)
    scale = 1 + sum(abs(frame[["sales", "goods"]]).to_numpy().max() for frame in (planned, actual))
    scale *= 1 + max(
        planned["units"].sum() / actual["units"].min(),
        actual["units"].sum() / planned["units"].min(),
    )
    assert np.allclose(found[list(total)], list(total.values()), rtol=1e-9, atol=1e-9 * scale)


def test_a_cheaper_purchase_is_told_from_the_standard():
    """The standard says 4 and 12 a piece; green coffee was cheap, and the bags cost 3.5."""
    plan = PLAN.assign(standard=PLAN["goods"])
    came = PLAN.assign(goods=[350, 600], standard=[400, 600])
    found = steps(plan, came).drop("all").loc[lambda s: s.abs() > 1e-9]
    assert found.round(9).to_dict() == {"purchase_price": 50}
    dearer = PLAN.assign(goods=[450, 600], standard=[450, 600])
    found = steps(plan, dearer).drop("all").loc[lambda s: s.abs() > 1e-9]
    assert found.round(9).to_dict() == {"cost": -50}
    assert "purchase_price" not in steps(PLAN, PLAN)


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
    known = [frame for frame in (planned, actual, expected) if frame is not None]
    scale = 1 + max(frame[["units", "sales", "goods"]].to_numpy().max() for frame in known)
    ratio = max(
        np.nan_to_num((frame[name] / frame["units"].where(frame["units"] > 0)).max())
        for frame in known
        for name in ("sales", "goods")
    )
    assert abs(euros.drop("all").sum() - gap) <= 1e-8 * scale * max(1.0, ratio)
    assert np.isclose(euros["all"], euros.drop("all").sum())


def test_a_group_that_was_not_planned_counts_as_mix():
    more = table(("beans", 100, 1_000, 400), ("gift", 50, 1_500, 600), ("tea", 10, 80, 30))
    euros = steps(PLAN, more)
    assert np.allclose(euros[["price", "cost"]], 0)
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
    assert {"Revenue", revenue} <= words
    assert f"Revenue ({revenue}) times Margin rate at standard cost" in tree.alt


def test_the_tree_and_the_table_are_in_the_currency_of_the_company():
    values = kpi.compute(mktlab.load("solane"), start="2025-01-01")
    told = kpi.tree("margin", values=values, currency="USD").alt
    assert told.replace("$", "€") == kpi.tree("margin", values=values, currency="EUR").alt
    assert "$" in told
    assert "euro" not in f"{kpi.describe().to_csv()}{values.to_csv()}"


def test_no_customer_is_explained_by_the_cost_of_a_customer():
    """The cost is spend by customers, so spend by the cost gives back what one began with."""
    assert "cac" not in {child for _, children in MADE_OF.values() for child in children}
    assert kpi.tree("actual_margin", depth=6).alt.count("New customers") == 1


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
