"""Claims about summaries of orders, value in money, and how a model is held against later weeks."""

from datetime import datetime

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import orders as shop_orders
from shop import with_value

from benchmarks.worlds import lifetime as worlds
from mktlab import lifetime
from mktlab.schema import MktlabError

CUT, UNTIL, ENDS = "2024-12-30", "2025-06-30", ["value", "low", "high"]
TERMS = {"weeks": 52, "margin": 0.4, "annual_discount": 0.1}


def shop(seed: int = 1, people: int = 1_200) -> pd.DataFrame:
    """Orders of people who buy by MBG/NBD for a year before the cut and 26 weeks after it."""
    rng = np.random.default_rng(seed)
    truth = worlds.TRUTH["mbg"]
    rate = rng.gamma(truth["r"], 1 / truth["alpha"], people)
    leave = rng.beta(truth["a"], truth["b"], people)
    rows = []
    for who in range(people):
        day, end = rng.integers(0, 250), 364 + 182
        while day < end:
            rows.append((f"C{who:05}", day, rng.gamma(5.0) * 6 + 0.05))
            if rng.random() < leave[who]:
                break
            day += 1 + int(rng.exponential(7 / rate[who]))
    customer, day, revenue = zip(*rows, strict=True)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(day, unit="D")
    return pd.DataFrame({"customer_id": customer, "order_date": days, "revenue": revenue})


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    return shop()


@pytest.fixture(scope="module")
def fits(orders):
    table = lifetime.summary(orders, unit="week", until=CUT)
    return lifetime.fit_mbgnbd(table), lifetime.fit_gamma_gamma(table)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 60), st.integers(1, 9), st.integers(0, 3)),
        min_size=1,
        max_size=30,
    )
)
def test_a_summary_is_what_one_counts_by_hand(rows):
    customer, day, money, back = (np.array(column) for column in zip(*rows, strict=True))
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(day, unit="D")
    table = {"customer_id": customer.astype(object), "order_date": days, "revenue": money * 1.0}
    table = pd.DataFrame({**table, "refunded": np.minimum(back, money - 0.5)})
    told = lifetime.summary(table, unit="day", until="2025-03-15").set_index("customer_id")
    for who, own in table.assign(day=day).groupby("customer_id"):
        daily = (own["revenue"] - own["refunded"]).groupby(own["day"]).sum()
        x, last, age, mean = told.loc[who]
        assert (x, last) == (len(daily) - 1, daily.index[-1] - daily.index[0])
        assert age == 72 - daily.index[0]
        assert mean == pytest.approx(daily[1:].mean(), nan_ok=True)


def test_every_engine_and_unit_gives_the_same(orders):
    frame = orders.assign(refunded=0.0, status="paid")
    frame.loc[::9, "refunded"] = frame["revenue"]
    frame["order_date"] += pd.to_timedelta(np.arange(len(frame)) % 20, unit="h")
    ours = lifetime.summary(frame, unit="week", until=CUT)
    lazy = lifetime.summary(pl.from_pandas(frame).lazy(), unit="week", until=CUT)
    relation = duckdb.connect().from_arrow(pl.from_pandas(frame).to_arrow())
    in_duckdb = lifetime.summary(relation, unit="week", until=datetime(2024, 12, 30))
    assert isinstance(lazy, pl.LazyFrame) and isinstance(in_duckdb, duckdb.DuckDBPyRelation)
    for other in (lazy.collect().to_pandas(), in_duckdb.df()):
        pd.testing.assert_frame_equal(ours, other[list(ours)], check_dtype=False, atol=1e-6)
    days = lifetime.summary(frame, unit="day", until=CUT)
    assert (days["age_days"] / 7).to_numpy() == pytest.approx(ours["age_weeks"].to_numpy())
    one, other = (lifetime.fit_bgnbd(t) for t in (pl.from_pandas(ours), days))
    assert (one.unit, other.unit) == ("week", "day")
    assert one.expected_purchases(26).sum() == pytest.approx(other.expected_purchases(26).sum())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"unit": "month"}, "unit is 'month': give 'week' or 'day'"),
        ({"until": "tomorrow"}, "until is 'tomorrow': give a day"),
        ({"until": "1999-01-01"}, "is a customer's purchase before 1999-01-01"),
    ],
)
def test_a_summary_needs_a_unit_and_a_day(change, sentence):
    with pytest.raises(MktlabError, match=sentence):
        lifetime.summary(shop_orders(), **{"unit": "week", "until": "2025-12-01", **change})
    with pytest.raises(TypeError, match="unit"):
        lifetime.summary(shop_orders(), until="2025-12-01")


