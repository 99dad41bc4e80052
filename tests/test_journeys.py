"""The funnel: who reaches which step, the same on every engine."""

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.journeys import STEPS, funnel, went_on
from mktlab.schema import MktlabError

visits_of_anyone = st.lists(
    st.fixed_dictionaries(
        {
            "device": st.sampled_from(["desktop", "mobile", "Fernseher"]) | st.none(),
            **dict.fromkeys(STEPS, st.booleans() | st.none()),
        }
    ),
    min_size=1,
    max_size=30,
).map(
    lambda rows: pl.DataFrame(rows, schema={"device": pl.String} | dict.fromkeys(STEPS, pl.Boolean))
)


def visits(*paths: str) -> pd.DataFrame:
    """One visit per text: the initials of the steps that it reached, of view, cart, pay, buy."""
    initials = dict(zip("vcpb", STEPS, strict=True))
    return pd.DataFrame([{name: i in path for i, name in initials.items()} for path in paths])


def counts(table: pd.DataFrame) -> list[float]:
    (row,) = table.to_numpy().tolist()
    return row


@given(visits_of_anyone, st.sampled_from([None, "device"]), st.sampled_from(["count", "drop"]))
def test_pandas_polars_and_duckdb_agree(table, by, skipped):
    how = {"by": by, "skipped": skipped, "sample": 0.25}
    eager, lazy = funnel(table, **how), funnel(table.lazy(), **how)
    assert isinstance(eager, pl.DataFrame) and isinstance(lazy, pl.LazyFrame)
    relation = funnel(duckdb.connect().from_arrow(table.to_arrow()), **how)
    assert isinstance(relation, duckdb.DuckDBPyRelation)
    in_pandas = table.to_pandas().astype(dict.fromkeys(STEPS, "boolean"))
    expected = [tuple(row) for row in eager.iter_rows()]
    for other in (lazy.collect(), pl.from_arrow(relation.to_arrow_table())):
        assert [tuple(row) for row in other.iter_rows()] == expected
    rows = funnel(in_pandas, **how).astype(object)
    assert [tuple(row) for row in rows.where(rows.notna(), None).to_numpy()] == expected


@given(visits_of_anyone, st.sampled_from(["count", "drop"]))
def test_no_step_has_more_than_the_one_before_and_groups_add_up(table, skipped):
    found = funnel(table, skipped=skipped).row(0)
    assert found[0] == len(table)
    assert list(found) == sorted(found, reverse=True)
    by_device = funnel(table, by="device", skipped=skipped)
    assert by_device.drop("device").sum().row(0) == found
    assert by_device["device"].is_duplicated().sum() == 0


@given(visits_of_anyone)
def test_who_buys_is_counted_however_she_came_or_dropped_where_she_was_not_seen(table):
    flags = table.to_pandas()[list(STEPS)].fillna(False).astype(bool)
    bought, straight = flags["purchased"].sum(), flags.all(axis=1).sum()
    assert funnel(table)["purchased"].item() == bought
    assert funnel(table, skipped="drop")["purchased"].item() == straight


def test_a_visit_that_skips_a_step_counts_at_the_steps_before_or_leaves_there():
    paths = visits("", "v", "vcpb", "vpb")  # the last one never sees a cart
    assert counts(funnel(paths)) == [4, 3, 2, 2, 2]
    assert counts(funnel(paths, skipped="drop")) == [4, 3, 1, 1, 1]


def test_a_sample_is_scaled_to_the_whole():
    assert counts(funnel(visits("", "v", "vc"), sample=1 / 7)) == pytest.approx([21, 14, 7, 0, 0])


def test_steps_are_taken_in_the_order_in_which_they_are_given():
    paths = visits("v", "vc", "vcb")
    assert counts(funnel(paths, ["viewed_product", "purchased"])) == [3, 3, 1]
    assert counts(funnel(paths, ["purchased", "viewed_product"])) == [3, 3, 3]
    assert list(funnel(paths, ["purchased", "viewed_product"]).columns)[1:] == [
        "purchased",
        "viewed_product",
    ]


def test_ones_and_zeros_are_yes_and_no_and_a_table_without_rows_has_nobody():
    paths = visits("v", "vcpb")
    assert counts(funnel(paths.astype(int))) == counts(funnel(paths))
    assert counts(funnel(paths.head(0))) == [0, 0, 0, 0, 0]
    assert len(funnel(paths.assign(device="mobile").head(0), by="device")) == 0


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"steps": ["viewed"]}, "no column viewed"),
        ({"steps": ["viewed_produkt"]}, "did you mean viewed_product"),
        ({"steps": []}, "give one step or more"),
        ({"steps": ["purchased", "purchased"]}, "each column once"),
        ({"by": "purchased"}, "each column once"),
        ({"by": "country"}, "no column country"),
        ({"steps": ["pages"]}, "yes and no"),
        ({"sample": 0}, "above 0 and up to 1"),
        ({"sample": 7}, "above 0 and up to 1"),
        ({"skipped": "keep"}, "'count' or 'drop'"),
    ],
)
def test_a_wrong_question_gets_one_sentence(how, told):
    with pytest.raises(MktlabError, match=told) as problem:
        funnel(visits("v", "vc").assign(pages="three"), **how)
    assert len(str(problem.value).splitlines()) == 1


def test_what_went_on_is_what_the_funnel_counts():
    table = visits("vcpb", "v", "vc", "").assign(visitor_id=["A", "A", "B", "C"])
    found = went_on(table, sample=0.5).set_index("step")
    (counted,) = funnel(table, sample=0.5).to_numpy().tolist()
    assert found["visits"].tolist() == counted[1:]
    assert (found["visits"] + found["lost"]).tolist() == counted[:-1]
    assert found["rate"].tolist() == [0.75, 2 / 3, 0.5, 1.0]


def test_95_of_100_intervals_hold_the_share_though_visitors_come_again():
    """Each visitor has a chance of her own, so her visits are not independent."""
    rng = np.random.default_rng(42)
    held = []
    for _ in range(300):
        chance = np.repeat(rng.beta(2, 6, 200), 5)
        bought = rng.random(1_000) < chance
        table = pd.DataFrame({"visitor_id": np.repeat(np.arange(200), 5), "purchased": bought})
        (one,) = went_on(table, ["purchased"]).itertuples()
        held.append(one.low <= 0.25 <= one.high)
    assert 0.92 <= np.mean(held) <= 0.98
