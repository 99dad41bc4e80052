"""What the web shop's server and its heat-map tool log: a sample of visits, and clicks on pages.

`buying_visits` finds the visit behind each paid web order; `sessions` adds the visits that ended
without one and keeps those of one person in seven, for the last eight weeks. `page_clicks` says
where some of them clicked. `sessions_truth` and `page_clicks_truth` hold the rates and places.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.advertising import MEDIA
from mktlab.market.baskets import Orders
from mktlab.market.draws import Flags, Floats, Ints, choices, normals, uniforms
from mktlab.market.observed.media import DAY, lots, pick
from mktlab.market.observed.relations import instants
from mktlab.market.observed.sales import customer_ids, days, labels, numbered
from mktlab.market.observed.sample import SESSION_WEEKS, in_sample, paid_on_the_web
from mktlab.market.state import History
from mktlab.market.world import EASE_EFFECT, MOST_PERSONS
from mktlab.plan.mix import BASE

# Where a visit comes from. Nobody can click on radio, so no visit is ever put down to it.
# fmt: off
WAYS = ("search_brand", "search_generic", "social", "retargeting", "affiliates",
        "organic", "email", "direct")
BUYING = np.array([.24, .09, .04, .10, .06, .12, .13, .22])  # visits of customers who buy
LOOKING = np.array([.10, .18, .20, .05, .08, .22, .05, .12])  # visits without an order
_NEWCOMER = np.array([.5, 1, 1, 1, 1, 1, 0, .5])  # who does not know us yet, nor gets our e-mails

DEVICES = ("desktop", "mobile")
STAGES = np.array([  # of those at one stage, share who reach the next
    [.60, .115, .58, .60],  # view a product, add to cart, begin checkout, purchase
    [.55, .095, .50, .48],
])
_HOURS = np.array([1, 1, 1, 1, 1, 2, 5, 9, 10, 10, 10, 13,  # midnight to noon
                   14, 11, 10, 10, 11, 13, 16, 20, 21, 16, 8, 3])
# fmt: on
MOBILE_FIRST, MOBILE_LAST = 0.45, 0.75  # share of the visits in the first and the last week logged
IMPROVES = 0.01  # a week, log of each device's conversion
SIGNED_IN = 0.12  # of the visits without an order
_VISITS_PER_STRANGER = 1.6
WEEKDAYS = np.array([0.13, 0.13, 0.13, 0.13, 0.13, 0.16, 0.19])  # Monday to Sunday, as web orders

# Pages as the heat-map tool sees them.
WATCHED = 0.40  # of the visits in the sample
SCREENS = {"desktop": (1440, 900), "mobile": (390, 844)}  # width and height, in pixels
SEEN = np.array([1, 0.55, 0.32, 0.20, 0.12])  # share of visits that scroll to each screen
AIM = 12.0  # standard deviation of clicks around the middle of an element, in pixels
DEAD = 1 / 6  # of the clicks, on bare ground
_CLICKS = np.array([0.35, 0.35, 0.20, 0.10])  # none to three on a page
# fmt: off
ELEMENTS = (  # page, element, pull when seen, middle: across the screen, screens down
    ("home", "menu", 3, .12, .05), ("home", "search", 2, .80, .05), ("home", "offer", 4, .50, .60),
    ("home", "best sellers", 4, .50, 1.40), ("home", "gift finder", 3, .35, 2.30),
    ("home", "our cafés", 2, .50, 3.50), ("home", "newsletter", 3, .50, 4.60),
    ("product", "photo", 3, .30, .40), ("product", "add to cart", 5, .75, .70),
    ("product", "description", 1, .50, 1.20), ("product", "reviews", 4, .50, 2.30),
    ("product", "similar products", 4, .50, 3.40),
    ("checkout", "address", 4, .35, .30), ("checkout", "delivery", 3, .35, .75),
    ("checkout", "voucher code", 2, .70, 1.20), ("checkout", "pay", 5, .50, 1.70),
)
# fmt: on
PAGES = ("home", "product", "checkout")


class Buying(NamedTuple):
    """One entry per visit that ended in a paid web order, by day."""

    order: Ints  # position among all orders of the history, by day
    person: Ints
    second: Ints  # since the start of the market
    mobile: Flags
    sampled: Flags  # of a person in the sample
    newcomer: Flags
    way: Ints


class Visits(NamedTuple):
    """One entry per visit; `person` is -1 for those who did not sign in."""

    second: Ints
    browser: Ints
    person: Ints
    way: Ints
    mobile: Flags
    stage: Ints  # 0 for nothing but a look, 4 for a purchase


def browser_ids(browser: Ints) -> pd.Series[str]:
    """Names of browsers that tell nothing about their owners: every number has one of its own."""
    return numbered("V", (browser * 61_803_399 + 27_182_818) % 99_999_989, width=8)


def stage_rates(history: History, week: int) -> Floats:
    """Share of visits at each stage that reach the next: (devices, stages)."""
    ease = history.weeks[week].mix.process.web_ease - BASE.process.web_ease
    better = IMPROVES * (_logged(history, week) - (SESSION_WEEKS - 1) / 2) + EASE_EFFECT * ease
    return np.asarray(np.minimum(STAGES * np.exp(better / STAGES.shape[1]), 0.95))


def mobile_share(history: History, week: int) -> float:
    """Share of the visits that come from a phone."""
    step = (MOBILE_LAST - MOBILE_FIRST) / (SESSION_WEEKS - 1)
    return MOBILE_FIRST + step * _logged(history, week)


def _logged(history: History, week: int) -> int:
    """Weeks since the log of visits began, 0 before: its eight weeks are when habits change."""
    return max(week - max(len(history.weeks) - SESSION_WEEKS, 0), 0)


def pull(history: History, week: Ints, zone: Ints) -> Floats:
    """Pull of each way over the usual, from its channel's reach if it is paid: (rows, ways)."""
    reach = np.array([w.reach for w in history.weeks])
    by_way = np.ones((*reach.shape[::2], len(WAYS)))
    for channel, media in enumerate(MEDIA):
        if media.name in WAYS:
            by_way[:, :, WAYS.index(media.name)] = 2 * reach[:, channel]
    return np.asarray(by_way[week, zone])


