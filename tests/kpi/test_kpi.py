"""KPIs: ratios of sums, the same on every engine, and a sentence for what cannot be computed."""

from datetime import date
from types import SimpleNamespace

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mktlab
from mktlab import kpi
from mktlab.plan import INDICATORS as PLANNED
from mktlab.schema import MktlabError
from mktlab.tables import TABLES

TODAY = pd.Timestamp("2025-07-01")

orders_of_anyone = st.lists(
    st.fixed_dictionaries(
        {
            "customer_id": st.sampled_from("abcde"),
            "order_date": st.dates(date(2024, 1, 1), date(2025, 6, 30)).map(pd.Timestamp),
            "outlet": st.sampled_from(["web", "cafe"]),
            "status": st.sampled_from(["paid", "paid", "cancelled"]),
            "revenue": st.integers(0, 9_999).map(lambda cents: cents / 100),
            "discount": st.sampled_from([0.0, 2.5]),
            "refunded": st.sampled_from([0.0, 0.0, 5.0]),
        }
    ),
    min_size=1,
    max_size=40,
).map(lambda rows: pd.DataFrame(rows).assign(order_id=[str(i) for i in range(len(rows))]))


def firm(today=TODAY, **tables):
    return SimpleNamespace(tables=tables, today=today)


@pytest.fixture(scope="module")
def solane():
    return mktlab.load("solane")


@given(orders_of_anyone, st.sampled_from(["week", "month", "quarter", "year", "outlet"]))
def test_parts_add_up_to_the_whole(orders, by):
    names = ["revenue", "orders", "order_value", "discount_rate"]
    whole = kpi.compute(firm(orders=orders), names).set_index("kpi")
    parts = kpi.compute(firm(orders=orders), names, by=by).groupby("kpi")
    assert np.allclose(parts["numerator"].sum().reindex(names), whole["numerator"])
    ratios = ["order_value", "discount_rate"]
    assert np.allclose(parts["denominator"].sum().reindex(ratios), whole.loc[ratios, "denominator"])


@given(orders_of_anyone)
def test_a_ratio_is_a_ratio_of_sums_over_purchases(orders):
    kept = orders[
        (orders.status == "paid") & (orders.revenue >= 0.05) & (orders.refunded < orders.revenue)
    ]
    (row,) = kpi.compute(firm(orders=orders), "order_value").itertuples()
    assert row.denominator == len(kept)
    if len(kept):
        assert np.isclose(row.value, (kept.revenue - kept.refunded).sum() / len(kept))
    else:
        assert np.isnan(row.value)


@given(orders_of_anyone)
@settings(max_examples=8)
def test_every_engine_gives_the_same(orders):
    for by in (None, "month", "week"):
        ours = kpi.compute(firm(orders=orders), by=by)
        for to in (pl.from_pandas, duckdb.from_df):
            theirs = kpi.compute(firm(orders=to(orders)), by=by)
            pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)


@given(orders_of_anyone)
def test_retention_and_churn_are_the_two_halves_of_last_months_buyers(orders):
    table = kpi.compute(firm(orders=orders), ["retention", "churn"], by="month")
    for _, both in table.groupby("month"):
        assert np.isclose(both["value"].sum(), 1) or both["value"].isna().all()


def test_retention_by_hand():
    orders = pd.DataFrame(
        {
            "order_id": list("12345"),
            "customer_id": ["Ana", "Ben", "Ana", "Cleo", "Ben"],
            "order_date": pd.to_datetime(
                ["2025-01-05", "2025-01-09", "2025-02-01", "2025-02-20", "2025-04-01"]
            ),
            "revenue": 10.0,
        }
    )
    by_month = kpi.compute(firm(orders=orders), "retention", by="month")
    assert by_month["month"].dt.month.tolist() == [2]  # March is empty, so April has no last month
    assert by_month["value"].tolist() == [0.5]
    february = {"start": "2025-02-01", "end": "2025-03-01"}
    (whole,) = kpi.compute(firm(orders=orders), "retention", **february).itertuples()
    assert (whole.numerator, whole.denominator) == (1, 2)


