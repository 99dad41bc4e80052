"""Prices: the survey's points, elasticities that find the truth, the best price, refusals."""

import re
from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

import mktlab
from mktlab import market, price
from mktlab.price.elasticity import Elasticity
from mktlab.price.inference import fixed_b
from mktlab.schema import MktlabError

QUESTIONS = ["too_cheap", "cheap", "expensive", "too_expensive"]
ZONES = ["Lille", "Lyon", "Nantes", "Online"]


def survey(*people):
    return pd.DataFrame(people, columns=QUESTIONS, dtype=float)


# Worked by hand; which curves cross where is as in the manual of the R package
# pricesensitivitymeter 1.3.3 (its "original" acceptable range).
# Shares of the four people by price (each at or below; above for the cheap ones):
#   price          2    3    4    5    6    7    8    9
#   too cheap    3/4  1/2  1/4    0    0    0    0    0
#   not cheap      0    0  1/4  1/2  3/4    1    1    1
#   expensive      0    0    0    0  1/4  1/2  3/4    1
#   too expensive  0    0    0    0    0    0  1/4  1/2
FOUR = survey((2, 4, 6, 8), (3, 5, 7, 9), (4, 6, 8, 10), (5, 7, 9, 11))

amounts = st.integers(1, 400).map(lambda dimes: dimes / 10)
people = st.lists(st.lists(amounts, min_size=4, max_size=4).map(sorted), min_size=1, max_size=30)
scales = st.floats(0.01, 100)


@pytest.fixture(scope="module")
def solane():
    return mktlab.load("solane")


