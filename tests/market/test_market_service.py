"""Claims about cafés, warehouse, customer service, and the satisfaction that they deserve."""

from math import factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from levers import but

from mktlab.market import service
from mktlab.market.world import CAFE_ZONES, OUTLETS, SEGMENTS, outlet_chances
from mktlab.plan.mix import BASE, LEVERS

OUTLETS_TODAY = outlet_chances(BASE)


def erlang_c_wait(arrivals, servers, served):
    """Mean wait in M/M/c (Erlang, 1917)."""
    offered = arrivals / served
    busy = offered**servers / factorial(servers) * servers / (servers - offered)
    waits = busy / (sum(offered**k / factorial(k) for k in range(servers)) + busy)
    return waits / (servers * served - arrivals)


def wait(arrivals, servers, served=24.0):
    return float(service.queue_wait(np.array([arrivals]), np.array([float(servers)]), served)[0])


@given(load=st.floats(0.01, 0.98), served=st.floats(1, 100))
def test_one_barista_is_the_queue_m_m_1_exactly(load, served):
    assert wait(load * served, 1, served) == pytest.approx(load / (served - load * served))


@pytest.mark.parametrize("servers", range(1, 6))
def test_several_baristas_are_the_queue_m_m_c_where_waits_matter(servers):
    for load in (0.8, 0.85, 0.9, 0.95, 0.98):
        arrivals = 24.0 * servers * load
        exact = erlang_c_wait(arrivals, servers, 24.0)
        assert wait(arrivals, servers) == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("servers", range(1, 6))
def test_several_baristas_at_ease_are_off_by_seconds(servers):
    for load in np.arange(0.05, 0.8, 0.05):
        arrivals = 24.0 * servers * load
        minutes = 60 * (wait(arrivals, servers) - erlang_c_wait(arrivals, servers, 24.0))
        assert abs(minutes) < 0.1


def test_a_queue_that_more_join_than_are_served_never_ends():
    assert wait(48.0, 2) == wait(1000.0, 2) == np.inf


def test_a_warehouse_with_room_delivers_4_percent_late():
    for parcels in (0.0, 100.0, service.PARCELS):
        assert service.late_share(parcels, BASE, scale=1.0) == 0.04


@given(parcels=st.floats(0, 5000), more=st.floats(0, 5000), scale=st.floats(0.05, 20))
def test_more_parcels_are_never_less_late_and_never_all_of_them(parcels, more, scale):
    share, fuller = (
        service.late_share(p * scale, BASE, scale=scale) for p in (parcels, parcels + more)
    )
    assert 0.04 <= share <= fuller + 1e-12
    assert fuller <= 0.95


def test_a_promise_below_two_and_a_half_days_is_broken_more_often():
    for days, share in [(2.5, 0.04), (2.0, 0.07)]:
        mix = but("place.delivery_days", days)
        assert service.late_share(100.0, mix, scale=1.0) == pytest.approx(share)


@given(
    requests=st.lists(st.floats(0, 100), min_size=1, max_size=30),
    hours=st.floats(0, 60),
    scale=st.floats(0.1, 5),
)
def test_the_backlog_is_the_highest_recent_excess(requests, hours, scale):
    """Lindley's recursion, against its closed form: the most any run of last weeks brought."""
    mix = but("people.support_hours", hours)
    backlog = 0.0
    for number in requests:
        backlog = service.work_off(backlog, number, mix, scale=scale)
    excess = np.array(requests) - service.answered_per_week(mix, scale=scale)
    recent = np.cumsum(excess[::-1])
    assert backlog == pytest.approx(max(0.0, recent.max()), abs=1e-6)


def test_a_backlog_nobody_works_on_is_a_year_of_waiting():
    nobody = but("people.support_hours", 0.0)
    assert service.weeks_of_work(0.0, nobody, scale=1.0) == 0
    assert service.weeks_of_work(1.0, nobody, scale=1.0) == 52
    assert service.weeks_of_work(1e9, BASE, scale=1.0) == 52


def deserved(mix=BASE, late=0.0, waits=0.0):
    return service.deserved(
        mix, OUTLETS_TODAY, late=late, wait_minutes=np.full(len(CAFE_ZONES), waits)
    )


def test_today_without_delays_people_feel_as_they_usually_do():
    assert (deserved() == 0).all()


SIGNS = {
    "product.quality": 1,
    "process.web_ease": 1,
    "promotion.emails_per_week": -1,
    "people.training": 1,
    "physical_evidence.ambience": 1,
    "place.delivery_days": -1,
    **{f"price.{family}": -1 for family in ("beans", "ground", "capsules", "gift", "tea")},
}
AT_THE_COUNTER = ("people.training", "physical_evidence.ambience")


@pytest.mark.parametrize(
    "path", [path for path, lever in LEVERS.items() if not isinstance(lever.base, bool)]
)
def test_each_lever_pleases_or_annoys_as_it_should_and_the_others_do_neither(path):
    lever = LEVERS[path]
    change = deserved(but(path, lever.base + 0.1 * (lever.high - lever.base)))
    cafe = OUTLETS_TODAY[..., OUTLETS.index("cafe")] > 0
    reached = cafe if path in AT_THE_COUNTER else np.ones_like(cafe)
    assert (np.sign(change) == SIGNS.get(path, 0) * reached).all()


def test_waits_annoy_from_the_third_minute_and_only_where_there_is_a_cafe():
    cafe = OUTLETS_TODAY[..., OUTLETS.index("cafe")]
    assert (deserved(waits=3.0) == 0).all()
    assert np.allclose(deserved(waits=8.0), -0.5 * cafe)
    assert (np.delete(deserved(waits=30.0), CAFE_ZONES, axis=1) == 0).all()


def test_late_parcels_annoy_everybody_alike():
    assert np.allclose(deserved(late=0.2), -0.1)


def test_dearer_beans_annoy_whoever_buys_beans_most():
    change = deserved(but("price.beans", 1.2))[:, 0]
    beans = np.array([s.categories[0] for s in SEGMENTS])
    assert np.allclose(change, -1.2 * np.log(1.2) * beans)
