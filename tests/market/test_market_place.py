"""Claims about where we sell: levers act as the truth says, and tables only observe."""

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from declared import assert_declared

from benchmarks import realism
from mktlab import merchandising, place
from mktlab.market import partners, shelf_space, sites
from mktlab.market.doors import Nudge
from mktlab.market.observed import place as observed
from mktlab.market.run import past
from mktlab.market.truth import place as truth
from mktlab.market.truth.counterfactual import Rewind
from mktlab.market.week import begin, play
from mktlab.plan import Plan
from mktlab.plan.mix import BASE, FACINGS, PARTNERS, SHELF, SITES

PLAYED = (0.6, 1.4)  # a year of the market over the closed form, written before a look


def deciding(**place_levers):
    return replace(BASE, place=replace(BASE.place, **place_levers))


@pytest.fixture(scope="module")
def worlds():
    return [past(people=3000, weeks=60, seed=seed) for seed in range(2)]


@functools.cache
def rewind():
    before = play(begin(people=3000, weeks=104, seed=5), 52)
    return Rewind.of(before, play(before.copy(), 52))


def test_tables_are_as_declared(worlds):
    for history in worlds:
        assert_declared("channel_terms", observed.channel_terms(history))
        assert_declared("openings", observed.openings(history))
        assert_declared("sites", observed.site_table(history))
        assert_declared("shelf_weeks", observed.shelf_weeks(history))


def test_a_small_market_has_them_too():
    history = past(people=100, weeks=13, seed=1)
    for table in (observed.channel_terms, observed.openings, observed.shelf_weeks):
        assert len(table(history))
    for table in (truth.openings, truth.site_profits, truth.shelf, truth.levels):
        assert len(table(history))


def test_numbers_are_as_real_ones():
    """In each of many markets what `docs/realism.md` asks of the mean of four."""
    known = realism.quantities()
    for seed in range(20):
        offers = partners.partners(seed).values()
        found = {
            "space_elasticity": [shelf_space.elasticities(seed).mean()],
            "paris_cafe": [sites.sales(sites.town(seed))[sites.OURS]],
            "partner_least": [offer.switch for offer in offers],
            "partner_first": [offer.payment_days for offer in offers],
        }
        for name, values in found.items():
            for value in values:
                assert known[name].judge([value])[2] == "inside", (seed, name, value)


def test_no_choice_does_nothing(worlds):
    for act in (partners.act, sites.act, shelf_space.act):
        assert act(worlds[0], 59, BASE) == Nudge()


def test_a_draw_gave_every_town_of_the_pilot_its_channel(worlds):
    told = observed.openings(worlds[0])
    towns = told.drop_duplicates("zone")["channel"].value_counts()
    assert (towns == 6).all() and len(towns) == 4
    assert not told.loc[~told["opened"], "channel_sales"].any()
    assert (told.loc[told["opened"], "channel_sales"] > 0).all()


def test_the_pilot_gives_the_truth_back_and_before_and_after_does_not():
    miss, naive = [], []
    for seed in range(12):
        history = past(people=150, weeks=54, seed=seed)
        table = observed.openings(history)
        found = place.switching(table)
        true = truth.openings(history).set_index("channel")
        error = (found["switched_high"] - found["switched_low"]) / 4.15
        miss.append((found["switched"] - true["switched"]) / error)
        rows = place.changes(table, "retailer").query("opened")
        naive.append(rows["after"].sum() / rows["before"].sum() - 1)
    assert abs(np.mean(miss)) < 0.6
    assert 0.6 < np.std(miss) < 1.5
    assert np.mean(naive) > 0  # own sales seem to grow by the retailer


@pytest.mark.slow
def test_at_home_a_channel_takes_what_it_takes_in_the_pilot():
    over = []
    for seed in range(8):
        before = play(begin(people=3000, weeks=104, seed=seed), 52)
        again = Rewind.of(before, play(before.copy(), 52))
        home, abroad = truth.channel_terms(again), truth.openings(again.history)
        over.append(home["switched"].to_numpy() / abroad["switched"].to_numpy())
    assert np.abs(np.mean(over, axis=0) - 1).max() < 0.15


def test_where_people_go_gives_the_powers_back():
    miss, base = [], past(people=100, weeks=13, seed=0)
    for seed in range(20):
        history = replace(base, seed=seed)
        table = observed.site_table(history)
        seen = table.assign(visits=table["visits"].astype("float64"))
        found = place.attraction(seen)
        miss.append(found["power"] - [sites.SIZE, -sites.DISTANCE])
    assert np.abs(np.mean(miss, axis=0)).max() < 0.12


