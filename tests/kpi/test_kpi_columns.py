"""Tables as people have them: without an optional column, with a key twice, or contradicting."""

import numpy as np
import pandas as pd
import pytest
from turns import a_third

from mktlab import dashboard, kpi
from mktlab.company import Company
from mktlab.schema import MktlabError
from mktlab.tables import TABLES

TODAY = pd.Timestamp("2025-04-01")
SINCE = {"start": "2025-03-06"}  # with orders before, so that somebody can come back
LOST = {
    "ad_spend.clicks": {"ctr", "cpc"},
    "ad_spend.claimed_conversions": {"cpa"},
    "ad_spend.impressions": {"cpm", "ctr"},
    "email_campaigns.delivered": {"mailing_click_rate"},
    "emails.clicked": {"email_click_rate"},
    "emails.opened": {"open_rate"},
    "emails.unsubscribed": {"unsubscribe_rate"},
    "orders.delivered_date": {"late_share", "delivery_time"},
    "orders.discount": {"discount_rate"},
    "orders.refunded": {"refund_rate"},
    "orders.status": {"cancellation_rate"},
    "products.unit_cost": {"margin", "margin_rate", "markup_rate", "lifetime_value"},
    "reservations.showed_up": {"no_show_rate"},
    "sessions.added_to_cart": {"cart_rate", "cart_abandonment"},
    "sessions.pages": {"bounce_rate"},
    "store_weeks.staff_hours": {"visits_per_staff_hour"},
    "store_weeks.wait_minutes": {"wait_minutes"},
    "subscriptions.ended_date": {"subscriptions", "subscription_churn"},
    "survey_responses.service": {"service_rating"},
    "tickets.closed_at": {"ticket_hours"},
    "web_metrics.purchases": {"web_purchase_rate"},
}
"""Optional column -> the KPIs that nobody can compute without it."""
SPLITS = {
    "ad_spend.zone": "ad_spend",
    "customers.acquisition_channel": "revenue",
    "customers.zone": "new_customers",
    "orders.outlet": "order_value",
    "products.category": "units",
    "sessions.channel": "visits",
    "sessions.device": "conversion",
    "store_weeks.zone": "cafe_revenue",
    "tickets.topic": "tickets",
}
"""Optional column -> a KPI that can be split by it."""


def made(name):
    """Six sound rows of a table, as it is declared; what has a default has it in every row."""
    higher = [high for _, high in TABLES[name].ordered]
    rows = np.arange(6)
    columns = {}
    for column in TABLES[name].columns:
        days = pd.Timestamp("2025-03-03") + pd.to_timedelta(
            rows + (column.name in higher), unit="D"
        )
        number = 1 + rows + 20 * (column.name in higher) * (1 + (column.name == "asked"))
        columns[column.name] = {
            "id": [f"{i}" for i in rows],
            "text": ["a", "b"] * 3,
            "choice": [(column.allowed or ("",))[0]] * 6,
            "date": days,
            "instant": days.tz_localize("UTC"),
            "flag": [True, False] * 3,
            "count": number,
        }.get(column.kind, number * 1.0)
        if column.default is not None and name in ("orders", "emails"):
            columns[column.name] = column.default
    return pd.DataFrame(columns)


OWN = {name for name, one in kpi.KPIS.items() if not one.given}
USED = sorted({table for one in kpi.KPIS.values() for table in one.tables})
FULL = {name: made(name) for name in USED}
OPTIONAL = [f"{t}.{c.name}" for t in USED for c in TABLES[t].columns if not c.required]


def firm(**changed):
    return Company({**FULL, **changed}, name="a", today=TODAY)


def without(place):
    name, column = place.split(".")
    return firm(**{name: FULL[name].drop(columns=column)})


def values(company, *names, **how):
    return kpi.compute(company, names or None, **how).set_index("kpi")["value"]


@pytest.fixture(scope="module")
def whole():
    return values(firm(), **SINCE)


@pytest.fixture(scope="module")
def drawn():
    return set(kpi.intervals(firm(), **SINCE)["kpi"])


def test_the_made_company_has_every_kpi_and_breaks_no_rule(whole):
    assert set(whole.index) == OWN
    for name in USED:
        for low, high in TABLES[name].ordered:
            assert (FULL[name][low] <= FULL[name][high]).all()


@pytest.mark.parametrize("place", a_third([*OPTIONAL]))
def test_without_an_optional_column_only_what_needs_it_is_left_out(whole, drawn, place):
    company, lost = without(place), LOST.get(place, set())
    found = values(company, **SINCE)
    assert OWN - set(found.index) == lost
    assert kpi.available(company) == list(found.index)
    changed = ["late_share"] if place == "orders.promised_date" else []  # takes three days instead
    pd.testing.assert_series_equal(found.drop(changed), whole.drop([*lost, *changed]))
    assert set(kpi.intervals(company, **SINCE)["kpi"]) == drawn - lost
    table, column = place.split(".")
    for name in lost:
        for ask in (kpi.compute, kpi.intervals) if name in drawn else (kpi.compute,):
            with pytest.raises(MktlabError, match=f"{name} needs the column {column} of {table}"):
                ask(company, name)


