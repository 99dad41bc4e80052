"""Claims about newsletters, points, friends, boxes and the retention test."""

import dataclasses
import functools

import numpy as np
import pytest

from mktlab.market import crm
from mktlab.market.state import NEVER, State
from mktlab.market.week import begin, play
from mktlab.market.world import draw_people
from mktlab.plan.mix import BASE

TEST, AFTER = crm.TEST_WEEK, crm.TEST_WEEK + crm.TEST_LASTS
PEOPLE = draw_people(3, 20_000)


def promoting(**levers):
    return dataclasses.replace(BASE, promotion=dataclasses.replace(BASE.promotion, **levers))


def selling_boxes_at(price):
    return dataclasses.replace(BASE, price=dataclasses.replace(BASE.price, box=price))


@functools.cache
def played():
    return play(begin(people=6000, weeks=AFTER + 8, seed=4), AFTER + 8)


@pytest.fixture
def opening():
    """20,000 persons on the first Monday, all who are customers since before."""
    return State.at_start(3, PEOPLE)


def close(share, expected, size, errors=3):
    return abs(share - expected) < errors * np.sqrt(expected * (1 - expected) / size)


def test_newsletters_go_to_customers_who_asked_for_them_but_one_in_ten_by_lot(opening):
    mail = crm.newsletter(3, 0, PEOPLE, opening, BASE)
    listed = opening.customer & PEOPLE.email_opt_in
    assert np.array_equal(mail.sent | mail.held_out, listed)
    assert not (mail.sent & mail.held_out).any()
    assert close(mail.held_out[listed].mean(), crm.EMAIL_HOLDOUT, listed.sum())


def test_the_holdout_is_drawn_anew_each_week_and_like_the_others(opening):
    first, second = (crm.newsletter(3, w, PEOPLE, opening, BASE) for w in (0, 1))
    both = (first.held_out & second.held_out).sum() / first.held_out.sum()
    assert close(both, crm.EMAIL_HOLDOUT, first.held_out.sum())
    for trait in (PEOPLE.email_taste, PEOPLE.order_rate, PEOPLE.base_satisfaction):
        gap = trait[first.held_out].mean() - trait[first.sent].mean()
        assert abs(gap) < 3 * trait[first.sent].std() / np.sqrt(first.held_out.sum())


def test_only_receivers_open_and_more_so_with_a_taste_for_it(opening):
    mail = crm.newsletter(3, 0, PEOPLE, opening, BASE)
    assert not (mail.opened & ~mail.sent).any()
    assert not (mail.unsubscribed & ~mail.sent).any()
    chance = crm.open_chance(PEOPLE.email_taste[mail.sent])
    assert close(mail.opened[mail.sent].mean(), chance.mean(), mail.sent.sum())
    keen = PEOPLE.email_taste > 0.5
    assert mail.opened[mail.sent & keen].mean() > mail.opened[mail.sent & ~keen].mean() + 0.1


def test_who_unsubscribed_gets_no_more(opening):
    opening.unsubscribed_day[:10_000] = 0
    mail = crm.newsletter(3, 0, PEOPLE, opening, BASE)
    assert not (mail.sent | mail.held_out)[:10_000].any()
    assert mail.sent[10_000:].any()


def test_more_mailings_tire_more_readers(opening):
    def left(emails):
        mail = crm.newsletter(3, 0, PEOPLE, opening, promoting(emails_per_week=emails))
        return mail.unsubscribed

    assert left(4.0).sum() > 3 * left(1.0).sum()
    assert not (left(1.0) & ~left(4.0)).any()


def test_no_mailing_reaches_nobody(opening):
    mail = crm.newsletter(3, 0, PEOPLE, opening, promoting(emails_per_week=0.0))
    assert not np.any(mail)


def test_readers_and_members_order_more():
    opened = np.arange(len(PEOPLE)) % 2 == 0
    assert np.allclose(crm.order_lift(PEOPLE, opened, BASE), 0.07 * opened)
    nobody = np.zeros(len(PEOPLE), dtype=bool)
    lift = crm.order_lift(PEOPLE, nobody, promoting(loyalty_earn=0.06))
    assert np.allclose(lift, 0.45 * (0.06**0.5 - 0.03**0.5) * PEOPLE.loyalty_member)


