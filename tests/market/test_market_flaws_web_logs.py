"""Claims about what is planted in logged tables: all on record, none beyond the tables."""

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from mktlab.market.flaws.web_logs import LOGGED_FLAWS
from mktlab.market.observed import journeys, media, observe, web
from mktlab.market.run import past as run
from mktlab.tables import TABLES

SEED = 21
STRIKES = {
    "platform_claims": {"ad_spend"},
    "consent_loss": {"sessions"},
    "rage_clicks": {"page_clicks"},
    "bots": {"sessions", "page_clicks"},
}


@pytest.fixture(scope="module")
def clean():
    history = run(people=6000, weeks=30, seed=SEED)
    sessions = web.sessions(history)
    return observe(history) | {
        "ad_spend": media.ad_spend(history),
        "social_posts": media.social_posts(history),
        "reservations": media.reservations(history),
        "sessions": sessions,
        "page_clicks": web.page_clicks(history, sessions),
        "touchpoints": journeys.touchpoints(history),
    }


@pytest.fixture(scope="module")
def damaged(clean):
    return plant(clean, LOGGED_FLAWS)


def plant(tables, names):
    tables, logs = dict(tables), []
    for name in names:
        changed, log = LOGGED_FLAWS[name](tables, SEED)
        tables |= changed
        logs.append(log)
    return tables, pd.concat(logs, ignore_index=True)


def key_of(name):
    return TABLES[name].key[0]


@pytest.mark.parametrize("flaw", LOGGED_FLAWS)
def test_a_flaw_touches_its_tables_and_no_other(clean, flaw):
    before = {name: table.copy() for name, table in clean.items()}
    changed, log = LOGGED_FLAWS[flaw](clean, SEED)
    assert set(changed) == STRIKES[flaw] == set(log["table"])
    assert set(log["flaw"]) == {flaw}
    for name, table in before.items():
        pd.testing.assert_frame_equal(table, clean[name], check_exact=True)


@pytest.mark.parametrize("flaw", ["consent_loss", "rage_clicks", "bots"])
def test_the_log_names_every_row_touched_and_no_other(clean, flaw):
    changed, log = LOGGED_FLAWS[flaw](clean, SEED)
    for name, table in changed.items():
        old, new = clean[name].set_index(key_of(name)), table.set_index(key_of(name))
        added = new.index.difference(old.index)
        assert len(old.index.difference(new.index)) == 0
        kept = new.loc[old.index]
        differs = ((kept != old) & ~(kept.isna() & old.isna())).any(axis=1)
        logged = log.loc[log["table"] == name, "key"]
        assert set(logged) == set(added) | set(old.index[differs])


@pytest.mark.parametrize("flaw", LOGGED_FLAWS)
def test_the_same_seed_plants_the_same(clean, flaw):
    once, twice = (LOGGED_FLAWS[flaw](clean, SEED) for _ in range(2))
    pd.testing.assert_frame_equal(once[1], twice[1], check_exact=True)
    for name in once[0]:
        pd.testing.assert_frame_equal(once[0][name], twice[0][name], check_exact=True)


def test_damaged_tables_are_still_as_declared_and_their_keys_join(damaged):
    tables, _ = damaged
    for name in ("ad_spend", "sessions", "page_clicks"):
        assert_declared(name, tables[name])
        for column in TABLES[name].columns:
            if column.refers_to:
                known = tables[name][column.name].dropna()
                assert known.isin(tables[column.refers_to][column.name]).all()


def test_bots_are_18_percent_of_visits_and_come_at_night_without_buying(clean, damaged):
    tables, log = damaged
    planted = log[(log["flaw"] == "bots") & (log["table"] == "sessions")]["key"]
    visits = tables["sessions"].set_index("session_id")
    bots = visits.loc[planted]
    assert len(bots) / len(visits) == pytest.approx(0.18, abs=0.001)
    assert bots["started_at"].dt.hour.between(1, 4).all()
    assert (bots["pages"] == 1).all() and not bots["viewed_product"].any()
    assert not bots["visitor_id"].isin(clean["sessions"]["visitor_id"]).any()
    pause = bots.sort_values(["visitor_id", "started_at"]).groupby("visitor_id")["started_at"]
    assert (pause.diff().dropna() == pd.Timedelta(seconds=1)).all()
    assert visits["started_at"].is_monotonic_increasing


def test_bots_hide_a_fifth_of_the_conversion(clean, damaged):
    before, after = clean["sessions"]["purchased"], damaged[0]["sessions"]["purchased"]
    assert before.sum() == after.sum()
    assert after.mean() / before.mean() == pytest.approx(0.82, abs=0.001)


