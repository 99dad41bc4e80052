"""Snapshots: what was known on a cut day and nothing else, what followed, and plain refusals."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mktlab
from mktlab import churn
from mktlab.schema import MktlabError

TODAY = pd.Timestamp("2025-06-30")
CUT = pd.Timestamp("2025-03-31")
START = pd.Timestamp("2024-07-01")


def shop(orders: pd.DataFrame, **tables: pd.DataFrame) -> SimpleNamespace:
    return SimpleNamespace(tables={"orders": orders, **tables}, today=TODAY)


def order_table(*rows: tuple[str, str, float]) -> pd.DataFrame:
    customer, day, revenue = zip(*rows, strict=True)
    return pd.DataFrame(
        {
            "order_id": [f"O{k}" for k in range(len(rows))],
            "customer_id": customer,
            "order_date": pd.to_datetime(list(day)),
            "revenue": revenue,
        }
    )


def taken(company: object, **changes: object) -> pd.DataFrame:
    call = {"dates": CUT, "window_weeks": 13, "horizon_weeks": 13} | changes
    return churn.snapshots(company, **call)


def row(table: pd.DataFrame, customer: str) -> pd.Series:
    return table.set_index("customer_id").loc[customer]


FIRST = ("old", "2024-07-01", 9.0)  # the orders of every shop begin here
GOOD = order_table(FIRST, ("a", "2025-03-01", 10.0), ("b", "2025-03-02", 20.0))

one_order = st.fixed_dictionaries(
    {
        "customer_id": st.sampled_from(["Zoë", "0007", "a", "b", "c"]),
        "order_date": st.integers(0, (TODAY - START).days - 1).map(
            lambda day: START + pd.Timedelta(days=day)
        ),
        "status": st.sampled_from(["paid", "paid", "cancelled"]),
        "revenue": st.integers(0, 9_000).map(lambda cents: cents / 100),
        "refunded": st.sampled_from([0.0, 0.0, 5.0, 90.0]),
        "discount": st.sampled_from([0.0, 2.0]),
        "outlet": st.sampled_from(["web", "cafe"]),
    }
)
SURE = [
    {"customer_id": name, "order_date": day, "status": "paid", "revenue": 9.0, "refunded": 0.0}
    | {"discount": 0.0, "outlet": "web"}
    for name, day in {"old": START, "a": CUT - pd.Timedelta(days=3)}.items()
]


def a_company(orders: list[dict], seed: int) -> dict[str, pd.DataFrame]:
    """A shop with these orders, and some rows of every other table that has features."""
    rng = np.random.default_rng(seed)

    def table(column: str, *, tz: str | None = None) -> pd.DataFrame:
        size = int(rng.integers(1, 30))
        day = START.tz_localize(tz) + pd.to_timedelta(rng.integers(0, 8_736, size), unit="h")
        who = rng.choice(["Zoë", "0007", "a", "b", "c"], size)
        return pd.DataFrame({"customer_id": who, column: day if tz else day.normalize()})

    orders = pd.DataFrame([*SURE, *orders]).assign(
        order_id=lambda rows: [f"O{k}" for k in range(len(rows))]
    )
    emails, boxes = table("sent_at", tz="UTC"), table("started_date")
    answers, length = table("responded_date"), rng.integers(1, 300, len(boxes))
    ends = boxes["started_date"] + pd.to_timedelta(length, unit="D")
    return {
        "orders": orders,
        "customers": table("joined_date").drop_duplicates("customer_id"),
        "order_lines": pd.DataFrame(
            {
                "order_id": orders["order_id"].tolist() * 2,
                "product_id": rng.choice(["x", "y", "z"], 2 * len(orders)),
            }
        ),
        "tickets": table("opened_at", tz="UTC"),
        "emails": emails.assign(
            opened=rng.random(len(emails)) < 0.5, held_out=rng.random(len(emails)) < 0.1
        ),
        "sessions": table("started_at", tz="UTC"),
        "subscriptions": boxes.assign(ended_date=ends.where(length < 250)),
        "survey_responses": answers.assign(nps=rng.integers(0, 11, len(answers))),
        "loyalty": table("moved_date"),
    }


companies = st.builds(a_company, st.lists(one_order, max_size=25), st.integers(0, 10**6))
DATED = {
    "orders": "order_date",
    "tickets": "opened_at",
    "emails": "sent_at",
    "sessions": "started_at",
    "subscriptions": "started_date",
    "survey_responses": "responded_date",
    "loyalty": "moved_date",
}


def late(table: pd.DataFrame, column: str) -> np.ndarray:
    return (table[column].dt.tz_localize(None) >= CUT).to_numpy()


def past_of(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables as they stood on the cut day: later rows and later ends are gone."""
    past = {name: tables[name][~late(tables[name], column)] for name, column in DATED.items()}
    boxes, lines = past["subscriptions"], tables["order_lines"]
    past["subscriptions"] = boxes.assign(ended_date=boxes["ended_date"].where(lambda d: d < CUT))
    past["customers"] = tables["customers"][~late(tables["customers"], "joined_date")]
    past["order_lines"] = lines[lines["order_id"].isin(past["orders"]["order_id"])]
    return past