def test_the_mean_lift_is_the_average_of_the_weeks(opening):
    mix = promoting(emails_per_week=4.0, loyalty_earn=0.06)
    who = np.flatnonzero(opening.customer & PEOPLE.email_opt_in)
    weeks = [crm.newsletter(3, w, PEOPLE, opening, mix).opened for w in range(60)]
    lifts = [np.exp(crm.order_lift(PEOPLE, opened, mix)[who]).mean() for opened in weeks]
    expected = crm.mean_lift(PEOPLE, who, np.ones(len(who)), mix).mean()
    assert abs(np.mean(lifts) - expected) < 3 * np.std(lifts) / np.sqrt(len(lifts))


def test_word_of_mouth_is_the_share_of_the_delighted_over_15_percent(opening):
    opening.satisfaction[:] = np.where(np.arange(len(PEOPLE)) % 10 < 3, 9.0, 6.0)
    share = (opening.satisfaction[opening.customer] == 9.0).mean()
    assert crm.word_of_mouth(opening) == pytest.approx(share / 0.15)


def test_today_with_usual_word_of_mouth_nothing_lifts_joining():
    usual = BASE.product.quality
    assert crm.joining_lift(BASE, 1.0, usual) == pytest.approx(0.0)
    assert crm.joining_lift(BASE, 1.5, usual) > 0
    assert crm.joining_lift(promoting(referral_reward=10.0), 1.0, usual) > 0
    assert crm.joining_lift(BASE, 1.0, usual + 0.1) > 0


def test_reputation_follows_quality_slowly_both_ways():
    better = dataclasses.replace(BASE, product=dataclasses.replace(BASE.product, quality=1.0))
    usual = BASE.product.quality
    assert crm.talk(usual, BASE) == usual
    up, down = usual, 1.0
    for _ in range(26):
        up, down = crm.talk(up, better), crm.talk(down, BASE)
    half = (1 - (1 - crm.TALK) ** 26) * (1.0 - usual)
    assert up - usual == pytest.approx(half) == 1.0 - down
    assert 0.4 < half / (1.0 - usual) < 0.7  # about half of the way in half a year


def newcomers(history):
    joined = np.flatnonzero((history.state.joined_day >= 0) & (history.state.joined_day != NEVER))
    return joined, history.state.referrer[joined]


def test_who_brings_a_friend_is_a_customer_of_the_same_zone_who_came_before():
    history = played()
    state, zone = history.state, history.people.zone
    joined, friend = newcomers(history)
    brought, friend = joined[friend >= 0], friend[friend >= 0]
    week = state.joined_day[brought] // 7
    assert (state.joined_day[friend] < 7 * week).all()
    assert (state.left_day[friend] > 7 * week).all()
    assert np.array_equal(zone[friend], zone[brought])


def test_six_percent_of_newcomers_are_brought_by_friends():
    joined, friend = newcomers(played())
    assert close((friend >= 0).mean(), crm.referred_share(BASE), len(joined))
    assert (played().state.referrer[played().people.starts_as_customer] == -1).all()


def test_without_a_reward_nobody_brings_friends():
    mix = promoting(referral_reward=0.0)
    history = play(begin(people=3000, weeks=13, seed=4), 13, lambda week: mix)
    joined, friend = newcomers(history)
    assert len(joined) > 20
    assert (friend == -1).all()


def runs(history):
    """Subscriptions: (person, first week, last week, reason), running ones with reason 0."""
    since = {
        int(p): int(history.first_boxes[p]) for p in np.flatnonzero(history.first_boxes != NEVER)
    }
    ended = []
    for week, record in enumerate(history.weeks):
        for person, reason in zip(record.boxes.ended, record.boxes.reason, strict=True):
            ended.append((person, since.pop(int(person)), week, reason))
        for person in record.boxes.started:
            assert int(person) not in since  # one at a time
            since[int(person)] = week
        assert len(since) == record.boxes.running
    return since, np.array(ended)


def test_subscriptions_started_less_those_ended_are_running_one_to_a_person():
    history = played()
    running, ended = runs(history)
    assert len(ended) > 50
    subscribed = history.state.box_since != NEVER
    assert running == {int(p): int(history.state.box_since[p]) for p in np.flatnonzero(subscribed)}


def test_a_subscription_ends_on_a_box_day_unless_the_customer_left():
    history = played()
    _, ended = runs(history)
    person, first, last, reason = ended.T
    left = reason == crm.LEFT
    assert ((last - first)[~left] % crm.BOX_EVERY == 0).all()
    assert (last > first).all()
    assert np.array_equal(history.state.left_day[person[left]], 7 * last[left])
    assert set(reason) == {crm.CANCELLED, crm.FAILED, crm.LEFT}