def test_bots_click_on_a_grid(damaged):
    tables, log = damaged
    planted = log[(log["flaw"] == "bots") & (log["table"] == "page_clicks")]["key"]
    clicks = tables["page_clicks"].set_index("click_id")
    grid = clicks.loc[planted]
    assert len(grid) / len(clicks) == pytest.approx(0.04, abs=0.002)
    assert (grid["x"] % 40 == 0).all() and (grid["y"] % 40 == 0).all()
    visits = set(log[(log["flaw"] == "bots") & (log["table"] == "sessions")]["key"])
    assert set(grid["session_id"]) <= visits


def test_consent_is_lost_by_browser_for_30_percent_of_visits(clean, damaged):
    log = damaged[1].query("flaw == 'consent_loss'").set_index("key")
    before = clean["sessions"].set_index("session_id")
    after = damaged[0]["sessions"].set_index("session_id").loc[before.index]
    assert len(log) / len(before) == pytest.approx(0.30, abs=0.03)
    lost = after.loc[log.index]
    assert (lost["channel"] == "unknown").all() and lost["customer_id"].isna().all()
    assert (
        not before.loc[before.index.difference(log.index), "visitor_id"]
        .isin(lost["visitor_id"])
        .any()
    )
    true = log["true_value"].str.split("/", expand=True)
    assert (true[0] == before.loc[log.index, "channel"]).all()
    assert (true[1] == before.loc[log.index, "customer_id"].fillna("")).all()


def test_rage_comes_in_bursts_on_one_spot(clean, damaged):
    log = damaged[1].query("flaw == 'rage_clicks'")
    clicks = damaged[0]["page_clicks"].set_index("click_id")
    rage = clicks.loc[log["key"]]
    assert len(rage) / len(clicks) == pytest.approx(0.06, abs=0.005)
    spot = rage.groupby(["session_id", "page", "screen_width"])
    assert spot.size().median() >= 3
    calm = clean["page_clicks"].groupby("session_id").size()
    angry = damaged[0]["page_clicks"].groupby("session_id").size()
    assert (
        angry.reindex(rage["session_id"].unique()) > calm.reindex(rage["session_id"].unique())
    ).all()
    first = rage.reset_index().merge(clean["page_clicks"], on=["session_id", "page"])
    near = (first["x_x"] - first["x_y"]).abs().le(12) & (first["y_x"] - first["y_y"]).abs().le(12)
    assert set(first.loc[near, "click_id_x"]) == set(rage.index)


def test_platforms_claim_130_percent_of_the_web_orders(clean, damaged):
    orders = clean["orders"].query("outlet == 'web' and status == 'paid'")
    billed = damaged[0]["ad_spend"]
    claimed = billed["claimed_conversions"]
    assert claimed.sum() / len(orders) == pytest.approx(1.30, abs=0.05)
    assert claimed.isna().equals(billed["channel"] == "radio")
    assert (claimed[billed["spend"] == 0].dropna() == 0).all()
    assert billed.drop(columns="claimed_conversions").equals(clean["ad_spend"])


def test_platforms_claim_by_spend_and_not_by_effect(damaged):
    billed = damaged[0]["ad_spend"]
    sums = billed.groupby("channel")[["claimed_conversions", "spend"]].sum()
    per_euro = sums["claimed_conversions"] / sums["spend"]
    assert per_euro["search_brand"] > 2 * per_euro["social"]  # whose effect is far larger


def test_a_flaw_strikes_the_same_rows_whichever_others_do(clean, damaged):
    for name in LOGGED_FLAWS:
        alone = LOGGED_FLAWS[name](clean, SEED)[1].query("table == 'sessions'")
        together = damaged[1].query("table == 'sessions' and flaw == @name")
        assert np.array_equal(alone["key"], together["key"])


def test_a_market_too_small_for_visits_has_none_to_damage():
    history = run(people=100, weeks=13, seed=9)
    sessions = web.sessions(history)
    assert sessions.empty
    tables = observe(history) | {
        "ad_spend": media.ad_spend(history),
        "sessions": sessions,
        "page_clicks": web.page_clicks(history, sessions),
    }
    damaged, log = plant(tables, LOGGED_FLAWS)
    assert set(log["table"]) == {"ad_spend"}
    for name in ("ad_spend", "sessions", "page_clicks"):
        assert_declared(name, damaged[name])