def scrambled(tables: dict[str, pd.DataFrame], seed: int) -> dict[str, pd.DataFrame]:
    """Whatever is dated after the cut happens to others, on other days, in other terms."""
    rng = np.random.default_rng(seed)
    mixed = dict(tables)
    for name, column in DATED.items():
        table, rows = tables[name].copy(), late(tables[name], column)
        zone = table[column].dt.tz
        moved = CUT.tz_localize(zone) + pd.to_timedelta(rng.integers(0, 90, len(table)), unit="D")
        table[column] = table[column].mask(rows, pd.Series(moved, table.index))
        others = pd.Series(rng.choice(["a", "b", "new"], len(table)), table.index)
        table["customer_id"] = table["customer_id"].mask(rows, others)
        for number in {"revenue", "refunded", "discount", "nps"} & set(table):
            table[number] = table[number].mask(rows, 7)
        mixed[name] = table
    boxes = mixed["subscriptions"]
    later = CUT + pd.Timedelta(days=int(rng.integers(0, 60)))
    mixed["subscriptions"] = boxes.assign(
        ended_date=boxes["ended_date"].mask(boxes["ended_date"] >= CUT, later)
    )
    return mixed


@given(companies)
def test_features_are_the_same_when_the_future_is_deleted(tables) -> None:
    whole = taken(shop(**tables), horizon_weeks=None)
    known = taken(shop(**past_of(tables)), horizon_weeks=None)
    both = [name for name in whole if name in known]
    pd.testing.assert_frame_equal(whole[both], known[both])
    begun_later = whole.drop(columns=both)  # tables without a row before the cut
    assert begun_later.fillna(0).eq(0).all(axis=None)


@given(companies, st.integers(0, 99))
def test_features_are_the_same_when_the_future_is_scrambled(tables, seed) -> None:
    whole = taken(shop(**tables), horizon_weeks=None)
    mixed = taken(shop(**scrambled(tables, seed)), horizon_weeks=None)
    pd.testing.assert_frame_equal(whole, mixed)


def test_the_future_would_be_seen_if_it_were_used() -> None:
    """The two tests above can fail: the label, which is made of the future, changes."""
    tables = a_company([], 1)
    loyal = pd.concat([tables["orders"], tables["orders"].tail(1).assign(order_date=CUT)])
    loyal = loyal.assign(order_id=["1", "2", "3"])
    assert (
        taken(shop(loyal))["churned"].tolist() != taken(shop(tables["orders"]))["churned"].tolist()
    )