def test_boxes_by_hand():
    contracts = pd.DataFrame(
        {
            "started_date": pd.to_datetime(["2025-01-01", "2025-01-15", "2025-02-10"]),
            "ended_date": pd.to_datetime(["2025-02-05", None, None]),
        }
    )
    table = kpi.compute(
        firm(subscriptions=contracts),
        ["subscriptions", "subscription_churn"],
        by="month",
        end="2025-03-01",
    )
    wide = table.pivot(index="month", columns="kpi", values="value")
    assert wide["subscriptions"].tolist() == [2, 2]
    assert wide["subscription_churn"].tolist()[1] == 0.5


def steady(first="2023-11-06", last=TODAY):
    """Ten customers who buy on Mondays and Fridays, and subscriptions that end after each."""
    days = pd.date_range(first, last - pd.Timedelta(days=1))
    days = days[days.day_of_week.isin([0, 4])]
    orders = pd.DataFrame(
        [(f"{day:%F}{who}", who, day, 10.0) for day in days for who in "abcdefghij"],
        columns=["order_id", "customer_id", "order_date", "revenue"],
    )
    ends = pd.Series(days + pd.Timedelta(days=2))
    boxes = pd.DataFrame({"started_date": pd.Timestamp(first), "ended_date": ends})
    lines = orders[["order_id"]].assign(product_id="bag", quantity=1, amount=10.0)
    shelf = pd.DataFrame({"product_id": ["bag"], "unit_cost": [4.0]})
    return firm(last, orders=orders, subscriptions=boxes, order_lines=lines, products=shelf)


FOLLOWING = ["retention", "churn", "lifetime_value", "subscription_churn"]
CUT = ["week", "month", "quarter", "year"]