def test_newcomers_are_those_whom_one_saw_come_on_every_engine(orders):
    frame = orders.assign(revenue=orders["revenue"].where(orders.index % 7 > 0, 0.01))
    paid = frame[frame["revenue"] >= 0.05]
    first = paid.groupby("customer_id")["order_date"].min()
    right = set(first.index[first >= paid["order_date"].min() + pd.Timedelta(weeks=10)])
    how = {"until": UNTIL, "after_weeks": 10, "least_weeks": 52}
    ours = lifetime.newcomers(frame, **how)
    assert set(ours["customer_id"]) == right and 0 < len(right) < len(first)
    assert len(ours) == frame["customer_id"].isin(right).sum()
    theirs = lifetime.newcomers(pl.from_pandas(frame), **how)
    assert theirs["customer_id"].to_list() == ours["customer_id"].to_list()
    relation = duckdb.connect().from_arrow(pl.from_pandas(frame).to_arrow())
    assert len(lifetime.newcomers(relation, **how).df()) == len(ours)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"until": "2024-12-30"}, "they go back 52 weeks; a file of 103 weeks or more"),
        ({"least_weeks": 10, "after_weeks": 90}, "nobody came after the first 90 weeks"),
    ],
)
def test_a_file_that_does_not_tell_who_is_new_is_refused(orders, change, sentence):
    with pytest.raises(MktlabError, match=sentence):
        lifetime.newcomers(orders, **{"until": UNTIL, **change})


@pytest.mark.parametrize(("column", "value"), [("revenue", -5.0), ("order_date", pd.NaT)])
def test_amounts_below_nothing_and_empty_days_are_told(column, value):
    with pytest.raises(MktlabError, match=f"{column} is"):
        lifetime.summary(with_value(column, value), unit="week", until="2025-12-01")


def test_a_value_is_margin_discounted_and_the_parts_add_up(fits):
    model, money = fits
    told = lifetime.value(model, money, **TERMS)
    assert told.total["value"] == pytest.approx(told.customers["value"].sum())
    assert (told.customers["low"] <= told.customers["value"]).all()
    assert told.total["low"] < told.total["value"] < told.total["high"]
    assert (told.total["high"] - told.total["low"]) < (
        told.customers["high"] - told.customers["low"]
    ).sum()
    twice = lifetime.value(model, money, **{**TERMS, "margin": 0.8})
    assert twice.total["high"] == pytest.approx(2 * told.total["high"])
    plain = lifetime.value(model, money, **{**TERMS, "annual_discount": 0.0, "margin": 1})
    by_hand = model.expected_purchases(52) * money.expected_spend()
    assert plain.customers["value"].to_numpy() == pytest.approx(by_hand.to_numpy())
    weeks = np.arange(1, 53)
    many = np.diff([0.0, *(model.expected_purchases(week).iloc[0] for week in weeks)])
    slowly = many @ 1.1 ** -((weeks - 0.5) * 7 / 365.25) * money.expected_spend().iloc[0] * 0.4
    assert told.customers["value"].iloc[0] == pytest.approx(slowly, rel=1e-4)
    assert [line.partition(": ")[0] for line in repr(told).splitlines()] == ["all", "a newcomer"]
    pd.testing.assert_frame_equal(told.customers, lifetime.value(model, money, **TERMS).customers)


def test_a_newcomer_is_worth_what_the_model_expects_of_a_first_day(fits):
    model, money = fits
    told = lifetime.value(model, money, **{**TERMS, "annual_discount": 0.0, "margin": 1})
    p, q, gamma = money.parameters["estimate"]
    first = model.expected(model.theta, model.newcomers(), 52.0)[0]
    assert told.newcomer["value"] == pytest.approx(first * p * gamma / (q - 1))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"margin": 40}, "margin is 40: give a number above 0, at most 1"),
        ({"annual_discount": -0.1}, "annual_discount is -0.1"),
        ({"weeks": 0}, "weeks is 0"),
        ({"weeks": True}, "weeks is True"),
        ({"weeks": float("nan")}, "weeks is nan"),
    ],
)
def test_terms_out_of_range_are_refused(fits, change, sentence):
    with pytest.raises(MktlabError, match=sentence):
        lifetime.value(*fits, **{**TERMS, **change})