@given(companies)
def test_the_measures_of_orders_equal_a_plain_count(tables) -> None:
    orders = tables["orders"]
    bought = orders[
        (orders.status == "paid") & (orders.refunded < orders.revenue) & (orders.revenue >= 0.05)
    ]
    table = taken(shop(**tables))
    start = CUT - pd.Timedelta(weeks=13)
    window = bought[(bought.order_date >= start) & (bought.order_date < CUT)]
    assert table.customer_id.tolist() == sorted(window.customer_id.unique())
    for found in table.itertuples():
        mine = window[window.customer_id == found.customer_id]
        ever = bought[bought.customer_id == found.customer_id]
        after = ever[(ever.order_date >= CUT) & (ever.order_date < CUT + pd.Timedelta(weeks=13))]
        assert found.purchases == len(mine)
        assert found.spend == pytest.approx((mine.revenue - mine.refunded).sum(), abs=0.006)
        assert found.recency_days == (CUT - mine.order_date.max()).days
        assert found.outlets == mine.outlet.nunique()
        assert found.discount_share == (mine.discount > 0).mean()
        earlier = start - pd.Timedelta(weeks=13)
        assert (
            found.purchases_before
            == ever.order_date.between(earlier, start, inclusive="left").sum()
        )
        lines = tables["order_lines"]
        assert found.products == lines[lines.order_id.isin(mine.order_id)].product_id.nunique()
        assert found.churned == (len(after) == 0)
        if len(mine) > 1:
            assert found.gap_days == pytest.approx(
                (mine.order_date.max() - mine.order_date.min()).days / (len(mine) - 1)
            )


@given(companies)
def test_each_cut_is_taken_by_itself(tables) -> None:
    cuts = [CUT - pd.Timedelta(weeks=20), CUT - pd.Timedelta(weeks=4), CUT]
    try:
        together = taken(shop(**tables), dates=cuts)
    except MktlabError as problem:  # one of the cuts has nobody at risk
        assert "Nobody bought" in str(problem)
        return
    for cut in cuts:
        alone = taken(shop(**tables), dates=cut)
        part = together[together.cut_date == cut].reset_index(drop=True)
        pd.testing.assert_frame_equal(part, alone)


def test_what_happens_on_the_cut_day_is_the_future() -> None:
    company = shop(order_table(FIRST, ("a", "2025-03-30", 10), ("a", "2025-03-31", 99)))
    found = row(taken(company), "a")
    assert found[["recency_days", "purchases", "spend", "churned"]].tolist() == [1, 1, 10.0, False]


def test_the_horizon_ends_before_its_last_day() -> None:
    company = shop(order_table(FIRST, ("a", "2025-03-01", 10), ("a", "2025-05-12", 10)))
    assert not row(taken(company, horizon_weeks=7), "a")["churned"]
    assert row(taken(company, horizon_weeks=6), "a")["churned"]


def test_a_subscription_that_ends_on_the_cut_day_or_later_still_runs() -> None:
    boxes = pd.DataFrame(
        {
            "customer_id": ["a", "b"],
            "started_date": pd.to_datetime(["2025-01-01", "2025-01-01"]),
            "ended_date": pd.to_datetime(["2025-03-31", "2025-03-30"]),
            "cancel_reason": ["taste", "taste"],
        }
    )
    table = taken(shop(GOOD, subscriptions=boxes))
    assert table["subscribed"].tolist() == [1, 0]
    assert not {"cancel_reason", "ended_date"} & set(table)


def test_a_feature_is_empty_where_its_table_begins_later_than_the_window() -> None:
    opened = pd.to_datetime(["2025-02-01", "2025-03-15"], utc=True)
    late = pd.DataFrame({"customer_id": ["a", "a"], "opened_at": opened})
    assert taken(shop(GOOD, tickets=late))["tickets"].isna().all()
    assert taken(shop(GOOD, tickets=late), window_weeks=5)["tickets"].tolist() == [1, 0]


def test_today_can_be_scored_and_has_no_label() -> None:
    assert "churned" not in taken(shop(GOOD), dates=TODAY, window_weeks=20, horizon_weeks=None)