@cache
def made(*, slope=-1.5, follows=0.0, zones=8, weeks=80, seed=1):
    """Zones whose sales answer prices by `slope`; prices follow demand where `follows` is not 0."""
    rng = np.random.default_rng(seed)
    week, zone = (part.ravel() for part in np.indices((weeks, zones)))
    wanted = rng.normal(0, 0.3, weeks)
    cost = rng.normal(0, 0.1, weeks)
    group = rng.integers(-1, 2, (weeks // 8, zones)).repeat(8, axis=0).ravel()
    log_price = (
        2 + follows * wanted[week] + cost[week] + 0.08 * group + rng.normal(0, 0.05, zones)[zone]
    )
    size = rng.normal(4, 0.5, zones)[zone]
    return pd.DataFrame(
        {
            "week": pd.Timestamp("2024-01-01") + pd.to_timedelta(7 * week, unit="D"),
            "zone": np.array([f"z{i}" for i in range(zones)])[zone],
            "pieces": rng.poisson(np.exp(size + wanted[week] + slope * (log_price - 2))),
            "price": np.exp(log_price),
            "price_test": np.where(
                week // 8 % 2 == 0, np.array(["lower", "same", "higher"])[group + 1], "no test"
            ),
            "cost": np.exp(cost[week]),
            "wanted": wanted[week],
        }
    )


def by_week(panel):
    how = {"pieces": "sum", "price": "mean", "cost": "first", "wanted": "first"}
    return panel.groupby("week", as_index=False).agg(how)


# The survey


def test_the_points_are_those_worked_by_hand():
    points = price.van_westendorp(FOUR)
    assert (points.pmc, points.opp, points.ipp, points.pme) == (4, 5, 6, 8)
    at_six = points.curves.set_index("price").loc[6, QUESTIONS].tolist()
    assert at_six == [0, 0.25, 0.25, 0]


def test_the_survey_draws_its_curves_and_its_best_price():
    ax = price.van_westendorp(FOUR).plot(today=7)
    names = {"too cheap", "too expensive", "not expensive", "not cheap"}
    assert {line.get_label() for line in ax.lines[:4]} == names
    assert ax.lines[-1].get_xydata().tolist() == [[5, 0]]  # where the two curves cross
    names |= {"'optimal' €5.00: 0%", "today €7.00", "acceptable\n€4.00–€8.00"}
    assert names == {t.get_text() for t in ax.texts}
    assert "€6" in {tick.get_text() for tick in ax.get_xticklabels()}
    plt.close(ax.figure)


def test_the_acceptance_is_marked_where_most_buy_and_where_most_is_earned():
    ax = price.psychological_price(FOUR, unit_cost=3).plot()
    marked = {text.get_text() for text in ax.texts if text.get_fontweight() == "bold"}
    shares = {"100%", "75%"}
    assert {words.split(" €")[0] for words in marked} == {"most buyers", "most margin", *shares}
    assert len(ax.lines[-1].get_xdata()) == 2
    plt.close(ax.figure)


def test_an_elasticity_draws_its_interval_beside_the_truth():
    ax = Elasticity(-1.5, -1.9, -1.1, 0.2, 52, "zone test").plot(truth=-1.3)
    said = "Estimates with intervals: zone test −1.5 (−1.9 to −1.1); truth −1.3"
    assert ax.get_label() == said
    plt.close(ax.figure)


def test_curves_that_cross_between_two_prices_cross_on_a_straight_line():
    three = survey((2, 5, 7, 9), (3, 6, 8, 10), (4, 7, 9, 11))
    # At 6, a third calls it cheap and nobody expensive; at 7, nobody and a third.
    assert price.van_westendorp(three).ipp == pytest.approx(6.5)


def test_ties_count_as_rising():
    assert price.van_westendorp(survey((5, 5, 5, 5))).respondents == 1


def test_inconsistent_and_incomplete_answers_are_counted_and_change_nothing_else():
    more = pd.concat([FOUR, survey((9, 2, 3, 4), (9, 8, 7, 6), (1, 2, np.nan, 4))])
    alone, told = price.van_westendorp(FOUR), price.van_westendorp(more)
    assert (told.respondents, told.inconsistent, told.incomplete) == (4, 2, 1)
    assert (told.pmc, told.opp, told.ipp, told.pme) == (alone.pmc, alone.opp, alone.ipp, alone.pme)
    assert told.curves.equals(alone.curves)


@given(people)
def test_points_lie_in_order_and_within_the_prices_that_somebody_named(rows):
    points, table = price.van_westendorp(survey(*rows)), survey(*rows)
    within = 1e-9
    assert table["too_cheap"].min() - within <= points.pmc
    assert points.pmc <= min(points.opp, points.ipp) + within
    assert max(points.opp, points.ipp) <= points.pme + within
    assert points.pme <= table["too_expensive"].max() + within


@given(people, scales)
def test_another_currency_changes_the_points_by_its_rate(rows, rate):
    one, other = price.van_westendorp(survey(*rows)), price.van_westendorp(survey(*rows) * rate)
    for name in ("pmc", "opp", "ipp", "pme"):
        assert getattr(other, name) == pytest.approx(rate * getattr(one, name))


@given(people, st.randoms())
def test_the_order_of_people_and_a_second_copy_of_each_do_not_matter(rows, random):
    mixed = [*rows, *rows]
    random.shuffle(mixed)
    one, other = price.van_westendorp(survey(*rows)), price.van_westendorp(survey(*mixed))
    assert one.curves.round(9).equals(other.curves.round(9))
    assert one.pme == pytest.approx(other.pme)


# Elasticities


def test_least_squares_and_its_errors_are_those_of_statsmodels():
    from statsmodels.regression.linear_model import OLS

    weeks = by_week(made(follows=0.5))
    found = price.elasticity(weeks, controls=["wanted"])
    design = np.column_stack([np.log(weeks["price"]), np.ones(len(weeks)), weeks["wanted"]])
    # statsmodels counts lags: a window of 12 weeks (1.3 times the root of 80) reaches over 11.
    hac = {"maxlags": 11, "use_correction": True}
    fit = OLS(np.log(weeks["pieces"]), design).fit(cov_type="HAC", cov_kwds=hac, use_t=True)
    assert found.value == pytest.approx(fit.params["x1"])
    assert found.std_error == pytest.approx(fit.bse["x1"])
    assert found.high - found.value == pytest.approx(fixed_b(80) * fit.bse["x1"])


def test_two_stages_are_those_of_statsmodels_and_of_the_ratio_of_covariances():
    from statsmodels.sandbox.regression.gmm import IV2SLS

    weeks = by_week(made(follows=0.5))
    logs = np.log(weeks[["price", "pieces", "cost"]])
    covariance = logs.cov()["cost"]
    alone = price.elasticity(weeks, instrument="cost")
    assert alone.value == pytest.approx(covariance["pieces"] / covariance["price"])
    ones, wanted = np.ones(len(weeks)), weeks["wanted"]
    inside = np.column_stack([logs["price"], ones, wanted])
    outside = np.column_stack([logs["cost"], ones, wanted])
    held = price.elasticity(weeks, instrument="cost", controls=["wanted"])
    assert held.value == pytest.approx(IV2SLS(logs["pieces"], inside, outside).fit().params.iloc[0])


def test_zones_compared_is_the_poisson_regression_with_all_effects():
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    panel = made(weeks=24, zones=4)
    effects = pd.get_dummies(panel[["week", "zone"]].astype(str), drop_first=True, dtype=float)
    design = np.column_stack([np.log(panel["price"]), np.ones(len(panel)), effects])
    fit = GLM(panel["pieces"], design, family=Poisson()).fit(tol=1e-12)
    assert price.elasticity_within(panel).value == pytest.approx(fit.params.iloc[0], abs=1e-6)


def test_a_price_that_follows_demand_fools_weeks_but_neither_instrument_nor_zones():
    panel = made(follows=0.5)
    weeks = by_week(panel)
    plain = price.elasticity(weeks)
    assert plain.low > -1.5 + 0.5
    honest = [
        price.elasticity(weeks, instrument="cost"),
        price.elasticity(weeks, controls=["wanted"]),
        price.elasticity_within(panel),
        price.zone_test(panel),
    ]
    assert all(found.low < -1.5 < found.high for found in honest)
    assert honest[0].first_stage_f > 10
    assert [found.method for found in honest] == ["instrument", "controls", "within", "zone test"]


def test_the_price_tests_of_a_small_company_find_its_elasticities():
    company = market.simulate(people=4_000, weeks=119, seed=5, flaws=())
    truth = company.truth.elasticity.query("level == 'category'").set_index("category")
    for family in ("beans", "ground", "capsules", "gift", "tea"):
        test = price.zone_test(price.sales_panel(company, category=family))
        assert test.low < truth.loc[family, "elasticity"] < test.high, family


def test_of_the_beans_the_weeks_with_controls_are_far_off_and_the_lot_is_not(solane):
    panel = price.sales_panel(solane, category="beans")
    truth = solane.truth.elasticity.query("level == 'category'").set_index("category")
    beans = truth.loc["beans", "elasticity"]
    weeks = panel.groupby("week", as_index=False).agg(
        {"pieces": "sum", "price": "mean", "on_promotion": "max", "competitor": "first"}
    )
    weeks["competitor"] = weeks["competitor"].interpolate(limit_direction="both")
    weeks["month"] = weeks["week"].dt.month_name()
    held = price.elasticity(weeks, controls=["on_promotion", "competitor", "month"])
    test = price.zone_test(panel)
    assert test.low < beans < test.high
    assert held.value - beans > 4 * abs(test.value - beans)


def test_green_coffee_is_too_weak_an_instrument_for_gifts(solane):
    panel = price.sales_panel(solane, category="gift")
    weeks = panel.groupby("week", as_index=False).agg(
        {"pieces": "sum", "price": "mean", "green_coffee": "first"}
    )
    weeks["before"] = weeks["green_coffee"].shift(6)
    assert price.elasticity(weeks.dropna(), instrument="before").first_stage_f < 10


ESTIMATORS = {
    "plain": lambda panel: price.elasticity(by_week(panel)),
    "instrument": lambda panel: price.elasticity(by_week(panel), instrument="cost"),
    "within": price.elasticity_within,
    "zone test": price.zone_test,
}


@pytest.mark.parametrize("method", ESTIMATORS)
@given(rate=scales, pack=st.integers(1, 50))
@settings(max_examples=8)
def test_an_elasticity_does_not_depend_on_currency_or_on_how_pieces_are_counted(method, rate, pack):
    panel = made(weeks=24, zones=4)
    other = panel.assign(price=panel["price"] * rate, pieces=panel["pieces"] * pack)
    one, two = ESTIMATORS[method](panel), ESTIMATORS[method](other)
    assert [two.value, two.std_error] == pytest.approx([one.value, one.std_error], rel=1e-5)


@given(st.lists(scales, min_size=4, max_size=4))
@settings(max_examples=10)
def test_zones_may_have_currencies_of_their_own(rates):
    panel = made(weeks=24, zones=4)
    rate = panel["zone"].map(dict(zip(sorted(panel["zone"].unique()), rates, strict=True)))
    one = price.elasticity_within(panel)
    two = price.elasticity_within(panel.assign(price=panel["price"] * rate))
    assert two.value == pytest.approx(one.value, rel=1e-5)


@given(st.randoms())
@settings(max_examples=8)
def test_the_order_of_rows_does_not_matter(random):
    panel = made(weeks=24, zones=4)
    mixed = panel.sample(frac=1, random_state=random.randrange(1000))
    for estimate in ESTIMATORS.values():
        one, two = estimate(panel), estimate(mixed)
        assert [two.value, two.low] == pytest.approx([one.value, one.low])


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([8, 9, 10, 11])), min_size=12, max_size=12
    )
)
def test_any_panel_is_answered_or_refused_in_a_sentence(cells):
    pieces, prices = zip(*cells, strict=True)
    week = pd.date_range("2025-01-06", periods=3, freq="7D").repeat(4)
    panel = pd.DataFrame(
        {"week": week, "zone": ZONES * 3, "pieces": pieces, "price": prices, "price_test": "same"}
    )
    for estimate in (price.elasticity_within, price.zone_test):
        try:
            found = estimate(panel)
        except MktlabError as problem:
            assert one_sentence(str(problem))
        else:
            assert found.low <= found.value <= found.high
            assert np.isfinite(found.std_error)


