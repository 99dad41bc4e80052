"""Claims about the course of a week, and about markets that differ in one thing."""

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest

from mktlab.market import customers, demand, service
from mktlab.market.observed import observe
from mktlab.market.state import NEVER, History
from mktlab.market.truth import reveal
from mktlab.market.week import begin, play
from mktlab.plan.mix import BASE, LEVERS, Mix

SIZE = {"people": 2000, "weeks": 40, "seed": 6}


@functools.cache
def usual():
    return play(begin(**SIZE), 40)


def same(one, other):
    """Whether two records are equal to the last bit."""
    if dataclasses.is_dataclass(one):
        return all(
            same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one)
        )
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.tobytes() == other.tobytes()
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def test_a_mix_without_change_reproduces_the_base_bit_for_bit():
    again = play(begin(**SIZE), 40, lambda week: Mix())
    assert same(again.weeks, usual().weeks)
    assert same(again.state, usual().state)


def test_a_pause_changes_nothing():
    history = begin(**SIZE)
    for weeks in (13, 1, 26):
        history = play(history.copy(), weeks)
    assert same(history.weeks, usual().weeks)
    assert same(history.state, usual().state)


def test_playing_a_copy_leaves_the_original_alone():
    history = play(begin(**SIZE), 20)
    before, weeks = history.state.copy(), list(history.weeks)
    future = play(history.copy(), 5, lambda week: dearer())
    assert same(history.state, before)
    assert same(history.weeks, weeks)
    assert not same(future.weeks, usual().weeks[:25])


def dearer():
    return dataclasses.replace(BASE, price=dataclasses.replace(BASE.price, beans=1.3))


def test_a_change_from_week_20_leaves_the_weeks_before_alone():
    changed = play(begin(**SIZE), 30, lambda week: BASE if week < 20 else dearer())
    assert same(changed.weeks[:20], usual().weeks[:20])
    assert not same(changed.weeks[20], usual().weeks[20])
    assert [week.mix for week in changed.weeks] == [BASE] * 20 + [dearer()] * 10


def of_first(week, persons):
    """The record of a week without those who move in after the shorter market has ended."""
    if week.satisfaction is None:
        return week
    assert not week.customers[persons:].any()
    return dataclasses.replace(
        week, satisfaction=week.satisfaction[:persons], customers=week.customers[:persons]
    )


@pytest.mark.parametrize("played", [20, pytest.param(156, marks=pytest.mark.slow)])
def test_a_longer_market_begins_with_the_shorter_one(played):
    short, long = (begin(people=2000, weeks=weeks, seed=6) for weeks in (played, 2 * played))
    persons = len(short.people)
    assert len(long.people) > persons
    short, long = (play(history, played) for history in (short, long))
    assert same(short.weeks, [of_first(week, persons) for week in long.weeks])
    for tables in (observe, reveal):
        told, later = tables(short), tables(long)
        assert told.keys() == later.keys()
        for name, table in told.items():
            pd.testing.assert_frame_equal(table, later[name], check_exact=True, obj=name)


def first_persons(record, persons):
    return [field[record.orders.person < persons].tolist() for field in record.orders]