def test_more_tables_give_more_features_and_orders_alone_are_enough() -> None:
    company = mktlab.load("solane")
    whole = taken(company, dates="2025-06-30", window_weeks=26)
    assert set(churn.FEATURES) - set(whole) == {"visits"}  # a log of one person in seven
    orders = company.orders[["order_id", "customer_id", "order_date", "revenue"]]
    alone = SimpleNamespace(tables={"orders": orders}, today=company.today)
    table = taken(alone, dates="2025-06-30", window_weeks=26)
    assert list(table) == [
        "cut_date",
        "customer_id",
        *("recency_days", "purchases", "purchases_before", "spend", "gap_days", "tenure_weeks"),
        "churned",
    ]


def test_the_tables_are_left_as_they_were() -> None:
    before = GOOD.copy(deep=True)
    taken(shop(GOOD))
    pd.testing.assert_frame_equal(GOOD, before)


def extra(**changes: object) -> pd.DataFrame:
    rows = {"customer_id": ["a", "b"], "cut_date": CUT, "known_date": CUT - pd.Timedelta(days=1)}
    return pd.DataFrame(rows | {"calls": [3, 0]} | changes)


def test_features_of_ones_own_are_joined_by_cut_and_customer() -> None:
    table = taken(shop(GOOD), extra=extra().iloc[:1])
    assert table["calls"].fillna(-1).tolist() == [3, -1]
    assert list(table)[-1] == "churned"


@pytest.mark.parametrize("column", churn.UNDATED)
@pytest.mark.parametrize("table", ["", "customers."])
def test_columns_that_know_the_future_are_refused_by_name(column: str, table: str) -> None:
    with pytest.raises(MktlabError, match=f"{table}{column} cannot be a feature, because"):
        taken(shop(GOOD), features=["recency_days", table + column])
    with pytest.raises(MktlabError, match=f"{column} cannot be a feature, because"):
        taken(shop(GOOD), extra=extra().rename(columns={"calls": column}))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"known_date": CUT}, "2 rows known on or after their cut, first row 0, known on 2025-03"),
        ({"known_date": [CUT - pd.Timedelta(days=9), TODAY]}, "first row 1, known on 2025-06-30"),
        ({"known_date": pd.NaT}, "known_date of extra must be a day in every row"),
        ({"known_date": "2025-01-01"}, "known_date of extra must be a day"),
        ({"customer_id": ["a", "a"]}, "extra has 1 rows too many, first row 1"),
        ({"spend": 1.0}, "extra has spend, as the snapshots do"),
    ],
)
def test_a_feature_of_ones_own_must_have_been_known(change: dict, sentence: str) -> None:
    with pytest.raises(MktlabError, match=sentence):
        taken(shop(GOOD), extra=extra(**change))


@pytest.mark.parametrize("gone", ["known_date", "cut_date", "calls"])
def test_a_feature_of_ones_own_needs_its_days(gone: str) -> None:
    match = r"extra has no (column (known|cut)_date.*: it has|feature: give)"
    with pytest.raises(MktlabError, match=match):
        taken(shop(GOOD), extra=extra().drop(columns=gone))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"dates": "31/03/2025"}, "dates holds '31/03/2025': give days"),
        ({"dates": 20250331}, "dates holds 20250331: give days"),
        ({"dates": pd.NaT}, "dates holds NaT: give days"),
        ({"dates": pd.Timestamp("2025-03-31 12:00")}, "dates holds Timestamp.*: give days"),
        ({"dates": []}, "dates is empty"),
        ({"dates": [CUT, "2025-03-31"]}, "dates holds a cut day twice"),
        ({"dates": "2025-04-01"}, "too late: the 13 weeks after it end on 2025-07-01, and today"),
        ({"dates": "2031-01-01", "horizon_weeks": None}, "too late: today is 2025-06-30"),
        ({"dates": "2024-09-01"}, "begin before the first purchase .2024-07-01.: take cuts from"),
        ({"window_weeks": 1}, "Nobody bought in the 1 weeks before the cut 2025-03-31"),
        ({"window_weeks": 0}, "window_weeks is 0: give a whole number of weeks"),
        ({"window_weeks": 2.5}, "window_weeks is 2.5: give a whole number"),
        ({"horizon_weeks": True}, "horizon_weeks is True: give a whole number"),
        ({"horizon_weeks": -1}, "horizon_weeks is -1"),
        ({"features": []}, "features is empty: choose among recency_days"),
        ({"features": ["recency"]}, "features holds 'recency': choose among recency_days"),
        ({"features": "nps"}, "features asks for nps, which needs the table survey_responses"),
        ({"features": ["outlets"]}, "asks for outlets, which needs the column outlet of orders"),
    ],
)
def test_a_wrong_question_gets_one_sentence(change: dict, sentence: str) -> None:
    with pytest.raises(MktlabError, match=sentence) as told:
        taken(shop(GOOD), **change)
    assert "\n" not in str(told.value)