def test_nobody_subscribes_after_leaving():
    history = played()
    for week, record in enumerate(history.weeks):
        assert (history.state.left_day[record.boxes.started] > 7 * week).all()


def test_every_box_due_is_sent_but_those_that_ended():
    history = begin(people=6000, weeks=9, seed=4)
    for week in range(9):
        due = crm.boxes_due(history.state, week)
        since = history.state.box_since.copy()
        play(history, 1)
        boxes = history.weeks[-1].boxes
        ended_due = ((week - since[boxes.ended]) % crm.BOX_EVERY == 0).sum()
        assert boxes.sent == due - ended_due + len(boxes.started)


def test_dearer_boxes_start_less_and_end_sooner():
    cheap, dear = (
        play(begin(people=6000, weeks=26, seed=4), 26, lambda week, p=price: selling_boxes_at(p))
        for price in (20.0, 30.0)
    )
    starts, ends = (
        [sum(len(getattr(w.boxes, what)) for w in h.weeks) for h in (cheap, dear)]
        for what in ("started", "ended")
    )
    assert starts[0] > 1.3 * starts[1]
    assert ends[0] / (starts[0] + cheap.weeks[0].boxes.running) < ends[1] / (
        starts[1] + dear.weeks[0].boxes.running
    )


@pytest.fixture(scope="module")
def offer():
    test = played().weeks[TEST].retention
    assert test is not None
    return test


def test_the_test_takes_all_customers_of_that_monday_with_two_orders(offer):
    history = played()
    before = np.concatenate([w.orders.person for w in history.weeks[:TEST]])
    orders = np.bincount(before, minlength=len(history.people))
    state, monday = history.state, 7 * TEST
    customer = (state.joined_day < monday) & (state.left_day > monday)
    assert np.array_equal(offer.person, np.flatnonzero(customer & (orders >= 2)))


def test_treated_and_untreated_are_alike(offer):
    size = len(offer.person)
    assert close(offer.treated.mean(), 0.5, size)
    people = played().people
    for trait in (
        offer.chance_untreated,
        offer.autopilot.astype(float),
        people.order_rate[offer.person],
        people.base_satisfaction[offer.person],
    ):
        gap = trait[offer.treated].mean() - trait[~offer.treated].mean()
        assert abs(gap) < 3 * trait.std() * np.sqrt(4 / size)


def test_lapsers_have_left_within_12_weeks_and_order_no_more(offer):
    history = played()
    left = history.state.left_day[offer.person]
    lapsed = left[offer.lapses]
    assert (lapsed > 7 * TEST).all()
    assert (lapsed <= 7 * AFTER).all()
    assert np.array_equal(lapsed, 7 * (offer.leaves_week[offer.lapses] + 1))
    day = np.concatenate([w.orders.day for w in history.weeks])
    person = np.concatenate([w.orders.person for w in history.weeks])
    assert (day < history.state.left_day[person]).all()


def test_all_others_of_the_test_are_still_there(offer):
    left = played().state.left_day[offer.person]
    assert (left[~offer.lapses] > 7 * AFTER).all()


def test_people_lapse_as_their_chance_says(offer):
    chance = np.where(offer.treated, offer.chance_treated, offer.chance_untreated)
    error = np.sqrt((chance * (1 - chance)).sum())
    assert abs(offer.lapses.sum() - chance.sum()) < 3 * error


def test_the_offer_keeps_customers_but_wakes_those_on_autopilot(offer):
    effect = offer.chance_treated - offer.chance_untreated
    assert effect.mean() < 0
    assert (effect[offer.autopilot] > 0).mean() > 0.9
    assert (effect[~offer.autopilot] < 0).all()


def test_only_treated_customers_who_stay_click(offer):
    assert offer.clicked.any()
    assert (offer.treated & ~offer.lapses)[offer.clicked].all()


def test_habit_counts_the_orders_before_the_test():
    """A test drawn on Monday cannot know what its own week sells."""
    history = play(begin(people=2000, weeks=TEST + 1, seed=4), TEST)
    before = crm.test_offer(history.copy(), TEST)
    play(history, 1)
    drawn = history.weeks[TEST].retention
    for name in ("person", "treated", "lapses", "chance_untreated", "chance_treated"):
        assert np.array_equal(getattr(drawn, name), getattr(before, name))
