"""One week of the market, in the order in which it happens.

`begin` opens a market and `play` plays weeks under a marketing mix. `play_week` is one week: what
people find on Monday (advertising, prices), what they buy, how the cafés, the warehouse and
customer service cope, what that does to people (`customers`), and at last the books.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mktlab.market import advertising as ads
from mktlab.market import (
    crm,
    customers,
    evidence,
    flows,
    launch,
    message,
    offers,
    partners,
    profit,
    service,
    shelf_space,
    sites,
)
from mktlab.market.baskets import Lines, Orders, fill_baskets, pieces_per_order
from mktlab.market.demand import Conditions, Demand, joining_rates, react
from mktlab.market.doors import BEHAVIORS, Nudge, nudge
from mktlab.market.draws import Floats
from mktlab.market.prices import competitor_prices, draw_climate
from mktlab.market.shelf import Prices, set_prices
from mktlab.market.state import Boxes, History, State, Week
from mktlab.market.world import (
    CAFE_ZONES,
    CATEGORIES,
    CATEGORY_OF,
    OUTLETS,
    draw_people,
    draw_taste,
    outlet_chances,
    sold_share,
)
from mktlab.plan.mix import BASE, Mix

BEHAVIORS["flows"] = flows.act
BEHAVIORS["message"] = message.act
BEHAVIORS["partners"] = partners.act
BEHAVIORS["sites"] = sites.act
BEHAVIORS["shelf_space"] = shelf_space.act
BEHAVIORS["launch"] = launch.act
BEHAVIORS["offers"] = offers.act
BEHAVIORS["evidence"] = evidence.act
Decide = Callable[[int], Mix]
"""The mix of each week."""


def as_usual(week: int) -> Mix:
    """What the company does today."""
    return BASE


def begin(*, people: int, weeks: int, seed: int) -> History:
    """Open a market in which up to `weeks` weeks can be played."""
    persons = draw_people(seed, people, weeks=weeks)
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


class _Offer(NamedTuple):
    """What people find when the week begins."""

    week: int
    mix: Mix
    spend: Floats  # euros by channel and zone
    reach: Floats  # H, by channel and zone
    posts: float  # reach of the posts over the usual
    word_of_mouth: float
    mail: crm.Newsletter
    prices: Prices
    competitor: Floats  # log price by category
    demand: Demand
    outlets: Floats  # chances: (segments, zones, outlets)
    nudge: Nudge


class _Sales(NamedTuple):
    """What was ordered, by chance and as expected."""

    repeat: customers.Repeat
    new: customers.New
    joining_rates: Floats  # (segments, zones, 2)
    orders: Orders
    lines: Lines
    placed: Floats  # orders expected of all: (segments, zones)
    pieces: Floats  # expected in them: (segments, zones, categories)
    parcels: float  # expected, by web
    late_share: float


def play_week(history: History, mix: Mix) -> None:
    """Play the next week."""
    state, week = history.state, len(history.weeks)
    customers.move(history, week)
    offered = _open(history, mix)
    offer = crm.test_offer(history, week) if week == crm.TEST_WEEK else None
    sales = _trade(history, offered)
    cafes = _open_cafes(history, offered)
    backlog_weeks = _answer(history, offered, sales)
    boxes = crm.send_boxes(history, week, sales.new.person, mix)
    customers.restock(history, sales.orders, sales.lines)
    deserved = service.deserved(
        mix, offered.outlets, late=sales.late_share, wait_minutes=cafes.wait_minutes
    )
    customers.feel(history, week, sales.orders, deserved=deserved, backlog_weeks=backlog_weeks)
    crm.remember(state, offered.mail, week)
    sold, expected = _keep_books(history, offered, sales, cafes, boxes, backlog_weeks)
    quarter = week % 13 == 12
    history.weeks.append(
        Week(
            mix=mix,
            demand=offered.demand,
            prices=offered.prices,
            competitor=offered.competitor,
            spend=offered.spend,
            reach=offered.reach,
            awareness=state.awareness,
            posts=offered.posts,
            joining_rates=sales.joining_rates,
            repeat_orders=sales.repeat.expected,
            pieces=sales.pieces,
            orders=sales.orders,
            lines=sales.lines,
            cafes=cafes,
            boxes=boxes,
            late_share=sales.late_share,
            requests=int(sales.orders.ticket.sum()),
            backlog_weeks=backlog_weeks,
            accounts=offered.nudge.accounts,
            pulse=customers.pulse(state),
            sold=sold,
            expected=expected,
            retention=offer,
            satisfaction=state.satisfaction.astype(np.float32) if quarter else None,
            customers=state.customer.copy() if quarter else None,
        )
    )
    customers.leave(history, week, sales.new.person, sales.orders, sales.lines)
    state.reputation = crm.talk(state.reputation, mix)
    state.awareness = ads.know(state.awareness, offered.reach, word_of_mouth=offered.word_of_mouth)


def _open(history: History, mix: Mix) -> _Offer:
    """Advertise, set prices and send the newsletter: all that people react to."""
    week, people, state = len(history.weeks), history.people, history.state
    climate = history.climate
    spend = ads.spend(history.media, climate, week, mix, scale=people.scale)
    state.adstock = ads.linger(state.adstock, spend)
    state.shelf, prices = set_prices(state.shelf, climate, week, mix)
    competitor = _move_competitors(history, week)
    return _Offer(
        week=week,
        mix=mix,
        spend=spend,
        reach=ads.response(state.adstock, scale=people.scale),
        posts=ads.posts_index(history.media, week, mix),
        word_of_mouth=crm.word_of_mouth(state),
        mail=crm.newsletter(history.seed, week, people, state, mix),
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
        nudge=nudge(history, week, mix),
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


def _trade(history: History, offered: _Offer) -> _Sales:
    """Customers order, newcomers join and order, and the warehouse ships."""
    people, state, mix, week = history.people, history.state, offered.mix, offered.week
    now = Conditions(
        advertising_lift=ads.lifts(offered.reach, "on_orders") - ads.USUAL_LIFT,
        acquisition_lift=ads.lifts(offered.reach, "on_joining") - 0.9,
        awareness=state.awareness,
        order_lift=crm.order_lift(people, offered.mail.opened, mix) + offered.nudge.orders,
        joining_lift=crm.joining_lift(mix, offered.word_of_mouth, state.reputation)
        + offered.nudge.joining,
        sold_share=sold_share(mix),
    )
    repeat = customers.count_orders(history, week, offered.demand, now)
    new = customers.join(history, offered.demand, now)
    crm.refer(history, week, new.person, mix)
    count = repeat.drawn.copy()
    count[new.person] = 1
    placed = repeat.expected + new.expected
    parcels = float((placed * offered.outlets[..., OUTLETS.index("web")]).sum())
    packed = parcels + crm.boxes_due(state, week)
    late_share = service.late_share(packed, mix, scale=people.scale)
    orders, lines = fill_baskets(
        history.seed,
        week,
        people,
        count,
        demand=offered.demand,
        prices=offered.prices,
        outlets=offered.outlets,
        late_share=late_share,
        promised_days=mix.place.delivery_days,
    )
    newcomer = np.isin(orders.person, new.person)
    state.joined_day[orders.person[newcomer]] = orders.day[newcomer]
    weighted = repeat.weighted + new.weighted
    return _Sales(
        repeat=repeat,
        new=new,
        joining_rates=joining_rates(offered.demand, now),
        orders=orders,
        lines=lines,
        placed=placed,
        pieces=pieces_per_order(offered.demand, placed, weighted),
        parcels=parcels,
        late_share=late_share,
    )


def _open_cafes(history: History, offered: _Offer) -> service.Cafes:
    """The counters of the cafés."""
    return service.run_cafes(
        history.seed,
        offered.week,
        history.climate,
        offered.mix,
        scale=history.people.scale,
        advertising=ads.lifts(offered.reach, "on_orders")[CAFE_ZONES, 0] - ads.USUAL_LIFT,
        awareness=history.state.awareness[CAFE_ZONES],
        reputation=history.state.reputation,
        posts=offered.posts,
        buzz=float(history.media.buzz[offered.week]),
        lift=offered.nudge.guests,
    )


def _answer(history: History, offered: _Offer, sales: _Sales) -> float:
    """Customer service works off its requests; what is left, in weeks of work."""
    state, scale = history.state, history.people.scale
    state.backlog = service.work_off(state.backlog, _requests(sales), offered.mix, scale=scale)
    return service.weeks_of_work(state.backlog, offered.mix, scale=scale)


def _keep_books(
    history: History,
    offered: _Offer,
    sales: _Sales,
    cafes: service.Cafes,
    boxes: Boxes,
    backlog_weeks: float,
) -> tuple[profit.Sold, profit.Sold]:
    """What the week sold: as it came, and as it was expected."""
    mix, new = offered.mix, sales.new
    by_members = (sales.repeat.members + new.members) / max(float(sales.placed.sum()), 1e-9)
    factor = profit.goods_factor(history.climate, offered.week, mix)
    sold = profit.realized(sales.orders, sales.lines, history.people, mix, factor=factor)
    expected = profit.expected(
        sales.placed,
        sales.pieces,
        shares=offered.demand.shares,
        prices=offered.prices,
        outlets=offered.outlets,
        factor=factor,
        members=by_members,
        mix=mix,
    )
    coming, guests = float(new.expected.sum()), float(cafes.expected_sales.sum())
    unheard = service.unheard_share(backlog_weeks)
    return sold._replace(
        newcomers=len(new.person),
        referred=float((history.state.referrer[new.person] >= 0).sum()),
        cafe_guests=float(cafes.sales.sum()),
        cafe_sales=float(cafes.revenue_cents.sum()) / 100,
        boxes=boxes.sent,
        unheard=float(sales.orders.ticket.sum()) * unheard,
    ), expected._replace(
        newcomers=coming,
        referred=coming * crm.referred_share(mix),
        cafe_guests=guests,
        cafe_sales=guests * service.CAFE_TICKET * mix.price.cafe,
        boxes=boxes.sent,
        unheard=_requests(sales) * unheard,
    )


def _requests(sales: _Sales) -> float:
    """Requests expected from the week's orders."""
    return service.requests_expected(sales.parcels, float(sales.placed.sum()), sales.late_share)
