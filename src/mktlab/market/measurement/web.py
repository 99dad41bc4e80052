"""What the web shop logs: a sample of its visits, where they click, and the paths that led there.

Of the last `SESSION_WEEKS` weeks a fifth of all visits is kept, those that ended in an order
included; paths of the last `PATH_WEEKS` weeks are kept whole when they ended in an order, and
`OTHER_PATHS` for each of them that did not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import Flags, Floats, Ints, choices, normals, poissons, uniforms
from mktlab.market.history import History
from mktlab.market.measurement.relations import instants
from mktlab.market.measurement.sales import customer_ids, labels, numbered
from mktlab.market.prices import START
from mktlab.plan.mix import BASE, CHANNELS

SESSION_WEEKS = 8
SAMPLE = 0.20
PATH_WEEKS = 26
OTHER_PATHS = 4
DEVICES = ("desktop", "mobile")
STAGES = {"desktop": (0.60, 0.115, 0.58, 0.60), "mobile": (0.55, 0.095, 0.50, 0.48)}
"""Device -> share of the visits that see a product, of these fill a cart, of these begin to pay,
of these buy; halfway through the sampled weeks."""
BETTER = 0.005  # each stage of each device improves by this share a week
MOBILE = (0.30, 0.88)  # of the visits, in the first and the last of these weeks
SOURCES = ("search_generic", "search_brand", "social", "retargeting", "affiliates", "email",
           "organic", "direct")  # fmt: skip
_VISITS_FROM = np.array([0.15, 0.12, 0.16, 0.06, 0.04, 0.09, 0.22, 0.16])
_FIRST = np.array([0.20, 0.06, 0.25, 0.03, 0.06, 0.06, 0.25, 0.09])
_LAST = np.array([0.09, 0.24, 0.04, 0.10, 0.06, 0.13, 0.12, 0.22])
_LENGTHS = np.array([0.45, 0.22, 0.13, 0.08, 0.12])
_LENGTHS_OTHER = np.array([0.70, 0.18, 0.07, 0.03, 0.02])
ELEMENTS = {  # page -> element: (x, y, share of the page's clicks), on a screen 1440 pixels wide
    "home": {"menu": (720, 40, 0.22), "offer": (420, 380, 0.30), "search": (1180, 44, 0.20),
             "bestsellers": (700, 1250, 0.18), "newsletter": (720, 3300, 0.10)},
    "product": {"photo": (400, 420, 0.28), "add to cart": (1040, 560, 0.34),
                "reviews": (1040, 1500, 0.16), "related": (700, 2400, 0.12),
                "menu": (720, 40, 0.10)},
    "checkout": {"address": (520, 420, 0.34), "pay": (520, 980, 0.40),
                 "voucher": (1080, 520, 0.16), "back": (120, 60, 0.10)},
}  # fmt: skip
_SCREENS = (1440, 390)
_SCROLL = (1.0, 0.55, 0.32, 0.20, 0.12)  # visitors who see each screen of a page
_STAGE_COLUMNS = ("viewed_product", "added_to_cart", "began_checkout", "purchased")


def funnel(week: int) -> pd.DataFrame:
    """True shares of all visits of a sampled week (0 to 7) that reach each stage, by device.

    Each device gets better and the mix moves to the worse one: the shop as a whole gets worse.
    """
    better = (1 + BETTER) ** (week - (SESSION_WEEKS - 1) / 2)
    rates = np.array([STAGES[device] for device in DEVICES]) * better
    mobile = MOBILE[0] + (MOBILE[1] - MOBILE[0]) * week / (SESSION_WEEKS - 1)
    table = pd.DataFrame(rates.cumprod(axis=1), columns=list(_STAGE_COLUMNS))
    return table.assign(device=DEVICES, visits=[1 - mobile, mobile])


def sessions(history: History, orders: pd.DataFrame) -> pd.DataFrame:
    """A fifth of the visits of the last eight weeks."""
    recent = web_orders(orders, since=max(0, len(history.weeks) - SESSION_WEEKS))
    parts = []
    for place in range(min(SESSION_WEEKS, len(history.weeks))):
        week = max(0, len(history.weeks) - SESSION_WEEKS) + place
        bought = recent[recent["day"] // 7 == week]
        keep = uniforms(history.seed, "session sample", len(bought), week=week) < SAMPLE
        rates = funnel(place)
        parts.append(_buying(history, week, bought[keep], rates))
        parts.append(_looking(history, week, len(bought), rates))
    table = pd.concat(parts).sort_values(["started_at", "visitor_id"], ignore_index=True)
    table.insert(0, "session_id", numbered("W", np.arange(1, len(table) + 1), 7))
    return table


def web_orders(orders: pd.DataFrame, *, since: int) -> pd.DataFrame:
    """Paid web orders from week `since` on, with `day` and `person` as numbers."""
    paid = orders[(orders["outlet"] == "web") & (orders["status"] == "paid")]
    day = (paid["order_date"] - pd.Timestamp(START)).dt.days
    person = paid["customer_id"].str[1:].astype("int64") - 1
    return paid.assign(day=day, person=person)[day >= 7 * since]


def visitors(person: Ints) -> pd.Series[str]:
    """The browser of a customer; those of strangers have higher numbers."""
    return numbered("V", person + 1, 8)


def _buying(history: History, week: int, bought: pd.DataFrame, rates: pd.DataFrame) -> pd.DataFrame:
    lot = uniforms(history.seed, "buying session", 5 * len(bought), week=week).reshape(-1, 5)
    weight = (rates["visits"] * rates["purchased"]).to_numpy()
    device = choices(lot[:, 0], np.repeat(weight[None, :], len(bought), axis=0))
    person = bought["person"].to_numpy(dtype=np.int64)
    flags = np.ones((len(_STAGE_COLUMNS), len(bought)), dtype=bool)
    channel = choices(lot[:, 1], np.repeat(_LAST[None, :], len(bought), axis=0))
    day = bought["day"].to_numpy(dtype=np.int64)
    return _visits(
        person, np.ones(len(bought), dtype=bool), day, device, channel, flags, lot[:, 2:]
    )


def _looking(history: History, week: int, orders: int, rates: pd.DataFrame) -> pd.DataFrame:
    """Visits without an order: as many as the week's orders and the true conversion imply."""
    conversion = float((rates["visits"] * rates["purchased"]).sum())
    by_device = orders / conversion * rates["visits"] * (1 - rates["purchased"]) * SAMPLE
    size = np.rint(by_device.to_numpy()).astype(np.int64)
    device = np.repeat(np.arange(len(DEVICES)), size)
    lot = uniforms(history.seed, "looking session", 9 * len(device), week=week).reshape(-1, 9)
    reach = rates[list(_STAGE_COLUMNS)].to_numpy()[device].T
    flags = lot[:, 0] < (reach - reach[-1]) / (1 - reach[-1])  # given that they do not buy
    state = history.state
    known = np.flatnonzero((state.joined_day < 7 * week) & (state.left_day > 7 * week))
    signed_in = (lot[:, 1] < 0.12) & bool(len(known))
    strangers = len(history.people) + (lot[:, 2] * 0.6 * len(device)).astype(np.int64)
    strangers += 7 * len(history.people) * (week % 4)
    customer = known[(lot[:, 3] * len(known)).astype(np.int64)] if len(known) else strangers
    person = np.where(signed_in, customer, strangers)
    channel = choices(lot[:, 4], np.repeat(_VISITS_FROM[None, :], len(device), axis=0))
    day = 7 * week + (7 * lot[:, 5]).astype(np.int64)
    return _visits(person, signed_in, day, device, channel, flags, lot[:, 6:])