def test_a_sample_of_the_visitors_says_nothing_of_a_customer() -> None:
    some = SimpleNamespace(tables=a_company([], 1), today=TODAY, samples={"sessions": 0.5})
    assert "visits" in taken(SimpleNamespace(tables=some.tables, today=TODAY))
    assert "visits" not in taken(some)
    with pytest.raises(MktlabError, match="visits, which needs the table sessions, the whole of"):
        taken(some, features="visits")


@pytest.mark.parametrize(
    ("orders", "sentence"),
    [
        (GOOD.iloc[:0], "There are no orders"),
        (GOOD.drop(columns="revenue"), "orders has no column revenue: it has order_id"),
        (GOOD.assign(order_date="2025"), "order_date of orders holds String, not days"),
        (GOOD.assign(revenue="1,5"), "revenue of orders holds String, not numbers"),
        (
            GOOD.assign(revenue=[9.0, np.inf, 1.0]),
            "revenue is empty or infinite in 1 row, the first in row 1",
        ),
        (
            GOOD.assign(revenue=[9.0, 1.0, np.nan]),
            "revenue is empty or infinite in 1 row, the first in row 2",
        ),
        (
            GOOD.assign(revenue=[9.0, -1.0, 1.0]),
            "revenue is below 0 .* in 1 row, the first in row 1",
        ),
        (GOOD.assign(refunded=-1.0), "refunded is below 0 .* in 3 rows, the first in row 0"),
        (GOOD.assign(refunded=GOOD["revenue"]), "None of the 3 orders is a purchase"),
        (GOOD.assign(status="cancelled"), "None of the 3 orders is a purchase"),
        (GOOD.assign(revenue=0.01), "None of the 3 orders is a purchase"),
        (GOOD.assign(order_id="O1"), "order_id is not unique: 3 rows, 1 .* again in row 1"),
        (
            GOOD.assign(customer_id=["a", None, "b"]),
            "customer_id is empty in 1 row, the first in row 1",
        ),
        (
            GOOD.assign(order_date=[START, pd.NaT, CUT]),
            "order_date is empty in 1 row, the first in row 1",
        ),
        (
            GOOD.assign(order_date=[START, TODAY, CUT]),
            "2025-06-30, which is today, or later in 1 row, the first in row 1",
        ),
        (order_table(("a", "2025-03-30", 5.0)), "begin before the first purchase"),
    ],
)
def test_orders_that_cannot_be_counted_get_one_sentence(orders, sentence: str) -> None:
    with pytest.raises(MktlabError, match=sentence) as told:
        taken(shop(orders))
    assert "\n" not in str(told.value)


def test_one_customer_in_the_file_twice_is_refused() -> None:
    twice = pd.DataFrame({"customer_id": ["a", "a"], "joined_date": START})
    with pytest.raises(MktlabError, match="customers: a has a second row, row 1"):
        taken(shop(GOOD, customers=twice))


def test_a_table_is_no_company() -> None:
    with pytest.raises(MktlabError, match="company is a DataFrame: give a company"):
        taken(GOOD)


def test_one_customer_at_risk_is_enough() -> None:
    assert len(taken(shop(order_table(FIRST, ("a", "2025-03-30", 5.0))))) == 1