# Pieces and prices side by side


def tiny(**changed):
    """Two products, one of them a tea; a Wednesday order and a cancelled one."""
    tables = {
        "customers": pd.DataFrame(
            {"customer_id": ["c1", "c1", "c2"], "zone": ["Lyon", "Lyon", "Online"]}
        ),
        "products": pd.DataFrame({"product_id": ["B", "T"], "category": ["beans", "tea"]}),
        "orders": pd.DataFrame(
            {
                "order_id": ["o1", "o2", "o3"],
                "customer_id": ["c1", "c2", "c2"],
                "order_date": pd.to_datetime(["2025-01-08", "2025-01-06", "2025-01-07"]),
                "revenue": [30.0, 10.0, 50.0],
                "status": ["paid", "paid", "cancelled"],
            }
        ),
        "order_lines": pd.DataFrame(
            {
                "order_id": ["o1", "o1", "o2", "o3"],
                "product_id": list("BTBB"),
                "quantity": [2, 1, 1, 5],
            }
        ),
        "prices": pd.DataFrame(
            {
                "week": pd.to_datetime(["2025-01-06"] * 3 + ["2025-01-13"]),
                "zone": ["Lyon", "Online", "Nantes", "Lyon"],
                "product_id": "B",
                "price": [10.0, 10.0, 11.0, 12.0],
            }
        ),
    }
    tables |= {name: table for name, table in changed.items() if table is not None}
    gone = [name for name, table in changed.items() if table is None]
    return SimpleNamespace(tables={n: t for n, t in tables.items() if n not in gone})


