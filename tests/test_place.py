"""Claims about channels and places: by hand, and where the truth is known."""

import numpy as np
import pandas as pd
import pytest

from mktlab import place
from mktlab.schema import MktlabError


def pilot(lost: float, *, seed: int = 0, zones: int = 12, noise: float = 0.02) -> pd.DataFrame:
    """A pilot whose first half of the towns has a channel from the 11th week of 20 on."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(zones):
        size = rng.lognormal(6, 0.4)
        for week in range(20):
            is_open = week >= 10 and number < zones // 2
            own = size * (1 + 0.4 * (week >= 10)) * np.exp(noise * rng.normal())
            rows.append(
                {
                    "week": pd.Timestamp("2025-01-06") + pd.Timedelta(weeks=week),
                    "zone": f"town {number}",
                    "channel": "shop" if number < zones // 2 else "none",
                    "opened": is_open,
                    "own_sales": own * (1 - lost * is_open),
                    "channel_sales": 0.2 * own * is_open,
                }
            )
    return pd.DataFrame(rows)


def test_a_season_that_all_zones_share_is_not_taken_for_the_channel():
    found = place.switching(pilot(0.1, noise=0.0)).loc["shop"]
    assert found["change"] == pytest.approx(-0.1)
    assert found["switched"] == pytest.approx(0.1 / 0.2)
    rows = place.changes(pilot(0.1, noise=0.0), "shop")
    assert (rows["change"] > 0.2).all()  # before and after alone, own sales grew


def test_the_interval_of_switching_covers_the_truth_as_often_as_it_says():
    hits = []
    for seed in range(200):
        found = place.switching(pilot(0.1, seed=seed)).loc["shop"]
        hits.append(found["low"] <= -0.1 <= found["high"])
    assert 0.90 <= np.mean(hits) <= 0.99


def test_without_zones_to_compare_with_nothing_is_told():
    table = pilot(0.1)
    with pytest.raises(MktlabError, match="others in which no channel ever did"):
        place.switching(table[table["channel"] == "shop"])
    with pytest.raises(MktlabError, match="own_sales"):
        place.switching(table.drop(columns="own_sales"))


def test_one_zone_on_a_side_gives_no_interval():
    table = pilot(0.1, zones=2)
    assert np.isnan(place.switching(table).loc["shop", "low"])


def places(seed: int, asked: int = 100) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    seats = rng.integers(20, 60, 6)
    rows = []
    for area in range(15):
        minutes = rng.integers(4, 40, 6)
        pull = seats**0.7 * minutes**-1.7
        visits = rng.multinomial(asked, pull / pull.sum())
        rows.append(
            pd.DataFrame({"area": area, "seats": seats, "minutes": minutes, "visits": visits})
        )
    return pd.concat(rows, ignore_index=True)


def test_huffs_powers_are_recovered_over_many_towns():
    miss = []
    for seed in range(100):
        found = place.attraction(places(seed))
        miss.append((found["power"] - [0.7, -1.7]) / found["error"])
    miss = np.array(miss)
    assert (np.abs(miss.mean(axis=0)) < 0.4).all()
    assert ((np.abs(miss) < 1.96).mean(axis=0) > 0.89).all()


def test_shares_of_an_area_sum_to_one_and_a_new_place_takes_from_all():
    table = places(1)
    powers = pd.Series({"seats": 0.7, "minutes": -1.7})
    before = place.shares(table, powers)
    assert before.groupby(table["area"]).sum().to_numpy() == pytest.approx(np.ones(15))
    new = pd.DataFrame({"area": range(15), "seats": 40, "minutes": 10})
    both = pd.concat([table, new], ignore_index=True)
    after = place.shares(both, powers)[: len(table)]
    assert (after < before).all()
    # Luce: what is left keeps its proportions
    ratio = (after / before).groupby(table["area"]).agg(["min", "max"])
    assert ratio["min"].to_numpy() == pytest.approx(ratio["max"].to_numpy())


def test_places_that_do_not_differ_tell_nothing():
    table = places(1).assign(seats=30)
    with pytest.raises(MktlabError, match="do not differ enough"):
        place.attraction(table)
    with pytest.raises(MktlabError, match="above 0"):
        place.attraction(places(1).assign(minutes=0))


def test_returned_goods_are_paid_for_and_commission_is_on_what_is_kept():
    terms = pd.DataFrame(
        {
            "channel": ["shop"],
            "commission": [0.25],
            "returns": [0.2],
            "listing_fee": [10.0],
            "payment_days": [73],
            "sales": [1000.0],
        }
    )
    found = place.accounts(terms, goods=0.4, credit=0.1).loc["shop"]
    assert found["sales"] == 800
    assert found["commission"] == -200
    assert found["goods"] == -400
    assert found["credit"] == pytest.approx(-0.1 * 0.2 * 600)
    assert found["margin"] == pytest.approx(800 - 200 - 400 - 10 - 12)
    with pytest.raises(MktlabError, match="commission"):
        place.accounts(terms.drop(columns="commission"), goods=0.4)