def reachable(history: History, person: Ints, day: Ints) -> Floats:
    """Which ways can bring a person, over the share of people whom they can: (rows, ways)."""
    people = history.people
    can = np.ones((len(person), len(WAYS)))
    listed = people.email_opt_in[person] & (history.state.unsubscribed_day[person] > day)
    can[:, WAYS.index("email")] = listed / 0.6
    can[:, WAYS.index("social")] = ~people.social_holdout[person] / 0.9
    return can


def buying_visits(history: History, *, weeks: int) -> Buying:
    """The visits behind the paid web orders of the last weeks."""
    first = max(len(history.weeks) - weeks, 0)
    before = sum(len(w.orders.person) for w in history.weeks[:first])
    some = [w.orders for w in history.weeks[first:]]
    orders = Orders._make(map(np.concatenate, zip(*some, strict=True)))
    by_day = np.lexsort((orders.number, orders.person, orders.day))
    kept = np.flatnonzero(paid_on_the_web(orders)[by_day])
    person, day = orders.person[by_day][kept], orders.day[by_day][kept]
    week = day // 7
    counts = np.bincount(week - first, minlength=len(some))
    lot = lots(history.seed, "buying visits", counts, 3, first_week=first)
    people = history.people
    sampled = in_sample(history)[person]  # whatever `weeks`
    newcomer = history.state.joined_day[person] == day
    chances = BUYING * pull(history, week, people.zone[person]) * reachable(history, person, day)
    chances *= np.where(newcomer[:, None], _NEWCOMER, 1.0)
    return Buying(
        order=before + kept,
        person=person,
        second=day * DAY + time_of_day(lot[:, 0]),
        mobile=_from_phone(history, week, sampled, lot[:, 1]),
        sampled=sampled,
        newcomer=newcomer,
        way=choices(lot[:, 2], chances),
    )