@pytest.mark.parametrize("place", SPLITS)
def test_a_split_by_a_column_that_is_not_there_says_which_and_what_there_is(place):
    table, column = place.split(".")
    missing = (
        rf"by {column} \(the column {column} of {table} is missing\); it can be by week, month"
    )
    with pytest.raises(MktlabError, match=missing):
        kpi.compute(without(place), SPLITS[place], by=column)
    assert len(kpi.compute(firm(), SPLITS[place], by=column)) == 2
    alone = Company({table: FULL[table].drop(columns=column)}, name="a", today=TODAY)
    if table != "products":  # on its own it has no KPI at all
        with pytest.raises(MktlabError, match=missing.replace("it can be by", "choose among")):
            kpi.compute(alone, by=column)


@pytest.mark.parametrize("place", a_third([*{**LOST, **SPLITS}]))
def test_the_dashboard_opens_without_an_optional_column_and_shows_the_kpis(place):
    company = without(place)
    board = dashboard.Board(company)
    chosen = board.latest(8)
    tiles = board.page(chosen).tiles.set_index("kpi")["value"]
    margins = {"actual_margin_rate", "margin_rate"}
    shown = set(dashboard.figures.TILES) - {"margin_rate"}
    assert set(tiles.index) == shown - (LOST.get(place, set()) - margins)
    found = values(company, *tiles.index, start=chosen.start)
    assert tiles.to_dict() == pytest.approx(found[tiles.index].to_dict())


# Keys with two rows


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("customers", {"names": "revenue", "by": "zone"}),
        ("customers", {"names": "late_share", "by": "acquisition_channel"}),
        ("customers", {"names": "margin", "by": ["month", "zone"]}),
        ("customers", {"names": "new_customers"}),
        ("products", {"names": "units"}),
        ("products", {"names": "margin", "by": "category"}),
        ("products", {}),
    ],
)
def test_a_key_with_two_rows_is_refused_where_it_would_multiply(name, how):
    twice = firm(**{name: pd.concat([FULL[name], FULL[name].tail(1)], ignore_index=True)})
    with pytest.raises(MktlabError, match=f"{name}: 5 has a second row, row 6; every {name[:-1]}"):
        kpi.compute(twice, **how)
    assert values(twice, "tickets")["tickets"] == 6


# Rows whose columns contradict each other


def spoiled(name, **cells):
    """The made company with the first row of a table changed."""
    table = FULL[name].copy()
    for column, value in cells.items():
        table.loc[0, column] = value
    return firm(**{name: table})


def without_first(name):
    return firm(**{name: FULL[name].iloc[1:]})


EARLY = pd.Timestamp("2025-01-01")


@pytest.mark.parametrize(
    ("name", "cells", "kpis"),
    [
        ("orders", {"delivered_date": EARLY}, ["delivery_time", "late_share"]),
        ("tickets", {"closed_at": EARLY.tz_localize("UTC")}, ["ticket_hours"]),
        ("subscriptions", {"ended_date": EARLY}, ["subscriptions"]),
        ("ad_spend", {"clicks": 900}, ["ctr"]),
        ("ad_spend", {"clicks": None}, ["ctr", "cpc"]),  # such as radio
        ("store_weeks", {"sales": 900}, ["cafe_conversion"]),
        ("awareness", {"spontaneous": 900}, ["awareness", "aided_awareness"]),
        ("awareness", {"aided": 900}, ["awareness", "aided_awareness"]),
        ("market_panel", {"buyers": 900}, ["penetration"]),
    ],
)
def test_a_row_that_contradicts_itself_is_left_out_of_what_it_would_spoil(name, cells, kpis):
    found, clean = values(spoiled(name, **cells)), values(without_first(name), *kpis)
    assert found[kpis].to_dict() == pytest.approx(clean[kpis].to_dict())
    counts = ["orders", "revenue", "tickets", "cafe_visits", "ad_spend", "cafe_revenue"]
    assert found[counts].to_dict() == values(firm(), *counts).to_dict()


def test_a_refund_takes_off_no_more_than_the_revenue_of_its_order():
    found = values(spoiled("orders", refunded=15.0))  # of 21, with a delivery of 0
    assert found["revenue"] == values(firm(), "revenue")["revenue"] - 15
    found = values(spoiled("orders", refunded=30.0))
    rest = FULL["orders"]["revenue"].iloc[1:].sum()
    assert (found["revenue"], found["orders"]) == (rest, 5)
    assert found["refund_rate"] == pytest.approx(21 / (rest + 21))


def test_a_purchase_without_a_cart_is_no_cart_left():
    visits = FULL["sessions"].assign(
        added_to_cart=[True, True, False, False, False, True], purchased=[True] * 3 + [False] * 3
    )
    assert values(firm(sessions=visits), "cart_abandonment").item() == pytest.approx(1 / 3)