def test_models_of_other_customers_are_refused(fits):
    other = lifetime.fit_gamma_gamma(lifetime.summary(shop(2), unit="week", until=CUT))
    with pytest.raises(MktlabError, match="fit both models on one summary"):
        lifetime.value(fits[0], other, **TERMS)


def test_without_intervals_a_value_has_none_either():
    table = pd.DataFrame({"frequency": [1, 1, 2, 0], "recency_weeks": [5, 6, 7, 0]})
    table = table.assign(age_weeks=9, mean_value=[10.0, 12.0, 9.0, np.nan])
    told = lifetime.value(lifetime.fit_bgnbd(table), lifetime.fit_gamma_gamma(table), **TERMS)
    assert told.customers[["low", "high"]].isna().all(axis=None)


def test_a_model_is_calibrated_on_weeks_it_has_not_seen(orders, fits):
    told = lifetime.calibration(fits[0], orders, cut=CUT, until=UNTIL)
    assert told["customers"].sum() == len(fits[0].customers) and len(told) == 10
    assert told["expected"].is_monotonic_increasing
    assert ((told["low"] <= told["expected"]) & (told["expected"] <= told["high"])).sum() >= 8
    whole = lifetime.calibration(fits[0], orders, cut=CUT, until=UNTIL, bins=1)
    later = orders[(orders["order_date"] >= CUT) & (orders["order_date"] < UNTIL)]
    came = later.drop_duplicates(["customer_id", "order_date"])
    came = came["customer_id"].isin(fits[0].customers.index).sum()
    assert whole["observed"][0] * whole["customers"][0] == pytest.approx(came)
    assert whole["low"][0] <= whole["expected"][0] <= whole["high"][0]


def test_the_track_holds_every_repeat_purchase_and_stays_near_it(orders, fits):
    told = lifetime.track(fits[0], orders, cut=CUT, until=UNTIL)
    known = told[~told["held_out"]]
    assert known["observed"].sum() == fits[0].customers["frequency"].sum()
    assert told["week"].diff()[1:].dt.days.eq(7).all()
    assert told[told["held_out"]]["week"].iloc[0] == pd.Timestamp(CUT)
    assert len(told[told["held_out"]]) == 26
    sums = told.groupby("held_out")[["expected", "observed"]].sum()
    assert (sums["expected"] / sums["observed"]).between(0.93, 1.07).all()


def test_a_track_with_covariates_adds_up_over_their_groups(orders):
    table = lifetime.summary(orders, unit="day", until=CUT)
    table["web"] = table["customer_id"].str[-1].isin(list("02468"))
    model = lifetime.fit_pareto_nbd(table, covariates=["web"])
    told = lifetime.track(model, orders, cut=CUT, until=UNTIL)
    plain = lifetime.track(lifetime.fit_pareto_nbd(table), orders, cut=CUT, until=UNTIL)
    assert told["expected"].to_numpy() == pytest.approx(plain["expected"].to_numpy(), rel=0.05)
    assert lifetime.calibration(model, orders, cut=CUT, until=UNTIL)["customers"].sum() == len(
        table
    )


@pytest.mark.parametrize(
    ("cut", "until", "sentence"),
    [
        ("2024-12-23", UNTIL, "saw other orders or another day"),
        (CUT, CUT, "give a day a week after the cut"),
        (CUT, "soon", "until is 'soon'"),
    ],
)
def test_a_holdout_that_the_model_may_have_seen_is_refused(orders, fits, cut, until, sentence):
    for hold in (lifetime.calibration, lifetime.track):
        with pytest.raises(MktlabError, match=sentence):
            hold(fits[0], orders, cut=cut, until=until)
    with pytest.raises(MktlabError, match="bins is 0"):
        lifetime.calibration(fits[0], orders, cut=CUT, until=UNTIL, bins=0)