def _visits(
    person: Ints,
    signed_in: Flags,
    day: Ints,
    device: Ints,
    channel: Ints,
    flags: Flags,
    lot: Floats,
) -> pd.DataFrame:
    second = 25_200 + (57_600 * lot[:, 0] ** 0.8).astype(np.int64)  # from seven to eleven at night
    pages = 1 + flags.sum(axis=0) + poissons(lot[:, 1], 0.6 + 1.2 * flags[0], most=12)
    return pd.DataFrame(
        {
            "visitor_id": visitors(person),
            "customer_id": customer_ids(person).where(signed_in),
            "started_at": instants(86_400 * day + second),
            "channel": labels(SOURCES, channel),
            "device": labels(DEVICES, device),
            "pages": pages,
            **dict(zip(_STAGE_COLUMNS, flags, strict=True)),
        }
    )


def page_clicks(history: History, visits: pd.DataFrame) -> pd.DataFrame:
    """Clicks on the deepest page of the sampled visits of the last four weeks."""
    recent = visits["started_at"] >= visits["started_at"].max() - pd.Timedelta(weeks=4)
    seen = visits[recent & (visits["pages"] > 1)]
    lot = uniforms(history.seed, "clicks", len(seen))
    count = 1 + poissons(lot, np.full(len(seen), 0.8), most=5)
    seen = seen.loc[np.repeat(seen.index, count)].reset_index(drop=True)
    chance = uniforms(history.seed, "click", 6 * len(seen)).reshape(-1, 6)
    page = np.select(
        [seen["began_checkout"], seen["viewed_product"]], ["checkout", "product"], "home"
    )
    wide = (seen["device"] == "desktop").to_numpy()
    element = pd.Series(pd.NA, index=seen.index, dtype="str")
    x, y = 1440 * chance[:, 1], 700 * (-np.log1p(-0.95 * chance[:, 2]))  # on bare ground
    aimed = chance[:, 0] < 0.85
    for name, parts in ELEMENTS.items():
        here = np.flatnonzero((page == name) & aimed)
        at = np.array([place[:2] for place in parts.values()], dtype=float)
        seen_share = np.interp(at[:, 1] / 800, np.arange(5), _SCROLL)
        weight = np.array([place[2] for place in parts.values()]) * seen_share
        hit = choices(chance[here, 3], np.repeat(weight[None, :], len(here), axis=0))
        element.iloc[here] = np.array(list(parts))[hit]
        x[here] = at[hit, 0] + 12 * normals(chance[here, 4])
        y[here] = np.maximum(at[hit, 1] + 12 * normals(chance[here, 5]), 1)
    return pd.DataFrame(
        {
            "click_id": numbered("K", np.arange(1, len(seen) + 1), 6),
            "session_id": seen["session_id"],
            "page": pd.Series(page, dtype="str"),
            "element": element,
            "x": np.where(wide, x, x * _SCREENS[1] / _SCREENS[0]).round(),
            "y": np.where(wide, y, 1.6 * y).round(),
            "screen_width": np.where(wide, *_SCREENS),
        }
    )