def test_the_panel_counts_pieces_of_paid_orders_in_the_week_s_monday_and_the_customer_s_zone():
    panel = price.sales_panel(tiny(), category="beans")
    cells = panel.set_index(["week", "zone"])["pieces"]
    assert cells.to_dict() == {
        (pd.Timestamp("2025-01-06"), "Lyon"): 2,
        (pd.Timestamp("2025-01-06"), "Nantes"): 0,
        (pd.Timestamp("2025-01-06"), "Online"): 1,
        (pd.Timestamp("2025-01-13"), "Lyon"): 0,
    }
    assert panel.attrs["left_out"] == 0


@pytest.mark.parametrize("name", ["products", "orders"])
def test_a_panel_refuses_a_table_with_two_rows_for_a_key(name):
    twice = pd.concat([tiny().tables[name]] * 2, ignore_index=True)
    with pytest.raises(MktlabError, match=f"{name}: .* has a second row"):
        price.sales_panel(tiny(**{name: twice}), category="beans")


def test_a_panel_refuses_a_customer_of_two_zones_and_a_competitor_of_two_prices():
    people = pd.DataFrame({"customer_id": ["c1", "c1", "c2"], "zone": ["Lyon", "Nantes", "Online"]})
    with pytest.raises(MktlabError, match="customers: c1 has a second row"):
        price.sales_panel(tiny(customers=people), category="beans")
    others = pd.DataFrame(
        {"week": pd.Timestamp("2025-01-06"), "category": "beans", "price_index": [100.0, 90.0]}
    )
    with pytest.raises(
        MktlabError, match=r"competitor_prices: 2025-01-06.*, beans has a second row"
    ):
        price.sales_panel(tiny(competitor_prices=others), category="beans")


