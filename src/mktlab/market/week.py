"""One week of the market, in the order in which it happens.

`begin` opens a market and `play` plays weeks under a marketing mix. `play_week` is one week: what
people find on Monday (advertising, prices), what they buy, how the cafés, the warehouse and
customer service cope, what that does to people (`lives`), and at last the books.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mktlab.market import advertising as ads
from mktlab.market import lives, profit, relations, service
from mktlab.market.baskets import Lines, Orders, fill_baskets, pieces_per_order
from mktlab.market.demand import Conditions, Demand, joining_rates, react
from mktlab.market.draws import Floats
from mktlab.market.history import History, State, Week
from mktlab.market.prices import Prices, competitor_prices, draw_climate, set_prices
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    ONLINE,
    OUTLETS,
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


class _Monday(NamedTuple):
    """What people find when the week begins."""

    week: int
    mix: Mix
    spend: Floats  # euros by channel and zone
    reach: Floats  # H, by channel and zone
    posts: float  # reach of the posts over the usual
    word_of_mouth: float
    mail: relations.Newsletter
    prices: Prices
    competitor: Floats  # log price by category
    demand: Demand
    outlets: Floats  # chances: (segments, zones, outlets)


class _Trade(NamedTuple):
    """What was ordered, by chance and as expected."""

    repeat: lives.Repeat
    new: lives.New
    joining_rates: Floats  # (segments, zones, 2)
    orders: Orders
    lines: Lines
    placed: Floats  # orders expected of all: (segments, zones)
    pieces: Floats  # expected in them: (segments, zones, categories)
    parcels: float  # expected, by web
    late_share: float


def play_week(history: History, mix: Mix) -> None:
    """Play the next week."""
    state = history.state
    monday = _open(history, mix)
    week = monday.week
    offer = relations.test_offer(history, week) if week == relations.TEST_WEEK else None
    trade = _trade(history, monday)
    cafes = _open_cafes(history, monday)
    backlog_weeks = _answer(history, monday, trade)
    boxes = relations.send_boxes(history, week, trade.new.person, mix)
    lives.restock(history, trade.orders, trade.lines)
    deserved = service.deserved(
        mix, monday.outlets, late=trade.late_share, wait_minutes=cafes.wait_minutes
    )
    lives.feel(history, week, trade.orders, deserved=deserved, backlog_weeks=backlog_weeks)
    relations.remember(state, monday.mail, week)
    sold, expected = _keep_books(history, monday, trade, cafes, boxes, backlog_weeks)
    quarter = week % 13 == 12
    history.weeks.append(
        Week(
            mix=mix,
            demand=monday.demand,
            prices=monday.prices,
            competitor=monday.competitor,
            spend=monday.spend,
            reach=monday.reach,
            awareness=state.awareness,
            posts=monday.posts,
            joining_rates=trade.joining_rates,
            repeat_orders=trade.repeat.expected,
            pieces=trade.pieces,
            orders=trade.orders,
            lines=trade.lines,
            cafes=cafes,
            boxes=boxes,
            late_share=trade.late_share,
            requests=int(trade.orders.ticket.sum()),
            backlog_weeks=backlog_weeks,
            pulse=lives.pulse(state),
            sold=sold,
            expected=expected,
            retention=offer,
            satisfaction=state.satisfaction.astype(np.float32) if quarter else None,
            customers=state.customer.copy() if quarter else None,
        )
    )
    lives.leave(history, week, trade.new.person, trade.orders, trade.lines)
    state.awareness = ads.know(state.awareness, monday.reach, word_of_mouth=monday.word_of_mouth)


def _open(history: History, mix: Mix) -> _Monday:
    """Advertise, set prices and send the newsletter: all that people react to."""
    week, people, state = len(history.weeks), history.people, history.state
    climate = history.climate
    spend = ads.spend(history.media, climate, week, mix, scale=people.scale)
    state.adstock = ads.linger(state.adstock, spend)
    prices = set_prices(climate, week, mix)
    competitor = _move_competitors(history, week)
    return _Monday(
        week=week,
        mix=mix,
        spend=spend,
        reach=ads.response(state.adstock, scale=people.scale),
        posts=ads.posts_index(history.media, week, mix),
        word_of_mouth=relations.word_of_mouth(state),
        mail=relations.newsletter(history.seed, week, people, state, mix),
        prices=prices,
        competitor=competitor,
        demand=react(
            history.taste,
            prices,
            competitor=competitor,
            season=climate.season[week],
            shock=climate.shock[week],
        ),
        outlets=outlet_chances(mix),
    )


def _move_competitors(history: History, week: int) -> Floats:
    """Competitors look at last week's prices, ours and their own."""
    if not history.weeks:
        start = np.zeros(len(CATEGORIES))
        return competitor_prices(start, history.climate, week, our_last=start)
    last = history.weeks[-1]
    ours = last.prices.log.mean(axis=0)
    by_category = np.bincount(CATEGORY_OF, weights=ours) / np.bincount(CATEGORY_OF)
    return competitor_prices(last.competitor, history.climate, week, our_last=by_category)


