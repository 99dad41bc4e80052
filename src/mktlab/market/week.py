"""One week of the market, in the order in which it happens.

`begin` opens a market and `play` plays weeks under a marketing mix. A week brings advertising and
prices, then orders and newcomers, cafés, parcels and requests, then feelings and departures; the
last thing is the books.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mktlab.market import advertising as ads
from mktlab.market import profit, relations, service
from mktlab.market.baskets import MOST_ORDERS, Lines, Orders, fill_baskets, pieces_per_order
from mktlab.market.demand import (
    PROMOTION_SHOPPERS,
    SATISFACTION_NOISE,
    SATISFACTION_PULL,
    STOCK_KEPT,
    STOCK_MOST,
    Conditions,
    Demand,
    joining_rate,
    joining_rates,
    leaving_chance,
    net_promoters,
    one_time_chance,
    order_rate,
    react,
)
from mktlab.market.draws import Floats, Ints, mean_of_poissons, normals, poissons, uniforms
from mktlab.market.history import History, Pulse, State, Week
from mktlab.market.prices import competitor_prices, draw_climate, set_prices
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    ONLINE,
    OUTLETS,
    SEGMENTS,
    ZONES,
    People,
    draw_people,
    draw_taste,
    outlet_chances,
)
from mktlab.plan.mix import BASE, Mix

Decide = Callable[[int], Mix]
"""The mix of each week."""


def as_usual(week: int) -> Mix:
    """What the company does today."""
    return BASE


def begin(*, people: int, weeks: int, seed: int) -> History:
    """Open a market in which up to `weeks` weeks can be played."""
    persons = draw_people(seed, people)
    state = State.at_start(seed, persons)
    return History(
        seed=seed,
        people=persons,
        taste=draw_taste(seed),
        climate=draw_climate(seed, weeks),
        media=ads.draw_media(seed, weeks),
        state=state,
        first_boxes=state.box_since.copy(),
    )


def play(history: History, weeks: int, decide: Decide = as_usual) -> History:
    """Play the next weeks; `decide` says the mix of each. Changes and returns `history`."""
    for week in range(len(history.weeks), len(history.weeks) + weeks):
        play_week(history, decide(week))
    return history


class _Count(NamedTuple):
    """Orders of each person, and what was expected by (segment, zone)."""

    orders: Ints
    expected: Floats  # orders
    weighted: Floats  # orders times basket size
    members: float  # share of the expected orders


def play_week(history: History, mix: Mix) -> None:
    """Play the next week."""
    week, people, state = len(history.weeks), history.people, history.state
    scale, climate = people.scale, history.climate
    spend = ads.spend(history.media, climate, week, mix, scale=scale)
    state.adstock = ads.linger(state.adstock, spend)
    reach = ads.response(state.adstock, scale=scale)
    posts = ads.posts_index(history.media, week, mix)
    mouths = relations.word_of_mouth(state)
    mail = relations.newsletter(history.seed, week, people, state, mix)
    now = Conditions(
        advertising_lift=ads.lifts(reach, "on_orders") - 0.125,
        acquisition_lift=ads.lifts(reach, "on_joining") - 0.9,
        awareness=state.awareness,
        order_lift=relations.order_lift(people, mail.opened, mix),
        joining_lift=relations.joining_lift(mix, mouths),
    )
    prices = set_prices(climate, week, mix)
    competitor = _move_competitors(history, week)
    demand = react(
        history.taste,
        prices,
        competitor=competitor,
        season=climate.season[week],
        shock=climate.shock[week],
    )
    outlets = outlet_chances(mix)
    count = _count_orders(history, week, demand, now)
    joined, coming, coming_weighted = _join(people, state, demand, now)
    relations.refer(history, week, joined, mix)
    count.orders[joined] = 1
    placed = count.expected + coming
    parcels = float((placed * outlets[..., OUTLETS.index("web")]).sum())
    late = service.late_share(parcels + relations.boxes_due(state, week), mix, scale=scale)
    orders, lines = fill_baskets(
        history.seed,
        week,
        people,
        count.orders,
        demand=demand,
        prices=prices,
        outlets=outlets,
        late_share=late,
        promised_days=mix.place.delivery_days,
    )
    newcomer = np.isin(orders.person, joined)
    state.joined_day[orders.person[newcomer]] = orders.day[newcomer]
    cafes = service.run_cafes(
        history.seed,
        week,
        climate,
        mix,
        scale=scale,
        advertising=ads.lifts(reach, "on_orders")[:ONLINE, 0] - 0.125,
        awareness=state.awareness[:ONLINE],
        posts=posts,
        buzz=float(history.media.buzz[week]),
    )
    backlog_weeks = _ask(history, parcels, float(placed.sum()), late, mix)
    boxes = relations.send_boxes(history, week, joined, mix)
    _restock(state, orders, lines)
    deserved = service.deserved(mix, outlets, late=late, wait_minutes=cafes.wait_minutes)
    _feel(history, week, deserved, orders, backlog_weeks)
    offer = relations.test_offer(history, week) if week == relations.TEST_WEEK else None
    _remember_mail(state, mail, week)
    factor = profit.goods_factor(climate, week, mix)
    sold = profit.Sold(
        **profit.realized(orders, lines, people, mix, factor=factor),  # type: ignore[arg-type]
        newcomers=len(joined),
        referred=float((state.referrer[joined] >= 0).sum()),
        cafe_tickets=float(cafes.tickets.sum()),
        cafe_sales=float(cafes.revenue_cents.sum()) / 100,
        boxes=boxes.sent,
    )
    cafe_tickets = float(cafes.expected_tickets.sum())
    pieces = pieces_per_order(demand, placed, count.weighted + coming_weighted)
    expected = profit.Sold(
        **profit.expected(  # type: ignore[arg-type]
            placed,
            pieces,
            shares=demand.shares,
            prices=prices,
            outlets=outlets,
            factor=factor,
            members=count.members,
            mix=mix,
        ),
        newcomers=float(coming.sum()),
        referred=float(coming.sum()) * relations.referred_share(mix),
        cafe_tickets=cafe_tickets,
        cafe_sales=cafe_tickets * service.CAFE_TICKET * mix.price.cafe,
        boxes=boxes.sent,
    )
    quarter = week % 13 == 12
    history.weeks.append(
        Week(
            mix=mix,
            demand=demand,
            prices=prices,
            competitor=competitor,
            spend=spend,
            reach=reach,
            awareness=state.awareness,
            posts=posts,
            joining_rates=joining_rates(demand, now),
            repeat_orders=count.expected,
            pieces=pieces,
            orders=orders,
            lines=lines,
            cafes=cafes,
            boxes=boxes,
            late_share=late,
            requests=int(orders.ticket.sum()),
            backlog_weeks=backlog_weeks,
            pulse=_pulse(state),
            sold=sold,
            expected=expected,
            retention=offer,
            satisfaction=state.satisfaction.astype(np.float32) if quarter else None,
            customers=state.customer.copy() if quarter else None,
        )
    )
    _leave(history, week, joined, orders, lines)
    state.awareness = ads.know(state.awareness, reach, word_of_mouth=mouths)


def _move_competitors(history: History, week: int) -> Floats:
    if not history.weeks:
        start = np.zeros(len(CATEGORIES))
        return competitor_prices(start, history.climate, week, our_last=start)
    last = history.weeks[-1]
    ours = last.prices.log.mean(axis=0)
    by_category = np.bincount(CATEGORY_OF, weights=ours) / np.bincount(CATEGORY_OF)
    return competitor_prices(last.competitor, history.climate, week, our_last=by_category)


def _by_cell(people: People, who: Ints, number: Floats) -> Floats:
    """Sums over the persons `who`: (segments, zones)."""
    cell = people.segment[who] * len(ZONES) + people.zone[who]
    total = np.bincount(cell, weights=number, minlength=len(SEGMENTS) * len(ZONES))
    return np.asarray(total.reshape(len(SEGMENTS), len(ZONES)))


def _count_orders(history: History, week: int, demand: Demand, now: Conditions) -> _Count:
    """Orders of each person this week, and how many were expected."""
    people, state = history.people, history.state
    who = np.flatnonzero(state.customer)
    rate = order_rate(
        people,
        who,
        demand,
        satisfaction=state.satisfaction,
        promotion_stock=state.promotion_stock,
        conditions=now,
    )
    count = np.zeros(len(people), dtype=np.int64)
    chance = uniforms(history.seed, "orders", len(people), week=week)[who]
    count[who] = poissons(chance, rate, most=MOST_ORDERS)
    mean = mean_of_poissons(rate, most=MOST_ORDERS)
    return _Count(
        orders=count,
        expected=_by_cell(people, who, mean),
        weighted=_by_cell(people, who, mean * people.basket_size[who]),
        members=float(mean[people.loyalty_member[who]].sum() / max(mean.sum(), 1e-9)),
    )


def _join(
    people: People, state: State, demand: Demand, now: Conditions
) -> tuple[Ints, Floats, Floats]:
    """Prospects whose patience runs out become customers; they order at once.

    Also how many were expected, by (segment, zone), plain and times their basket size.
    """
    who = np.flatnonzero(state.prospect)
    rate = joining_rate(people, who, demand, conditions=now)
    state.exposure[who] += rate
    joined = who[state.exposure[who] > people.patience[who]]
    state.prospect[joined] = False
    state.customer[joined] = True
    chance = -np.expm1(-rate)
    weighted = _by_cell(people, who, chance * people.basket_size[who])
    return joined, _by_cell(people, who, chance), weighted


def _ask(history: History, parcels: float, orders: float, late: float, mix: Mix) -> float:
    """Customer service works off its requests; what is left, in weeks of work."""
    scale = history.people.scale
    requests = service.requests_expected(parcels, orders, late)
    history.state.backlog = service.work_off(history.state.backlog, requests, mix, scale=scale)
    return history.state.backlog / max(service.answered_per_week(mix, scale=scale), 1e-9)


def _restock(state: State, orders: Orders, lines: Lines) -> None:
    """Shelves at home empty a little and fill with what was bought on promotion."""
    bought = np.unique(lines.order[(lines.promotion_cents > 0) & ~orders.cancelled[lines.order]])
    state.promotion_stock *= STOCK_KEPT
    state.promotion_stock[np.unique(orders.person[bought])] += 1.0
    np.minimum(state.promotion_stock, STOCK_MOST, out=state.promotion_stock)
    np.add.at(state.promoted_orders, orders.person[bought], 1)


def _feel(
    history: History, week: int, deserved: Floats, orders: Orders, backlog_weeks: float
) -> None:
    """Satisfaction drifts to what the experience deserves; lateness and unheard requests hurt."""
    people, state = history.people, history.state
    who = np.flatnonzero(state.customer)
    chance = uniforms(history.seed, "satisfaction", len(people), week=week)[who]
    shift = deserved[people.segment[who], people.zone[who]]
    felt = state.satisfaction[who]
    gap = people.base_satisfaction[who] + shift - felt
    state.satisfaction[who] = felt + SATISFACTION_PULL * gap + SATISFACTION_NOISE * normals(chance)
    unheard = service.TICKET + service.TICKET_WAIT * min(backlog_weeks, 2.0)
    np.add.at(state.satisfaction, orders.person[orders.late], service.LATE_PARCEL)
    np.add.at(state.satisfaction, orders.person[orders.ticket], unheard)
    np.clip(state.satisfaction, 0.0, 10.0, out=state.satisfaction)


def _pulse(state: State) -> Pulse:
    felt = state.satisfaction[state.customer]
    if not len(felt):
        return Pulse(0, float("nan"), float("nan"))
    return Pulse(len(felt), float(felt.mean()), 100 * float(net_promoters(felt).mean()))


def _remember_mail(state: State, mail: relations.Newsletter, week: int) -> None:
    state.last_open_week[mail.opened] = week
    state.unsubscribed_day[mail.unsubscribed] = 7 * (week + 1)


def _leave(history: History, week: int, joined: Ints, orders: Orders, lines: Lines) -> None:
    """Customers leave for good, from next Monday on; many newcomers right after one order."""
    people, state = history.people, history.state
    chance = np.zeros(len(people))
    who = np.flatnonzero(state.customer)
    chance[who] = leaving_chance(people.death_rate[who], state.satisfaction[who])
    referred = state.referrer >= 0
    chance[who] *= np.where(referred[who], relations.REFERRED_DEATH, 1.0)
    once = one_time_chance(people, joined, state.satisfaction)
    once = once * np.where(referred[joined], relations.REFERRED_ONE_TIME, 1.0)
    depth = np.zeros(len(people))
    off = lines.promotion_cents / np.maximum(lines.promotion_cents + lines.unit_cents, 1)
    np.maximum.at(depth, orders.person[lines.order], off)
    left = uniforms(history.seed, "leave", len(people), week=week) < chance
    # A person's first impression does not depend on the week in which they come.
    impression = uniforms(history.seed, "first impression", len(people))[joined]
    left[joined] = impression < once * (1 + PROMOTION_SHOPPERS * depth[joined])
    _obey_the_test(history, week, left)
    state.customer[left] = False
    state.left_day[left] = 7 * (week + 1)


def _obey_the_test(
    history: History, week: int, left: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> None:
    """While the retention test runs, it says who of its customers leaves when."""
    since = week - relations.TEST_WEEK
    if not 0 <= since < relations.TEST_LASTS:
        return
    test = history.weeks[relations.TEST_WEEK].retention
    if test is not None:
        left[test.person] = test.lapses & (test.leaves_week == week)
