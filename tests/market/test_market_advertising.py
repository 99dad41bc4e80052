"""Claims about paid channels: spend, carry-over, saturation, experiments, awareness."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mktlab.market import advertising as ads
from mktlab.market.prices import draw_climate, seasons
from mktlab.market.world import ZONES
from mktlab.plan.mix import BASE, CHANNELS

WEEKS = 520
BRAND, RADIO = CHANNELS.index("search_brand"), CHANNELS.index("radio")


@pytest.fixture(scope="module")
def media():
    return ads.draw_media(4, WEEKS)


@pytest.fixture(scope="module")
def climate():
    return draw_climate(4, WEEKS)


def budget(**euros):
    return dataclasses.replace(BASE, promotion=dataclasses.replace(BASE.promotion, **euros))


def everywhere(number):
    return np.full((len(CHANNELS), len(ZONES)), float(number))


def test_channels_are_those_of_the_plan():
    assert tuple(channel.name for channel in ads.MEDIA) == CHANNELS


def test_adstock_of_one_burst_of_radio_is_100_70_49_34():
    kept, spent = everywhere(0), everywhere(100)
    series = []
    for _ in range(4):
        kept, spent = ads.linger(kept, spent), everywhere(0)
        series.append(kept[RADIO, 0])
    assert np.allclose(series, [100, 70, 49, 34.3])


def test_radio_halves_in_two_weeks_and_social_in_less_than_one():
    half_life = np.log(0.5) / np.log(ads.of_media("carryover"))
    assert half_life[RADIO] == pytest.approx(1.94, abs=0.01)
    assert half_life[ads.SOCIAL] == pytest.approx(0.66, abs=0.01)
    assert half_life.argmax() == RADIO


def test_steady_spend_builds_up_to_spend_over_what_is_lost():
    kept = everywhere(0)
    for _ in range(80):
        kept = ads.linger(kept, everywhere(10))
    assert np.allclose(kept, 10 / (1 - ads.of_media("carryover"))[:, None])


@pytest.mark.parametrize("scale", [0.05, 1.0, 10.0])
def test_todays_budget_buys_half_of_the_reach_in_a_market_of_any_size(scale):
    usual = ads.normal_spend(scale) / (1 - ads.of_media("carryover"))[:, None]
    assert np.allclose(ads.response(usual, scale=scale), 0.5)


@given(level=st.floats(0, 100), more=st.floats(0.01, 100))
def test_each_further_euro_reaches_fewer(level, more):
    usual = ads.normal_spend(1.0) / (1 - ads.of_media("carryover"))[:, None]
    reach = [ads.response(k * usual, scale=1.0) for k in (level, level + more, level + 2 * more)]
    assert (reach[2] > reach[1]).all()
    assert (reach[1] - reach[0] > reach[2] - reach[1]).all()
    assert (ads.response(0 * usual, scale=1.0) == 0).all()
    assert (reach[2] < 1).all()


@pytest.mark.parametrize("effect", ["on_orders", "on_joining"])
def test_the_holdout_misses_social_advertising_and_nothing_else(effect):
    reach = np.linspace(0.1, 0.9, 6 * len(ZONES)).reshape(6, -1)
    shown, held_out = ads.lifts(reach, effect).T
    assert np.allclose(shown, ads.of_media(effect) @ reach)
    assert np.allclose(shown - held_out, ads.of_media(effect)[ads.SOCIAL] * reach[ads.SOCIAL])


def test_todays_advertising_is_the_normal_week_of_the_demand():
    assert np.allclose(ads.lifts(everywhere(0.5), "on_orders")[:, 0], ads.USUAL_LIFT, atol=0.001)
    assert np.allclose(ads.lifts(everywhere(0.5), "on_joining")[:, 0], 0.76)


def test_a_longer_draw_begins_with_the_shorter_one(media):
    short = ads.draw_media(4, 60)
    for field in dataclasses.fields(short):
        assert np.array_equal(getattr(short, field.name), getattr(media, field.name)[:60])


def test_budget_experiments_darken_one_channel_in_6_of_13_zones_for_8_weeks_of_11(media):
    assert media.in_experiment.sum(axis=1).tolist() == [0, 0, 0, *[1] * 8] * 47 + [0, 0, 0]
    dark_zones = media.dark.sum(axis=2)
    assert np.array_equal(dark_zones, 6 * media.in_experiment)
    first = media.dark[3:11]
    assert (first == first[0]).all()


def test_every_channel_and_zone_takes_its_turn_in_the_dark():
    waves = np.concatenate([ads.draw_media(seed, 264).dark[3::11] for seed in range(12)])
    share = waves.any(axis=2).mean(axis=0)
    assert (np.abs(share - 1 / 6) < 3 * np.sqrt(1 / 6 * 5 / 6 / len(waves))).all()
    by_zone = waves.any(axis=1).mean(axis=0)
    assert (np.abs(by_zone - 6 / 13) < 3 * np.sqrt(0.25 / len(waves))).all()


def test_nothing_is_spent_in_the_dark(media, climate):
    week = 5
    spent = ads.spend(media, climate, week, BASE, scale=1.0)
    assert (spent[media.dark[week]] == 0).all()
    assert (spent[~media.dark[week]] > 0).all()


def test_flights_are_1_on_average(media):
    blocks = media.flight[::4]
    error = blocks.std() / np.sqrt(blocks.size)
    assert abs(blocks.mean() - 1) < 3 * error


def lit_spend(media, climate, channel):
    """Log spend by week of a channel where it is not dark, mean of zones over their size."""
    size = np.log(ads.normal_spend(1.0)[channel])
    weeks = []
    for week in range(WEEKS):
        spent = ads.spend(media, climate, week, BASE, scale=1.0)[channel]
        lit = ~media.dark[week, channel]
        weeks.append((np.log(spent[lit]) - size[lit]).mean())
    return np.array(weeks)


def test_brand_search_follows_demand_and_radio_does_not(media, climate):
    demand = 3 * climate.shock.mean(axis=1)
    demand += 0.8 * (climate.season - seasons(np.arange(52.0)).mean(axis=0)).mean(axis=1)
    brand, radio = (np.corrcoef(lit_spend(media, climate, c), demand)[0, 1] for c in (BRAND, RADIO))
    assert brand > 0.7
    # Flights last four weeks, so 520 weeks are 130 independent looks.
    assert abs(radio) < 2.6 / np.sqrt(WEEKS / 4)


def test_spend_is_proportional_to_the_budget_and_to_the_market(media, climate):
    week = 2
    usual = ads.spend(media, climate, week, BASE, scale=1.0)
    doubled = ads.spend(media, climate, week, budget(radio=2 * BASE.promotion.radio), scale=1.0)
    assert np.allclose(doubled[RADIO], 2 * usual[RADIO], atol=0.02)
    others = np.arange(6) != RADIO
    assert np.array_equal(doubled[others], usual[others])
    assert np.allclose(ads.spend(media, climate, week, BASE, scale=3.0), 3 * usual, atol=0.03)


def test_without_advertising_awareness_falls_to_14_percent_and_with_it_stays():
    kept = faded = np.full(len(ZONES), ads.AWARENESS_AT_START)
    for _ in range(1500):
        kept = ads.know(kept, everywhere(0.5), word_of_mouth=1.0)
        faded = ads.know(faded, everywhere(0), word_of_mouth=1.0)
    assert np.allclose(kept, ads.AWARENESS_AT_START, atol=0.02)
    assert np.allclose(faded, 0.0015 / 0.0105)


@pytest.mark.parametrize("channel", CHANNELS)
def test_only_radio_and_social_make_the_brand_known(channel):
    awareness = np.full(len(ZONES), 0.3)
    more = everywhere(0.5)
    more[CHANNELS.index(channel)] += 0.2
    usual, louder = (ads.know(awareness, r, word_of_mouth=1.0) for r in (everywhere(0.5), more))
    assert ((louder > usual) == (channel in ("radio", "social"))).all()


def test_word_of_mouth_helps_up_to_twice_the_usual():
    awareness = np.full(len(ZONES), 0.3)
    none, twice, thrice = (
        ads.know(awareness, everywhere(0.5), word_of_mouth=m) for m in (0.0, 2.0, 3.0)
    )
    assert np.allclose(twice - none, 0.7 * 0.002)
    assert np.array_equal(twice, thrice)


def test_more_posts_reach_more_and_none_still_leaves_something(media):
    index = [
        np.array([ads.posts_index(media, w, mix) for w in range(WEEKS)])
        for mix in (budget(posts_per_week=n) for n in (0, 5, 10))
    ]
    assert np.allclose(index[0], 0.5 / 5.5)
    assert (index[1] > index[0]).all()
    assert (index[2] > index[1]).all()
    assert np.exp(np.log(index[1]).mean()) == pytest.approx(1.0, abs=0.15)


def test_posts_reach_more_in_weeks_with_buzz_which_nobody_records(media):
    usual = [ads.posts_index(media, w, BASE) for w in range(WEEKS)]
    assert np.corrcoef(np.log(usual), media.buzz)[0, 1] > 0.4