def test_people_live_the_same_lives_in_a_larger_market_until_others_matter():
    """Persons, weeks and media are the same; late parcels and word of mouth depend on everybody.

    So the first weeks are the same, and after nine months nearly all have joined when they did.
    """
    few, many = usual(), play(begin(**{**SIZE, "people": 4000}), 40)
    assert same(few.taste, many.taste)
    assert same(few.climate, many.climate)
    assert same(few.media, many.media)
    for field in dataclasses.fields(few.people):
        if field.name not in ("residents", "arrives_week", "moves_week"):
            mine, theirs = (getattr(h.people, field.name)[:2000] for h in (few, many))
            assert same(mine, theirs)
    for week in range(3):
        assert first_persons(few.weeks[week], 2000) == first_persons(many.weeks[week], 2000)
    joined = [h.state.joined_day[:2000] // 7 for h in (few, many)]
    assert np.mean(joined[0] == joined[1]) > 0.95


def one_week(change):
    """The first week of the usual market and of one in which something was changed before."""
    before, history = (begin(people=20_000, weeks=1, seed=6) for _ in range(2))
    change(history)
    return play(before, 1), play(history, 1)


def test_awareness_brings_in_more_people_and_the_same_ones():
    def advertise(history: History):
        history.state.awareness += 0.4

    before, after = (h.state.joined_day < NEVER for h in one_week(advertise))
    assert (after & ~before).sum() > 20
    assert not (before & ~after).any()


def stopped(history):
    """Who has been a customer and buys no more: paused or gone."""
    state = history.state
    return (state.joined_day != NEVER) & (state.standing < 2)


def test_unhappy_customers_stop_buying_sooner():
    def offend(history: History):
        history.state.satisfaction -= 3.0

    before, after = map(stopped, one_week(offend))
    starts = begin(people=20_000, weeks=1, seed=6).state.standing == 2
    assert (after & ~before & starts).sum() > 20
    assert not (before & ~after & starts).any()


def all_orders(history):
    day = np.concatenate([w.orders.day for w in history.weeks])
    return day, np.concatenate([w.orders.person for w in history.weeks])


def test_newcomers_order_on_the_day_they_join_and_nobody_orders_after_leaving():
    state = usual().state
    new = np.flatnonzero((state.joined_day >= 0) & (state.joined_day != NEVER))
    day, person = all_orders(usual())
    first, last = pd.Series(day).groupby(person).min(), pd.Series(day).groupby(person).max()
    assert len(new) > 100
    assert (first.loc[new] == state.joined_day[new]).all()
    assert (last < state.left_day[last.index]).all()
    assert (first >= state.joined_day[first.index]).all()


def test_everybody_is_a_prospect_a_customer_gone_or_lives_elsewhere():
    state, people = usual().state, usual().people
    last = len(usual().weeks) - 1
    gone, never = state.left_day != NEVER, state.joined_day == NEVER
    away = never & ((people.arrives_week > last) | (people.moves_week <= last))
    assert (people.moves_week <= last).any()
    assert (state.prospect.astype(int) + state.customer + gone + away == 1).all()
    assert np.array_equal(state.prospect, never & ~away)


def with_deals(chance, depth=BASE.promotion.deal_depth):
    deals = dataclasses.replace(BASE.promotion, deal_chance=chance, deal_depth=depth)
    return dataclasses.replace(BASE, promotion=deals)


OFTEN = with_deals(LEVERS["promotion.deal_chance"].high)


def test_who_buys_on_promotion_has_a_full_shelf_for_a_while():
    history = play(begin(**SIZE), 10, lambda week: OFTEN)
    while not history.weeks[-1].prices.on_promotion.sum() >= 2:
        play(history, 1, lambda week: OFTEN)
    before = history.state.promotion_stock.copy()
    play(history, 1, lambda week: OFTEN)
    orders, lines = history.weeks[-1].orders, history.weeks[-1].lines
    promoted = np.unique(orders.person[lines.order[lines.promotion_cents > 0]])
    cancelled = orders.person[orders.cancelled]
    stock = history.state.promotion_stock
    others = np.setdiff1d(np.arange(len(stock)), promoted)
    bought = np.setdiff1d(promoted, cancelled)
    assert len(bought) > 10
    assert np.allclose(stock[others], 0.6 * before[others])
    assert np.allclose(stock[bought], np.minimum(0.6 * before[bought] + 1, 1.5))


def no_orders():
    record = usual().weeks[0]
    return record.orders._make(field[:0] for field in record.orders)


def test_satisfaction_closes_8_percent_of_the_gap_to_what_is_deserved():
    felt = []
    for lift in (0.0, 0.5):
        history = begin(**SIZE)
        customers.feel(history, 0, no_orders(), deserved=np.full((5, 13), lift), backlog_weeks=0.0)
        felt.append(history.state.satisfaction)
    customer = begin(**SIZE).state.customer
    inside = customer & (felt[1] < 10)
    assert np.allclose((felt[1] - felt[0])[inside], 0.08 * 0.5)
    assert np.array_equal(felt[1][~customer], felt[0][~customer])


@pytest.mark.parametrize(
    ("what", "backlog_weeks", "hurt"),
    [
        ("late", 0.0, service.LATE_PARCEL),
        ("ticket", 0.0, -0.25),
        ("ticket", 1.0, -1.05),
        ("ticket", 5.0, -1.85),
    ],
)
def test_late_parcels_and_unheard_requests_hurt(what, backlog_weeks, hurt):
    person = np.array([3, 70])
    orders = no_orders()._replace(
        person=person,
        late=np.full(2, what == "late"),
        ticket=np.full(2, what == "ticket"),
    )
    felt = []
    for happened in (no_orders(), orders):
        history = begin(**SIZE)
        deserved = np.zeros((5, 13))
        customers.feel(history, 0, happened, deserved=deserved, backlog_weeks=backlog_weeks)
        felt.append(history.state.satisfaction)
    change = felt[1] - felt[0]
    assert np.allclose(change[person], hurt)
    assert (np.delete(change, person) == 0).all()


def test_pulse_counts_customers_and_their_mean_satisfaction():
    history = begin(**SIZE)
    history.state.satisfaction[:] = 6.6
    pulse = customers.pulse(history.state)
    assert pulse.customers == history.people.starts_as_customer.sum()
    assert pulse.satisfaction == pytest.approx(6.6)
    assert pulse.nps == pytest.approx(0.0)


def test_deep_promotions_win_customers_who_do_not_stay():
    """Of the same newcomers, won on a deal or without one, more leave right after the order."""
    history = play(begin(people=12_000, weeks=40, seed=6), 40, lambda week: with_deals(0.28, 0.4))
    state = history.state
    new = np.flatnonzero((state.joined_day >= 0) & (state.joined_day != NEVER))
    once = state.left_day[new] // 7 == state.joined_day[new] // 7 + 1
    deal = state.won_on_deal[new] > 0
    assert deal.sum() > 100
    assert once[deal].mean() > 1.1 * once[~deal].mean()


def test_customers_won_on_a_deal_leave_sooner():
    """The same persons in the same weeks; a deal of 20 % adds `DEAL_DEATH` times that."""

    def win(history: History):
        history.state.won_on_deal[:] = 0.2

    usual, won = one_week(win)
    assert not (stopped(usual) & ~stopped(won)).any()
    more = (stopped(won) & usual.people.starts_as_customer).sum()
    fewer = (stopped(usual) & usual.people.starts_as_customer).sum()
    paused = begin(people=20_000, weeks=1, seed=6).state.paused.sum()
    assert more > fewer
    ratio = (more - paused) / (fewer - paused)
    assert ratio == pytest.approx(1 + 0.2 * demand.DEAL_DEATH, rel=0.35)


def test_what_a_customer_was_won_on_is_the_deepest_discount_of_the_first_week():
    state, seen = usual().state, 0
    for week in usual().weeks:
        newcomers = state.joined_day[week.orders.person] // 7 == week.orders.day // 7
        off = week.lines.promotion_cents / (week.lines.promotion_cents + week.lines.unit_cents)
        for person in np.unique(week.orders.person[newcomers]):
            mine = week.orders.person[week.lines.order] == person
            assert state.won_on_deal[person] == pytest.approx(off[mine].max())
            seen += off[mine].max() > 0
    assert seen > 5
    assert (state.won_on_deal[usual().people.starts_as_customer] == 0).all()


def test_referred_customers_stay_longer():
    """The same persons in the same week, with and without a friend who brought them."""

    def befriend(history: History):
        history.state.referrer[:] = 0

    before, after = map(stopped, one_week(befriend))
    assert (before & ~after).any()
    assert not (after & ~before).any()


def test_each_week_keeps_what_it_was_decided_on_and_how_it_ended():
    history = usual()
    assert [w.customers is not None for w in history.weeks] == [w % 13 == 12 for w in range(40)]
    for week in (12, 25, 38):
        record = history.weeks[week]
        assert record.pulse.customers == record.customers.sum()
