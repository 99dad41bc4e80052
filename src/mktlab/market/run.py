"""The weekly loop: prices, orders, newcomers, satisfaction, departures.

`run` plays the market week by week. `simulate` plays it, lets `measurement` write down what an
analyst would see and `truth` what is so, and lets `flaws` damage the analyst's tables. What the
rest of the company does to a week enters through `conditions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from mktlab.company import Company, Truth
from mktlab.market.baskets import MOST_ORDERS, Lines, Orders, fill_baskets
from mktlab.market.demand import (
    SATISFACTION_NOISE,
    SATISFACTION_PULL,
    STOCK_KEPT,
    STOCK_MOST,
    Demand,
    joining_rate,
    leaving_chance,
    one_time_chance,
    order_rate,
    react,
)
from mktlab.market.draws import Floats, Ints, normals, poissons, uniforms
from mktlab.market.flaws import DEFAULT_FLAWS, FLAWS, plant
from mktlab.market.history import History, State, Week
from mktlab.market.measurement import observe
from mktlab.market.prices import START, competitor_prices, draw_climate, set_prices
from mktlab.market.truth import MEANINGS, parameters, reveal, with_duplicates
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    SEGMENTS,
    ZONES,
    Conditions,
    People,
    draw_people,
    draw_taste,
)
from mktlab.schema import MktlabError


def normal_week(week: int, state: State) -> Conditions:
    """Advertising, service, people and places as usual."""
    return Conditions()


def simulate(
    *,
    people: int = 12_000,
    weeks: int = 156,
    seed: int = 2023,
    flaws: Sequence[str] = DEFAULT_FLAWS,
) -> Company:
    """Maison Solane: the tables of a company whose truth is known.

    Parameters
    ----------
    people
        Persons in the market, customers and prospects alike: a whole number from 100 up.
    weeks
        Weeks to play from Monday, January 2, 2023: a whole number from 13 up.
    seed
        A whole number from 0 up. The same seed gives the same company.
    flaws
        Names of the defects to plant in the tables (see `mktlab.market.flaws.FLAWS`); `()` gives
        clean tables. Every damaged row is listed in `company.truth.flaws`.

    Returns
    -------
    Company
        With the tables `customers, products, orders, order_lines, prices, competitor_prices` and
        the truth `customers, elasticity, demand, flaws`.

    Raises
    ------
    MktlabError
        When an argument is out of its range.

    Examples
    --------
    >>> company = simulate(people=500, weeks=13, flaws=())
    >>> company.today
    Timestamp('2023-04-03 00:00:00')
    """
    _check("people", people, low=100)
    _check("weeks", weeks, low=13)
    _check("seed", seed, low=0)
    unknown = sorted(set(flaws) - set(FLAWS))
    if unknown:
        raise MktlabError(
            f"simulate: there is no flaw named {', '.join(map(repr, unknown))}; "
            f"choose among {', '.join(FLAWS)}, or pass flaws=() for clean tables."
        )
    history = run(people=people, weeks=weeks, seed=seed)
    clean = observe(history)
    truth = reveal(history)
    tables, log = plant(clean, flaws=flaws, seed=seed)
    truth["customers"] = with_duplicates(truth["customers"], log)
    truth["flaws"] = log
    return Company(
        tables,
        name="Maison Solane",
        today=pd.Timestamp(START) + pd.Timedelta(weeks=weeks),
        currency="EUR",
        truth=Truth(truth, parameters=parameters(history), meanings=MEANINGS),
    )


def _check(name: str, number: int, *, low: int) -> None:
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)) or number < low:
        raise MktlabError(
            f"simulate: {name} must be a whole number from {low:,} up, not {number!r}."
        )


def run(
    *,
    people: int,
    weeks: int,
    seed: int,
    conditions: Callable[[int, State], Conditions] = normal_week,
) -> History:
    """Play the market; `conditions` says every Monday what the rest of the company does."""
    persons = draw_people(seed, people)
    history = History(
        seed=seed,
        people=persons,
        taste=draw_taste(seed),
        climate=draw_climate(seed, weeks),
        state=State.at_start(persons),
        weeks=[],
    )
    for week in range(weeks):
        play_week(history, conditions(week, history.state))
    return history


def play_week(history: History, now: Conditions) -> None:
    """Play the next week: orders come first, then feelings, then departures."""
    week, people, state = len(history.weeks), history.people, history.state
    prices = set_prices(history.climate, week, price_level=now.price_level)
    competitor = _move_competitors(history, week)
    demand = react(
        history.taste,
        prices,
        competitor=competitor,
        season=history.climate.season[week],
        shock=history.climate.shock[week],
    )
    count, expected = _count_orders(history, week, demand, now)
    joined = _join(people, state, demand, now)
    count[joined] = 1
    orders, lines = fill_baskets(
        history.seed,
        week,
        people,
        count,
        demand=demand,
        prices=prices,
        outlet_lift=now.outlet_lift,
    )
    newcomer = np.isin(orders.person, joined)
    state.joined_day[orders.person[newcomer]] = orders.day[newcomer]
    _restock(state, orders, lines)
    _feel(history, week, now)
    _leave(history, week, joined)
    history.weeks.append(Week(demand, prices, competitor, expected, orders, lines))


def _move_competitors(history: History, week: int) -> Floats:
    if not history.weeks:
        start = np.zeros(len(CATEGORIES))
        return competitor_prices(start, history.climate, week, our_last=start)
    last = history.weeks[-1]
    ours = last.prices.log.mean(axis=0)
    by_category = np.bincount(CATEGORY_OF, weights=ours) / np.bincount(CATEGORY_OF)
    return competitor_prices(last.competitor, history.climate, week, our_last=by_category)


def _count_orders(
    history: History, week: int, demand: Demand, now: Conditions
) -> tuple[Ints, Floats]:
    """Orders of each person this week, and how many were expected per segment and zone."""
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
    shape = len(SEGMENTS), len(ZONES)
    cell = people.segment[who] * len(ZONES) + people.zone[who]
    expected = np.bincount(cell, weights=rate, minlength=shape[0] * shape[1])
    return count, np.asarray(expected.reshape(shape), dtype=float)


def _join(people: People, state: State, demand: Demand, now: Conditions) -> Ints:
    """Prospects whose patience runs out become customers; they order at once."""
    who = np.flatnonzero(state.prospect)
    state.exposure[who] += joining_rate(people, who, demand, conditions=now)
    joined = who[state.exposure[who] > people.patience[who]]
    state.prospect[joined] = False
    state.customer[joined] = True
    return joined


def _restock(state: State, orders: Orders, lines: Lines) -> None:
    """Shelves at home empty a little and fill with what was bought on promotion."""
    bought = lines.order[(lines.promotion_cents > 0) & ~orders.cancelled[lines.order]]
    state.promotion_stock *= STOCK_KEPT
    state.promotion_stock[np.unique(orders.person[bought])] += 1.0
    np.minimum(state.promotion_stock, STOCK_MOST, out=state.promotion_stock)


def _feel(history: History, week: int, now: Conditions) -> None:
    """Satisfaction drifts to what the customer's experience deserves."""
    people, state = history.people, history.state
    who = np.flatnonzero(state.customer)
    chance = uniforms(history.seed, "satisfaction", len(people), week=week)[who]
    target = (people.base_satisfaction + now.satisfaction_shift)[who]
    felt = state.satisfaction[who]
    felt = felt + SATISFACTION_PULL * (target - felt) + SATISFACTION_NOISE * normals(chance)
    state.satisfaction[who] = felt.clip(0.0, 10.0)


def _leave(history: History, week: int, joined: Ints) -> None:
    """Customers leave for good, from next Monday on; many newcomers right after one order."""
    people, state = history.people, history.state
    chance = np.zeros(len(people))
    who = np.flatnonzero(state.customer)
    chance[who] = leaving_chance(people.death_rate[who], state.satisfaction[who])
    chance[joined] = one_time_chance(people, joined, state.satisfaction)
    left = uniforms(history.seed, "leave", len(people), week=week) < chance
    state.customer[left] = False
    state.left_day[left] = 7 * (week + 1)