def _trade(history: History, monday: _Monday) -> _Trade:
    """Customers order, newcomers join and order, and the warehouse ships."""
    people, state, mix, week = history.people, history.state, monday.mix, monday.week
    now = Conditions(
        advertising_lift=ads.lifts(monday.reach, "on_orders") - ads.USUAL_LIFT,
        acquisition_lift=ads.lifts(monday.reach, "on_joining") - 0.9,
        awareness=state.awareness,
        order_lift=relations.order_lift(people, monday.mail.opened, mix),
        joining_lift=relations.joining_lift(mix, monday.word_of_mouth),
    )
    repeat = lives.count_orders(history, week, monday.demand, now)
    new = lives.join(history, monday.demand, now)
    relations.refer(history, week, new.person, mix)
    count = repeat.drawn.copy()
    count[new.person] = 1
    placed = repeat.expected + new.expected
    parcels = float((placed * monday.outlets[..., OUTLETS.index("web")]).sum())
    packed = parcels + relations.boxes_due(state, week)
    late_share = service.late_share(packed, mix, scale=people.scale)
    orders, lines = fill_baskets(
        history.seed,
        week,
        people,
        count,
        demand=monday.demand,
        prices=monday.prices,
        outlets=monday.outlets,
        late_share=late_share,
        promised_days=mix.place.delivery_days,
    )
    newcomer = np.isin(orders.person, new.person)
    state.joined_day[orders.person[newcomer]] = orders.day[newcomer]
    weighted = repeat.weighted + new.weighted
    return _Trade(
        repeat=repeat,
        new=new,
        joining_rates=joining_rates(monday.demand, now),
        orders=orders,
        lines=lines,
        placed=placed,
        pieces=pieces_per_order(monday.demand, placed, weighted),
        parcels=parcels,
        late_share=late_share,
    )


def _open_cafes(history: History, monday: _Monday) -> service.Cafes:
    """The counters of the twelve cafés."""
    return service.run_cafes(
        history.seed,
        monday.week,
        history.climate,
        monday.mix,
        scale=history.people.scale,
        advertising=ads.lifts(monday.reach, "on_orders")[:ONLINE, 0] - ads.USUAL_LIFT,
        awareness=history.state.awareness[:ONLINE],
        posts=monday.posts,
        buzz=float(history.media.buzz[monday.week]),
    )


def _answer(history: History, monday: _Monday, trade: _Trade) -> float:
    """Customer service works off its requests; what is left, in weeks of work."""
    state, scale = history.state, history.people.scale
    state.backlog = service.work_off(state.backlog, _requests(trade), monday.mix, scale=scale)
    return service.weeks_of_work(state.backlog, monday.mix, scale=scale)


def _keep_books(
    history: History,
    monday: _Monday,
    trade: _Trade,
    cafes: service.Cafes,
    boxes: relations.Boxes,
    backlog_weeks: float,
) -> tuple[profit.Sold, profit.Sold]:
    """What the week sold: as it came, and as it was expected."""
    mix, new = monday.mix, trade.new
    by_members = (trade.repeat.members + new.members) / max(float(trade.placed.sum()), 1e-9)
    factor = profit.goods_factor(history.climate, monday.week, mix)
    sold = profit.realized(trade.orders, trade.lines, history.people, mix, factor=factor)
    expected = profit.expected(
        trade.placed,
        trade.pieces,
        shares=monday.demand.shares,
        prices=monday.prices,
        outlets=monday.outlets,
        factor=factor,
        members=by_members,
        mix=mix,
    )
    coming, tickets = float(new.expected.sum()), float(cafes.expected_tickets.sum())
    unheard = service.unheard_share(backlog_weeks)
    return sold._replace(
        newcomers=len(new.person),
        referred=float((history.state.referrer[new.person] >= 0).sum()),
        cafe_tickets=float(cafes.tickets.sum()),
        cafe_sales=float(cafes.revenue_cents.sum()) / 100,
        boxes=boxes.sent,
        unheard=float(trade.orders.ticket.sum()) * unheard,
    ), expected._replace(
        newcomers=coming,
        referred=coming * relations.referred_share(mix),
        cafe_tickets=tickets,
        cafe_sales=tickets * service.CAFE_TICKET * mix.price.cafe,
        boxes=boxes.sent,
        unheard=_requests(trade) * unheard,
    )


def _requests(trade: _Trade) -> float:
    """Requests expected from the week's orders."""
    return service.requests_expected(trade.parcels, float(trade.placed.sum()), trade.late_share)