def touchpoints(history: History, orders: pd.DataFrame) -> pd.DataFrame:
    """Contacts on the way to the web orders of the last 26 weeks, and on ways that led nowhere.

    Advertising on the own name and retargeting reach those who would have bought anyway; radio
    leaves no trace. For each path that ended in an order, four of about forty others are kept.
    """
    bought = web_orders(orders, since=max(0, len(history.weeks) - PATH_WEEKS))
    buyers = _paths(
        history,
        bought["person"].to_numpy(dtype=np.int64),
        bought["day"].to_numpy(dtype=np.int64),
        bought["order_id"],
        stream="path",
    )
    day = np.repeat(bought["day"].to_numpy(dtype=np.int64), OTHER_PATHS)
    strangers = 40 * len(history.people) + np.arange(len(day))
    others = _paths(history, strangers, day, None, stream="other path")
    order = ["touched_at", "visitor_id", "channel"]
    table = pd.concat([buyers, others]).drop_duplicates(order)
    return table.sort_values(order, ignore_index=True)


def _paths(
    history: History, person: Ints, day: Ints, order: pd.Series[str] | None, *, stream: str
) -> pd.DataFrame:
    """Paths of one to five contacts that end on a day."""
    seed, size, buys = history.seed, len(person), order is not None
    lot = uniforms(seed, stream, 12 * size).reshape(-1, 12)
    lengths = _LENGTHS if buys else _LENGTHS_OTHER
    length = 1 + choices(lot[:, 0], np.repeat(lengths[None, :], size, axis=0))
    push = _push(history)[day // 7]
    parts = []
    for step in range(len(lengths)):  # counted from the last contact backwards
        here = np.flatnonzero(length > step)
        last, first = step == 0, length[here] - 1 == step
        toward = np.where(last, _LAST, (_FIRST + _LAST) / 2) if buys else _VISITS_FROM
        weight = np.where((first & (not last))[:, None], _FIRST, toward) * push[here]
        channel = choices(lot[here, 1 + step], weight)
        back = np.zeros(len(here)) if last else step * -3.0 * np.log1p(-lot[here, 6 + step])
        second = 86_400 * day[here] + 32_400 + (36_000 * lot[here, 6]).astype(np.int64)
        moment = second - (86_400 * back).astype(np.int64) - 600 * step
        parts.append(
            pd.DataFrame(
                {
                    "visitor_id": visitors(person[here]),
                    "customer_id": customer_ids(person[here]).where(np.full(len(here), buys)),
                    "touched_at": instants(moment),
                    "channel": labels(SOURCES, channel),
                    "order_id": order.iloc[here].reset_index(drop=True)
                    if order is not None
                    else pd.Series(pd.NA, index=range(len(here)), dtype="str"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _push(history: History) -> Floats:
    """How much more than usual each source shows itself, by week: paid ones follow their spend."""
    spend = np.array([week.spend.sum(axis=1) for week in history.weeks])
    usual = np.array([BASE.value(f"promotion.{name}") for name in CHANNELS], dtype=float)
    ratio = spend / (usual * history.people.scale)
    columns = [
        ratio[:, CHANNELS.index(name)] if name in CHANNELS else np.ones(len(ratio))
        for name in SOURCES
    ]
    return np.column_stack(columns) + 1e-9