def all_visits(history: History, *, weeks: int) -> tuple[Floats, Ints]:
    """Visits of the last weeks by everybody, and how many of them ended in an order.

    By week and device: (weeks, 2). The visits are what the conversion makes of the orders.
    """
    first = max(len(history.weeks) - weeks, 0)
    buying = buying_visits(history, weeks=weeks)
    cell = 2 * (buying.second // (7 * DAY) - first) + buying.mobile
    orders = np.bincount(cell, minlength=2 * (len(history.weeks) - first)).reshape(-1, 2)
    rates = [stage_rates(history, week).prod(axis=1) for week in range(first, len(history.weeks))]
    return orders / np.array(rates), orders


def time_of_day(uniform: Floats) -> Ints:
    """Second of the day: few at night, most in the evening."""
    reached = np.append(0, _HOURS.cumsum()) / _HOURS.sum()
    return (3600 * np.interp(uniform, reached, np.arange(25))).astype(np.int64)


def _from_phone(history: History, week: Ints, sampled: Flags, lot: Floats) -> Flags:
    """Orders placed on a phone: each week as many as conversion and visits say, drawn by lot.

    By quota, inside and outside the sample: eight weeks of a small sample would hide the change of
    habits behind chance.
    """
    share = np.zeros(len(history.weeks))
    for w in np.unique(week):
        desktop, mobile = stage_rates(history, int(w)).prod(axis=1)
        visits = mobile_share(history, int(w))
        share[w] = visits * mobile / (visits * mobile + (1 - visits) * desktop)
    group = 2 * week + sampled
    in_turn = np.lexsort((lot, group))
    size = np.bincount(group, minlength=1)
    rank = np.empty(len(week))
    rank[in_turn] = np.arange(len(week)) - (size.cumsum() - size)[group[in_turn]]
    return np.asarray((rank + 0.5) / size[group] < share[week])


def sessions(history: History) -> pd.DataFrame:
    """Visits to the web shop in the last eight weeks, of one person in seven.

    Every paid web order of these people has the visit that it ended, signed in; the number of
    other visits is what the conversion of the week and the device makes of it.
    """
    buying = buying_visits(history, weeks=SESSION_WEEKS)
    buying = Buying._make(part[buying.sampled] for part in buying)
    bought = Visits(
        second=buying.second,
        browser=2 * buying.person + buying.mobile,
        person=buying.person,
        way=buying.way,
        mobile=buying.mobile,
        stage=np.full(len(buying.order), STAGES.shape[1]),
    )
    looked = _looking_visits(history, buying)
    visits = Visits._make(map(np.concatenate, zip(bought, looked, strict=True)))
    by_time = np.lexsort((visits.browser, visits.second))
    visits = Visits._make(part[by_time] for part in visits)
    known = visits.person >= 0
    more = np.floor(-1.3 * np.log1p(-uniforms(history.seed, "pages", len(by_time))))
    return pd.DataFrame(
        {
            "session_id": numbered("S", np.arange(1, len(by_time) + 1), width=7),
            "visitor_id": browser_ids(visits.browser),
            "customer_id": customer_ids(visits.person).where(known),
            "started_at": instants(visits.second),
            "channel": labels(WAYS, visits.way),
            "device": labels(DEVICES, visits.mobile.astype(np.int64)),
            "pages": 1 + 2 * visits.stage + more.astype(np.int64),
            "viewed_product": visits.stage >= 1,
            "added_to_cart": visits.stage >= 2,
            "began_checkout": visits.stage >= 3,
            "purchased": visits.stage >= 4,
        }
    )


def _looking_visits(history: History, buying: Buying) -> Visits:
    """Visits that did not end in an order, of the people in the sample."""
    last = len(history.weeks)
    first = max(last - SESSION_WEEKS, 0)
    rates = np.array([stage_rates(history, w) for w in range(first, last)])
    cell = 2 * (buying.second // (7 * DAY) - first) + buying.mobile
    bought = np.bincount(cell, minlength=2 * (last - first)).reshape(-1, 2)
    counts = np.rint(bought * (1 / rates.prod(axis=2) - 1)).astype(np.int64)
    lot = lots(history.seed, "looking visits", counts.sum(axis=1), 6, first_week=first)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    week, mobile = first + cell // 2, cell % 2 == 1
    reached = np.concatenate([np.ones((*rates.shape[:2], 1)), rates.cumprod(axis=2)], axis=2)
    stage = choices(lot[:, 0], (reached[..., :-1] - reached[..., 1:]).reshape(-1, 4)[cell])
    day = 7 * week + pick(lot[:, 1], WEEKDAYS)
    ours = in_sample(history) & (history.state.joined_day < 7 * first)
    customers = np.flatnonzero(ours & (history.state.left_day >= 7 * last))
    signed_in = (lot[:, 3] < SIGNED_IN) & (len(customers) > 0)
    owner = np.resize(customers, max(len(customers), 1))[(lot[:, 4] * len(customers)).astype(int)]
    stranger = MOST_PERSONS * history.people.residents + (
        lot[:, 4] * len(cell) / _VISITS_PER_STRANGER
    ).astype(int)
    chances = LOOKING * pull(history, week, history.people.zone[owner])
    chances *= np.where(signed_in[:, None], reachable(history, owner, day), 1.0)
    return Visits(
        second=day * DAY + time_of_day(lot[:, 2]),
        browser=2 * np.where(signed_in, owner, stranger) + mobile,
        person=np.where(signed_in, owner, -1),
        way=choices(lot[:, 5], chances),
        mobile=mobile,
        stage=stage,
    )


def sessions_truth(history: History) -> pd.DataFrame:
    """Visits and the rates behind them: a row per week and device, and one for all devices."""
    rows = []
    visits, _ = all_visits(history, weeks=SESSION_WEEKS)
    everywhere = np.rint(np.column_stack([visits, visits.sum(axis=1)])).astype(np.int64)
    for week in range(max(len(history.weeks) - SESSION_WEEKS, 0), len(history.weeks)):
        rates, mobile = stage_rates(history, week), mobile_share(history, week)
        share = np.array([1 - mobile, mobile])
        reached = rates.cumprod(axis=1)
        total = share @ reached
        rows += [(week, *row) for row in zip(DEVICES, share, *rates.T, reached[:, 3], strict=True)]
        rows.append((week, "all", 1.0, *(total / np.append(1, total[:3])), total[3]))
    names = ["views", "adds_to_cart", "begins_checkout", "purchases"]
    table = pd.DataFrame(rows, columns=["week", "device", "visit_share", *names, "conversion"])
    table.insert(2, "visits", everywhere.ravel())
    return table.assign(week=days(7 * table["week"].to_numpy())).round(
        dict.fromkeys(["visit_share", *names, "conversion"], 6)
    )


def page_clicks(history: History, sessions: pd.DataFrame) -> pd.DataFrame:
    """Clicks on the home, product and checkout pages in two visits in five of `sessions`.

    Parameters
    ----------
    sessions
        The clean table of visits.
    """
    pages = np.column_stack(
        [np.ones(len(sessions), dtype=bool), sessions["viewed_product"], sessions["began_checkout"]]
    )
    lot = uniforms(history.seed, "watched visits", 4 * len(sessions)).reshape(-1, 4)
    clicks = np.where(pages & (lot[:, :1] < WATCHED), pick(lot[:, 1:], _CLICKS), 0)
    session = np.repeat(np.arange(len(sessions)), clicks.sum(axis=1))
    page = np.repeat(np.tile(np.arange(len(PAGES)), len(sessions)), clicks.ravel())
    lot = uniforms(history.seed, "clicks", 4 * len(session)).reshape(-1, 4)
    mobile = (sessions["device"] == "mobile").to_numpy()[session].astype(np.int64)
    width, height = np.array(list(SCREENS.values()))[mobile].T
    names, pulls, across, down = _elements()
    element = choices(lot[:, 0], pulls[page])
    dead = lot[:, 1] < DEAD
    near = AIM * normals(lot[:, 2:])
    bare = (pick(lot[:, 2], SEEN / SEEN.sum()) + lot[:, 0]) * height
    x = np.where(dead, lot[:, 3] * width, across[element] * width + near[:, 0])
    y = np.where(dead, bare, down[element] * height + near[:, 1])
    return pd.DataFrame(
        {
            "click_id": numbered("K", np.arange(1, len(session) + 1), width=7),
            "session_id": sessions["session_id"].take(session).reset_index(drop=True),
            "page": labels(PAGES, page),
            "element": labels(names, element).mask(dead),
            "x": np.rint(x).clip(0, width),
            "y": np.rint(y).clip(0),
            "screen_width": width,
        }
    )


def _elements() -> tuple[tuple[str, ...], Floats, Floats, Floats]:
    """Names, pull on each page (pages, elements), and middles across and down, in screens."""
    page, name, wanted, across, down = zip(*ELEMENTS, strict=True)
    here = np.array(PAGES)[:, None] == np.array(page)
    depth = np.array(down)
    return name, here * np.array(wanted) * SEEN[depth.astype(int)], np.array(across), depth


def page_clicks_truth() -> pd.DataFrame:
    """Where each element is and how many visits to its page see it."""
    table = pd.DataFrame(
        [
            (page, name, width, round(across * width), round(down * height), SEEN[int(down)])
            for width, height in SCREENS.values()
            for page, name, _, across, down in ELEMENTS
        ]
    )
    return table.set_axis(["page", "element", "screen_width", "x", "y", "seen"], axis=1)