def test_pieces_without_a_shelf_price_are_counted_as_left_out():
    prices = tiny().tables["prices"]
    panel = price.sales_panel(tiny(prices=prices[prices["zone"] != "Online"]), category="beans")
    assert panel.attrs["left_out"] == 1


# What prices earn

slopes = st.floats(-8, -1.05)
costs = st.floats(0.1, 1000)


def margin(asked, slope, cost):
    facts = {"unit_cost": cost, "price_now": 2 * cost, "pieces_now": 1000}
    return price.outcomes([asked], elasticity=slope, **facts)["margin"].iloc[0]


@given(slopes, costs, st.floats(0.5, 2))
def test_no_price_beats_the_best_one(slope, cost, other):
    best = price.best_price(slope, cost).price
    assert margin(best, slope, cost) >= margin(best * other, slope, cost) * (1 - 1e-9)


@given(slopes, costs, st.floats(0.2, 3), st.floats(1, 3), st.floats(0, 0.8), st.floats(0, 1))
def test_no_allowed_price_beats_the_best_within_limits(slope, cost, low, width, least, part):
    low, high = low * cost, low * cost * width
    floor = max(low, cost / (1 - least))
    assume(floor <= high)
    best = price.best_price(slope, cost, low=low, high=high, least_margin=least)
    assert floor <= best.price <= high
    allowed = floor + part * (high - floor)
    assert margin(best.price, slope, cost) >= margin(allowed, slope, cost) - 1e-9 * 1000 * cost
    assert (best.decided_by == "demand") == (floor <= best.free <= high)


@given(st.floats(-1, -0.05), costs, st.floats(1.1, 5))
def test_where_every_dearer_price_earns_more_the_upper_limit_decides(slope, cost, most):
    best = price.best_price(slope, cost, high=most * cost)
    assert (best.price, best.decided_by, best.free) == (most * cost, "high", None)
    assert "there is no best price" in repr(best)


@given(st.lists(st.tuples(amounts, st.integers(0, 99)), min_size=1, max_size=9), amounts)
def test_of_a_table_the_row_with_the_most_margin_is_taken_or_none_is(rows, cost):
    table = pd.DataFrame(rows, columns=["price", "pieces"])
    best = price.best_price(table, cost)
    earned = table["pieces"] * (table["price"] - cost)
    most = table.loc[earned == earned.max(), "price"]
    border = most.isin([table["price"].min(), table["price"].max()]).any()
    if earned.max() <= 0:
        assert (np.isnan(best.price), best.decided_by) == (True, "loss")
    elif border:
        assert np.isnan(best.price)
        assert best.decided_by.endswith("_tried")
        assert best.free in set(most)
    else:
        assert best.price == most.min()


def tried(*pieces, first=8):
    return pd.DataFrame({"price": np.arange(first, first + len(pieces)), "pieces": pieces})