@pytest.mark.parametrize("by", CUT)
@pytest.mark.parametrize("days", [{}, {"end": "2025-06-25"}, {"start": "2024-01-03"}])
def test_a_period_in_part_is_left_out_of_what_follows_people_and_of_nothing_else(by, days):
    company = steady(last=pd.Timestamp("2025-06-26"))
    table = kpi.compute(
        company, [*FOLLOWING, "revenue", "active_customers", "subscriptions"], by=by, **days
    )
    end = pd.Timestamp(days.get("end", "2025-06-26"))
    unit = {"week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}[by]
    over = table[by].dt.to_period(unit).dt.end_time < end
    begun = table[by] >= pd.Timestamp(days.get("start", "2023-01-01"))
    known = table["kpi"].isin(FOLLOWING)
    assert (over & begun)[known].all()
    for name in ("active_customers", "revenue", "subscriptions"):
        shown = table.loc[table["kpi"] == name, by]
        assert shown.min() == table[by].min()
        assert shown.max() == table[by].max() == pd.Timestamp(end).to_period(unit).start_time
    whole = table[(table["kpi"] == "retention")]
    assert (whole["value"] == 1).all()
    assert (len(whole) > 0) == (by != "year" or "start" not in days)


def test_a_first_period_in_part_counts_the_same_days_for_every_kpi():
    days = {"by": "month", "start": "2025-01-10", "end": "2025-03-01"}
    table = kpi.compute(steady(), ["orders", "purchase_frequency", "retention"], **days)
    wide = table.pivot(index="month", columns="kpi", values="numerator")
    assert (wide["orders"] == wide["purchase_frequency"]).all()
    assert wide["orders"].tolist() == [
        70,
        80,
    ]  # Mondays and Fridays from the 10th on, then of February
    assert wide["retention"].fillna(-1).tolist() == [-1, 10]


def test_all_kpis_of_the_published_company_are_finite(solane):
    table = kpi.compute(solane, start="2025-01-01")
    of_tables = {
        name
        for name, one in kpi.KPIS.items()
        if not one.given and not set(one.tables) & {"web_metrics", "email_campaigns"}
    }  # these two are exports of tools, which the company keeps none of
    assert set(table["kpi"]) == of_tables == set(kpi.available(solane))
    assert np.isfinite(table["value"]).all()


def test_shares_lie_between_0_and_1_and_nps_between_its_ends(solane):
    table = kpi.compute(solane, by="quarter", start="2023-01-02")
    shares = table.loc[(table["unit"] == "share") & table["value"].notna()]
    assert shares.loc[shares["kpi"] != "markup_rate", "value"].between(0, 1).all()
    assert table.loc[table["kpi"] == "nps", "value"].between(-100, 100).all()


def test_the_panel_tells_our_brand_from_the_others(solane):
    ours = solane.awareness.query("brand == 'Maison Solane'")
    (row,) = kpi.compute(solane, "awareness").itertuples()
    assert row.value == ours["spontaneous"].sum() / ours["asked"].sum()


def panel_of(**changed):
    """Two quarters and three brands; the company is "Ours"."""
    table = pd.DataFrame(
        {
            "quarter": np.repeat(pd.to_datetime(["2025-01-01", "2025-04-01"]), 3),
            "brand": ["Ours", "Theirs", "others"] * 2,
            "households": 400,
            "buyers": [60, 200, 100, 80, 180, 120],
            "sales": [20.0, 50.0, 30.0, 40.0, 50.0, 10.0],
            "sales_error": [2.0, 4.0, 1.0, 3.0, 2.0, 1.0],
        }
    ).assign(**changed)
    return SimpleNamespace(tables={"market_panel": table}, today=TODAY, name="Ours")


def test_share_and_penetration_are_ratios_of_sums_over_the_panel():
    table = kpi.compute(panel_of(), ["market_share", "penetration"]).set_index("kpi")
    assert table["value"].to_dict() == {"market_share": 60 / 200, "penetration": 140 / 800}
    first = kpi.compute(panel_of(), "market_share", by="quarter")
    assert first["value"].tolist() == [0.2, 0.4]


@pytest.mark.parametrize("to", [pl.from_pandas, duckdb.from_df])
def test_the_panel_is_read_on_every_engine(to):
    firm = panel_of()
    usual = kpi.intervals(firm, ["market_share", "penetration"])
    firm.tables["market_panel"] = to(firm.tables["market_panel"])
    pd.testing.assert_frame_equal(kpi.intervals(firm, ["market_share", "penetration"]), usual)


def test_a_panel_that_does_not_know_the_company_tells_no_share():
    unknown = panel_of(brand=["Other", "Theirs", "others"] * 2)
    assert kpi.compute(unknown, ["market_share", "penetration"])["value"].isna().all()
    once = panel_of(brand=["Ours", "Theirs", "others", "Other", "Theirs", "others"])
    assert kpi.compute(once, "market_share")["value"].tolist() == [0.2]


def test_customers_and_orders_alone_open_the_kpis_of_sales_and_customers(solane):
    small = firm(solane.today, customers=solane.customers, orders=solane.orders)
    table = kpi.compute(small, start="2025-01-01")
    assert {"revenue", "order_value", "new_customers", "retention", "churn"} <= set(table["kpi"])
    assert "margin" not in set(table["kpi"])


def test_the_registry_is_complete():
    assert 40 <= len(kpi.KPIS) <= 66
    table = kpi.describe()
    assert table["name"].tolist() == list(kpi.KPIS)
    assert (table[["label", "family", "formula", "unit", "mistake"]] != "").all(axis=None)
    assert table["mistake"].is_unique
    assert table["direction"].isin(["up", "down", "neither"]).all()
    for one in kpi.KPIS.values():
        assert set(one.tables) <= set(TABLES)


def test_margins_by_hand():
    """Ten bags at 10 that should cost 4; green coffee is dear in the second week, and they cost 5.

    The margin on the price is 60%, on the cost 150%; what was earned is 60 + 50 of 200."""
    days = pd.to_datetime(
        ["2025-01-06", "2025-01-19"]
    )  # a Monday, and the Sunday of the week after
    orders = pd.DataFrame({"order_id": ["1", "2"], "customer_id": ["Ana", "Ben"]}).assign(
        order_date=days, revenue=100.0
    )
    lines = pd.DataFrame({"order_id": ["1", "2"], "product_id": "bag", "quantity": 10}).assign(
        amount=100.0
    )
    costs = pd.DataFrame(
        {"week": pd.to_datetime(["2025-01-06", "2025-01-13"]), "product_id": "bag"}
    )
    tables = {
        "orders": orders,
        "order_lines": lines,
        "products": pd.DataFrame({"product_id": ["bag"], "unit_cost": [4.0]}),
        "product_costs": costs.assign(unit_cost=[4.0, 5.0]),
    }
    names = ["margin", "margin_rate", "markup_rate", "actual_margin", "actual_margin_rate"]
    for to in (lambda table: table, pl.from_pandas, duckdb.from_df):
        shop = firm(**{name: to(table) for name, table in tables.items()})
        found = kpi.compute(shop, names)["value"].tolist()
        assert found == pytest.approx([120, 0.6, 1.5, 110, 0.55])
    unknown = firm(**tables | {"product_costs": tables["product_costs"].head(1)})
    found = kpi.compute(unknown, names)["value"].tolist()
    assert found == pytest.approx([120, 0.6, 1.5, 60, 0.6])  # of the first week only


def test_what_no_table_holds_is_given_and_never_guessed():
    spend = pd.DataFrame({"week": [pd.Timestamp("2025-02-03")], "spend": [1_000.0]})
    company = steady("2025-02-03", pd.Timestamp("2025-02-10"))  # 20 bags with a margin of 6
    company.tables["ad_spend"] = spend
    assert not {"romi", "contribution_margin", "break_even"} & set(kpi.available(company))
    given = {"incremental_margin": 1_200.0, "variable_costs": 20.0, "fixed_costs": 300.0}
    found = kpi.compute(company, ["romi", "contribution_margin", "break_even"], given=given)
    assert found["value"].tolist() == pytest.approx([0.2, 100.0, 600.0])  # 50% is left for the rest
    for name in given:
        rest = {key: amount for key, amount in given.items() if key != name}
        asked = {"incremental_margin": "romi"}.get(name, "break_even")
        with pytest.raises(MktlabError, match=f"{asked} needs .* no table holds that: give it"):
            kpi.compute(company, asked, given=rest)
    with pytest.raises(MktlabError, match="romi rests on an amount given for all these days"):
        kpi.compute(company, "romi", by="week", given=given)
    with pytest.raises(MktlabError, match="given: rent is 5; give amounts of incremental_margin"):
        kpi.compute(company, "romi", given={"rent": 5})


def test_a_lifetime_is_worth_its_discounted_margins():
    """Half come back each year, and a buyer leaves 6 a year: 6 x (.5 / 1.1 + .5^2 / 1.1^2 ...)."""
    orders = pd.DataFrame(
        [(f"{who}{year}", who, pd.Timestamp(year, 3, 1)) for year in (2023, 2024)
         for who in ("abcdefghij" if year == 2023 else "abcdeklmno")],
        columns=["order_id", "customer_id", "order_date"],
    ).assign(revenue=10.0)  # fmt: skip
    lines = orders[["order_id"]].assign(product_id="bag", quantity=1, amount=10.0)
    shelf = pd.DataFrame({"product_id": ["bag"], "unit_cost": [4.0]})
    company = firm(orders=orders, order_lines=lines, products=shelf)
    row = kpi.compute(company, "lifetime_value", start="2024-01-01", end="2024-12-31").iloc[0]
    years = np.arange(1, 200)
    assert row["value"] == pytest.approx((6 * (0.5 / 1.1) ** years).sum())


def test_visits_and_conversion_are_those_of_people():
    """Four people, one of whom buys, and a program that opens twelve pages within a minute."""
    who = [*"abcd", *["program"] * 12]
    log = pd.DataFrame({"visitor_id": who, "purchased": [True] + [False] * 15}).assign(
        session_id=[str(n) for n in range(16)], started_at=pd.Timestamp("2025-03-03", tz="UTC")
    )
    for to in (lambda table: table, pl.from_pandas, duckdb.from_df):
        found = kpi.compute(firm(sessions=to(log)), ["visits", "conversion"])
        assert found["value"].tolist() == [4, 0.25]


def test_names_shared_with_plans_mean_the_same_direction():
    shared = set(kpi.KPIS) & set(PLANNED)
    assert {"revenue", "orders", "order_value", "new_customers", "nps", "wait_minutes"} <= shared
    for name in shared:
        assert kpi.KPIS[name].direction == PLANNED[name].direction, name


GOOD = pd.DataFrame(
    {
        "order_id": ["1", "2"],
        "customer_id": ["Ana", "Ben"],
        "order_date": pd.to_datetime(["2025-01-05", "2025-01-09"]),
        "outlet": "web",
        "revenue": [10.0, 20.0],
    }
)
BAD = {
    "an unknown KPI": ({"names": "revenu"}, "did you mean revenue?"),
    "an unknown split": ({"by": "days"}, "'days' is no way to split"),
    "no KPI": ({"names": []}, "names is empty"),
    "a split twice": ({"by": ["month", "week"]}, "names a split twice"),
    "a KPI that cannot be split so": (
        {"names": "retention", "by": "outlet"},
        "retention cannot be split by outlet; it can be by week",
    ),
    "a table that is not there": ({"names": "cpc"}, "cpc needs the table ad_spend"),
    "a column that is not there": ({"names": "discount_rate"}, "needs the column discount"),
    "an end before the start": (
        {"start": "2025-05-01", "end": "2025-04-01"},
        "the start comes before the end",
    ),
    "a future end": ({"end": "2026-01-01"}, "nothing is known of later days"),
    "a day that is none": ({"start": "yesterday"}, "start is 'yesterday': give a day"),
    "a month of 13": ({"end": "2025-13-01"}, "end is '2025-13-01': give a day"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_computed_gets_a_sentence(case):
    arguments, said = BAD[case]
    with pytest.raises(MktlabError, match=said.replace("?", r"\?")):
        kpi.compute(firm(orders=GOOD), **arguments)


def spoiled(column, value):
    return GOOD.assign(**{column: [GOOD[column].iloc[0], value]})


BAD_ORDERS = {
    "no table at all": ({}, "No KPI can be computed"),
    "an infinite amount": ({"orders": spoiled("revenue", np.inf)}, "revenue is empty or infinite"),
    "a missing amount": ({"orders": spoiled("revenue", np.nan)}, "revenue is empty or infinite"),
    "a negative amount": ({"orders": spoiled("revenue", -1.0)}, "revenue is below 0 .* in 1 row"),
    "a day to come": (
        {"orders": spoiled("order_date", pd.Timestamp("2030-01-01"))},
        "the day is 2025-07-01, which is today, or later in 1 row",
    ),
    "an empty day": ({"orders": spoiled("order_date", pd.NaT)}, "order_date is empty in 1 row"),
    "an id twice": ({"orders": spoiled("order_id", "1")}, "order_id is not unique: 2 rows, 1"),
    "days as text": ({"orders": GOOD.assign(order_date="2025-01-05")}, "holds String, not days"),
    "amounts as text": ({"orders": GOOD.assign(revenue="10 €")}, "holds String, not numbers"),
    "no revenue": ({"orders": GOOD.drop(columns="revenue")}, "orders has no column revenue"),
}


@pytest.mark.parametrize("case", BAD_ORDERS)
def test_orders_that_would_mislead_get_a_sentence(case):
    tables, said = BAD_ORDERS[case]
    with pytest.raises(MktlabError, match=said):
        kpi.compute(firm(**tables))


@pytest.mark.parametrize(
    "orders",
    [
        GOOD.iloc[:0],
        GOOD.iloc[:1],
        GOOD.assign(customer_id="Ana"),
        GOOD.assign(order_date=pd.Timestamp("2025-03-03")),
        GOOD.assign(refunded=GOOD["revenue"]),
        GOOD.assign(status="cancelled"),
    ],
    ids=["empty", "one order", "one customer", "one day", "all refunded", "all cancelled"],
)
def test_odd_but_honest_orders_are_counted_as_they_are(orders):
    values = kpi.compute(firm(orders=orders)).set_index("kpi")["value"]
    full = pd.DataFrame({"status": "paid", "refunded": 0.0}, index=orders.index).assign(**orders)
    paid = full[full["status"] == "paid"]
    assert values["revenue"] == (paid["revenue"] - paid["refunded"]).sum()