def test_every_shelf_holds_thirty_facings_and_sells_what_the_truth_expects(worlds):
    for history in worlds:
        told = observed.shelf_weeks(history)
        room = told.groupby(["week", "zone"])["facings"].sum()
        assert (room == FACINGS).all()
        assert set(told["product_id"]) == set(SHELF)
        true = truth.shelf(history)["pieces"].sum()
        assert told["pieces"].sum() == pytest.approx(true, rel=0.15)


def test_each_product_has_few_and_many_facings(worlds):
    for history in worlds:
        told = observed.shelf_weeks(history)
        blocks = told[told["week"].isin(sorted(told["week"].unique())[::4])]
        many = blocks.groupby("product_id")["facings"].apply(lambda f: (f == 5).mean())
        assert many.between(0.25, 0.75).all()


@pytest.mark.slow
def test_the_rotation_gives_the_elasticities_back():
    miss = []
    for seed in range(8):
        history = past(people=8000, weeks=60, seed=seed)
        told = observed.shelf_weeks(history)
        found = merchandising.space(told)
        true = truth.shelf(history).set_index("product_id")["elasticity"]
        miss.append((found["elasticity"] - true) / found["error"])
    assert abs(np.mean(miss)) < 0.35
    assert 0.7 < np.std(miss) < 1.4


def test_partners_move_the_books_as_their_terms_say():
    again, offers = rewind(), partners.partners(5)
    for name in PARTNERS:
        played, offer = again.play({}, partners=(name,)), offers[name]
        books = played.accounts.sum()
        kept = books[f"{name} sales"]
        assert books[f"{name} commission"] == pytest.approx(-offer.commission * kept, abs=1)
        sold = kept / (1 - offer.returns)
        assert books[f"{name} goods"] == pytest.approx(-partners.GOODS_SHARE * sold, abs=1)
        lost = again.year.accounts["shop sales"].sum() - books["shop sales"]
        low, high = (end * offer.switch * sold for end in PLAYED)
        assert low < lost < high


def test_a_fifth_cafe_earns_what_the_quarters_say_and_takes_from_ours():
    again = rewind()
    there = sites.town(5)
    best = truth.site_profits(again.history).set_index("place")
    site = str(best["from_ours"].idxmax())
    played = again.play({}, cafe=site)
    books = played.accounts.sum() - again.year.accounts.sum().reindex(
        played.accounts.columns, fill_value=0.0
    )
    assert books["fifth café sales"] == pytest.approx(best.loc[site, "sales"], rel=0.01)
    paid = books["cafe"] + books["fifth café rent"]  # staff, fit-out and rent
    rent = there.rent[SITES.index(site)]
    assert paid == pytest.approx(-52 * 0.25 * (60 * 18.5 + 240 + rent), rel=0.001)
    low, high = PLAYED
    paris = sites.sales(there)[sites.OURS]
    ours = sum(w.cafes.expected_sales[sites.CITY] for w in again.year.weeks)
    lost = ours - sum(w.cafes.expected_sales[sites.CITY] for w in played.weeks)
    expected = best.loc[site, "from_ours"] / (0.25 * paris)
    assert low * 0.7 * expected < lost / ours < high * expected  # a full café has guests to lose


def test_facings_move_the_books_as_the_elasticities_say():
    again = rewind()
    layout = {name: "1" if name[:3] in ("BEA", "GRO", "CAP") else "6" for name in SHELF}
    played = again.play({}, facings=layout)
    told = truth.shelf(again.history).set_index("product_id")
    given = pd.Series(layout).astype(float)
    gain = told["margin"] * (given ** told["elasticity"] / told["over_one_facing"] - 1)
    earned = played.profit - again.year.profit
    assert PLAYED[0] < earned / gain.sum() < PLAYED[1]
    assert gain.sum() > 0


def test_a_plan_plays_them_and_refuses_what_does_not_fit():
    plan = Plan.baseline().but(
        place={"partners": ("wholesaler",), "cafe": "park", "facings": {"TEA-01": "3"}},
        budget=700_000,
    )
    assert plan.validate() == []
    crowded = Plan.baseline().but(place={"facings": {"TEA-01": "12"}})
    (sentence,) = crowded.validate()
    assert "room for 30" in sentence
    (wrong,) = Plan.baseline().but(place={"cafe": "beach"}).validate()
    assert "beach" in wrong and "arcade" in wrong