@pytest.mark.parametrize(
    ("demand", "limits", "said"),
    [
        (
            tried(30, 28, 27),
            {},
            (
                "No best price yet: the margin is highest at 10.00, the highest price tried; "
                "dearer ones may earn more."
            ),
        ),
        (
            tried(30, 20, 10),
            {},
            (
                "No best price yet: the margin is highest at 8.00, the lowest price tried; "
                "cheaper ones may earn more."
            ),
        ),
        (
            tried(30),
            {},
            (
                "No best price yet: the margin is highest at 8.00, the only price tried; "
                "cheaper or dearer ones may earn more."
            ),
        ),
        (tried(9, 9, 9, first=3), {}, "No best price: nothing is earned at any price allowed."),
        (tried(0, 0, 0), {}, "No best price: nothing is earned at any price allowed."),
        (-2.0, {"high": 4}, "No best price: nothing is earned at any price allowed."),
        (
            tried(10, 20, 16, 1),  # 9 and 10 earn alike
            {},
            "9.00: dearer or cheaper earns no more.",
        ),
        (tried(10, 30, 10), {}, "9.00: dearer or cheaper earns less."),
        (
            tried(30, 28, 27),
            {"high": 9},
            "9.00: high decides; without limits it would be 10.00, and dearer ones may earn more.",
        ),
        (
            tried(30, 20, 10),
            {"low": 9},
            "9.00: low decides; without limits it would be 8.00, and cheaper ones may earn more.",
        ),
        (
            tried(30, 28, 27),
            {"high": 10},
            "10.00: high decides; dearer ones may earn more.",
        ),
        (
            tried(10, 10, 30, 10),
            {"high": 9},
            "9.00: high decides; without limits it would be 10.00.",
        ),
        (-2.0, {}, "10.00: dearer or cheaper earns less."),
    ],
)
def test_the_answer_claims_nothing_of_prices_that_nobody_tried(demand, limits, said):
    assert repr(price.best_price(demand, 5, **limits)) == said


def test_the_margin_rule_decides_where_the_best_price_leaves_too_little():
    best = price.best_price(-3, 6, least_margin=0.4)  # free: 6 * 3 / 2 = 9; the rule: 6 / .6
    assert (best.price, best.decided_by, best.free) == (pytest.approx(10), "least_margin", 9)


def test_outcomes_are_those_of_the_arithmetic():
    facts = {"unit_cost": 4, "price_now": 10, "pieces_now": 100}
    row = price.outcomes([20], elasticity=-2, **facts).iloc[0]
    assert row.to_dict() == pytest.approx(
        {"price": 20, "pieces": 25, "revenue": 500, "margin": 400, "margin_rate": 0.8}
    )


def test_an_elasticity_shows_itself_with_its_interval():
    found = Elasticity(-1.5, -2, -1, 0.25, 80, "instrument", 41.2)
    assert repr(found) == (
        "−1.50 (95%, Anderson-Rubin: −2.00 to −1.00; instrument, 80 observations, effective F 41, "
        "where a t test needs 104.7)"
    )
    assert price.best_price(found, 4).price == 12  # 4 * 1.5 / .5


# Refusals


def one_sentence(message):
    return message.endswith(".") and "\n" not in message and not re.search(r"[.!?] [A-Z]", message)


def panel(**changed):
    return made(weeks=16, zones=4).assign(**changed)


def with_first(table, column, value):
    table = table.astype({column: object}) if isinstance(value, str) else table.copy()
    table[column] = [value, *table[column].iloc[1:]]
    return table


def weeks(**changed):
    return by_week(made(weeks=16, zones=4)).assign(**changed)


FACTS = {"elasticity": -2, "unit_cost": 4, "price_now": 10, "pieces_now": 100}
POINTS = pd.DataFrame({"price": [8.0, 9.0], "pieces": [30, 25]})

ONLY_CHEAP = pd.DataFrame(
    {
        "week": pd.date_range("2025-01-06", periods=4, freq="7D").repeat(4),
        "zone": ZONES * 4,
        "price": np.where(np.eye(4), 9, 10).ravel(),
        "pieces": 5 * np.eye(4, dtype=int).ravel(),
    }
)

REFUSED = {
    "survey: no table": (lambda: price.van_westendorp([1, 2]), "got a list; give a pandas table"),
    "survey: no column": (
        lambda: price.van_westendorp(FOUR.drop(columns="cheap")),
        "no column cheap",
    ),
    "survey: no rows": (lambda: price.van_westendorp(FOUR.head(0)), "no rows"),
    "survey: text": (lambda: price.van_westendorp(with_first(FOUR, "cheap", "4 €")), "not numbers"),
    "survey: flags": (lambda: price.van_westendorp(FOUR > 5), "holds bool, not numbers"),
    "survey: negative": (lambda: price.van_westendorp(-FOUR), "too_cheap is below 0 in 4 rows"),
    "survey: infinite": (
        lambda: price.van_westendorp(with_first(FOUR, "too_expensive", np.inf)),
        "too_expensive is infinite in 1 row, the first at index 0",
    ),
    "survey: backwards": (
        lambda: price.van_westendorp(FOUR.set_axis(QUESTIONS[::-1], axis=1)),
        "none of the 4 respondents",
    ),
    "survey: nobody complete": (
        lambda: price.van_westendorp(FOUR.assign(cheap=np.nan)),
        "none of the 4 respondents",
    ),
    "weeks: no price": (lambda: price.elasticity(weeks().drop(columns="price")), "no column price"),
    "weeks: no week": (lambda: price.elasticity(weeks().drop(columns="week")), "no column week"),
    "weeks: a week without a sale": (
        lambda: price.elasticity(with_first(weeks(), "pieces", 0)),
        "pieces is not above 0 in 1 row, the first at index 0",
    ),
    "weeks: empty price": (
        lambda: price.elasticity(with_first(weeks(), "price", np.nan)),
        "price is empty in 1 row",
    ),
    "weeks: one price": (lambda: price.elasticity(weeks(price=5.0)), "does not vary"),
    "weeks: a panel": (lambda: price.elasticity(panel()), "stands in more than one row"),
    "weeks: week is a text": (
        lambda: price.elasticity(weeks(week=[f"W{i}" for i in range(16)])),
        "not days; convert it with pandas.to_datetime",
    ),
    "weeks: too few": (lambda: price.elasticity(weeks().head(4)), "4 weeks are too few"),
    "weeks: unknown control": (
        lambda: price.elasticity(weeks(), controls=["weather"]),
        "no column weather",
    ),
    "weeks: control is a text": (
        lambda: price.elasticity(weeks(), controls="wanted"),
        "give a list, such as ['wanted']",
    ),
    "weeks: control is empty": (
        lambda: price.elasticity(with_first(weeks(), "wanted", np.nan), controls=["wanted"]),
        "the control wanted is empty in 1 of 16 rows",
    ),
    "weeks: control is infinite": (
        lambda: price.elasticity(with_first(weeks(), "wanted", np.inf), controls=["wanted"]),
        "a control is infinite",
    ),
    "weeks: control says the same": (
        lambda: price.elasticity(weeks().assign(again=3.0), controls=["again"]),
        "a control says the same as others",
    ),
    "weeks: more controls than weeks": (
        lambda: price.elasticity(weeks(name=[f"w{i}" for i in range(16)]), controls=["name"]),
        "16 weeks are too few for 17 unknowns",
    ),
    "weeks: unknown instrument": (
        lambda: price.elasticity(weeks(), instrument="green"),
        "no column green",
    ),
    "weeks: instrument is 0": (
        lambda: price.elasticity(weeks(cost=0.0), instrument="cost"),
        "cost is not above 0 in 16 rows",
    ),
    "weeks: instrument never moves": (
        lambda: price.elasticity(weeks(cost=2.0), instrument="cost"),
        "price (or instrument) does not vary",
    ),
    "zones: no zone": (
        lambda: price.elasticity_within(panel().drop(columns="zone")),
        "column zone",
    ),
    "zones: two": (
        lambda: price.elasticity_within(panel().query("zone in ['z0', 'z1']")),
        "2 of them are too few; give three or more",
    ),
    "zones: empty name": (
        lambda: price.elasticity_within(with_first(panel(), "zone", None)),
        "zone is empty in a row",
    ),
    "zones: a cell twice": (
        lambda: price.elasticity_within(pd.concat([panel(), panel().head(1)])),
        "z0 stands there twice in the week 2024-01-01",
    ),
    "zones: one never sold": (
        lambda: price.elasticity_within(
            panel().assign(pieces=lambda t: t["pieces"] * (t["zone"] != "z2"))
        ),
        "z2 sold nothing",
    ),
    "zones: negative pieces": (
        lambda: price.elasticity_within(with_first(panel(), "pieces", -1)),
        "pieces is below 0 in 1 row",
    ),
    "zones: price 0": (
        lambda: price.elasticity_within(with_first(panel(), "price", 0.0)),
        "price is not above 0 in 1 row",
    ),
    "zones: one price for all": (
        lambda: price.elasticity_within(panel(price=5.0)),
        "prices do not differ between zones in the same weeks; only",
    ),
    "zones: one zone only moved": (
        lambda: price.elasticity_within(
            panel(
                price=lambda t: np.where(
                    (t["zone"] == "z1") & (t["price_test"] == "no test"), 6.0, 5.0
                )
            )
        ),
        "without z1, prices do not differ",
    ),
    "zones: sold only where cheap": (
        lambda: price.elasticity_within(ONLY_CHEAP),
        "no elasticity fits these pieces; a zone may have sold only where it was dear",
    ),
    "test: no column": (
        lambda: price.zone_test(panel().drop(columns="price_test")),
        "no column price_test",
    ),
    "test: never": (
        lambda: price.zone_test(panel(price_test="no test")),
        "no week has a price test",
    ),
    "test: no week": (lambda: price.zone_test(panel().drop(columns="week")), "no column week"),
    "test: week is a number": (
        lambda: price.zone_test(panel(week=7)),
        "week holds int64, not days",
    ),
    "panel: no prices": (
        lambda: price.sales_panel(tiny(prices=None), category="beans"),
        "no table prices; it needs week, zone, product_id, price",
    ),
    "panel: customers without a zone": (
        lambda: price.sales_panel(
            tiny(customers=pd.DataFrame({"customer_id": ["c1"]})), category="beans"
        ),
        "sales_panel, customers: the table has no column zone",
    ),
    "panel: unknown family": (
        lambda: price.sales_panel(tiny(), category="cocoa"),
        "no category 'cocoa'; choose among beans, tea",
    ),
    "panel: family never on the shelf": (
        lambda: price.sales_panel(tiny(), category="tea"),
        "the table has no rows",
    ),
    "panel: weeks that begin on Sunday": (
        lambda: price.sales_panel(
            tiny(prices=tiny().tables["prices"].assign(week=pd.Timestamp("2025-01-05"))),
            category="beans",
        ),
        "none of the 3 pieces sold of beans meets a price; week in prices must be a Monday",
    ),
    "panel: weeks as texts": (
        lambda: price.sales_panel(
            tiny(prices=tiny().tables["prices"].astype({"week": str})), category="beans"
        ),
        "week holds str, not days",
    ),
    "outcomes: price 0": (
        lambda: price.outcomes([10, 0], **FACTS),
        "price is not above 0 in 1 row",
    ),
    "outcomes: no price": (lambda: price.outcomes([], **FACTS), "no rows"),
    "outcomes: cost is a text": (
        lambda: price.outcomes([10], **FACTS | {"unit_cost": "4 €"}),
        "unit_cost is '4 €'; give a number above 0",
    ),
    "outcomes: elasticity is missing": (
        lambda: price.outcomes([10], **FACTS | {"elasticity": np.nan}),
        "elasticity is nan; give a number",
    ),
    "best: cost 0": (lambda: price.best_price(-2, 0), "unit_cost is 0; give a number above 0"),
    "best: percent for a share": (
        lambda: price.best_price(-2, 5, least_margin=40),
        "least_margin is 40; give a share from 0 to below 1",
    ),
    "best: limits leave nothing": (
        lambda: price.best_price(-2, 5, low=9, high=8),
        "low asks for 9.00 or more, high for 8.00 or less",
    ),
    "best: the margin leaves nothing": (
        lambda: price.best_price(-2, 5, high=8, least_margin=0.5),
        "least_margin asks for 10.00 or more",
    ),
    "best: inelastic without a limit": (
        lambda: price.best_price(-0.6, 5),
        "every dearer price earns more, so there is no best price",
    ),
    "best: dearer sells better": (
        lambda: price.best_price(0.3, 5, high=9),
        "people buy more when it is dearer",
    ),
    "best: a table without pieces": (
        lambda: price.best_price(POINTS[["price"]], 5),
        "no column pieces",
    ),
    "best: no row within limits": (
        lambda: price.best_price(POINTS, 5, low=10, high=12),
        "none of the 2 prices lies from 10.00 to 12.00",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_answered_is_refused_in_one_sentence(case):
    call, words = REFUSED[case]
    with pytest.raises(MktlabError) as problem:
        call()
    assert words in str(problem.value)
    assert one_sentence(str(problem.value))
