"""What was sold: customers, products, orders and their lines, prices of ours and of others.

`bought` puts the weeks' orders together; `customer_ids`, `days` and `labels` turn the market's
numbers into the analyst's words for all tables. Money is counted in whole cents until the last
step.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.market.baskets import Lines, Orders
from mktlab.market.draws import Flags, Floats, Ints
from mktlab.market.prices import START
from mktlab.market.profit import goods_factor
from mktlab.market.state import NEVER, History
from mktlab.market.world import (
    CATEGORIES,
    CATEGORY_OF,
    CHANNELS,
    COST_CENTS,
    LIST_CENTS,
    ONLINE,
    OUTLETS,
    PRODUCTS,
    TOWNS,
    VAT,
    ZONES,
)

SHIPPING_CENTS = 490
_PRODUCT_IDS = tuple(p.product_id for p in PRODUCTS)
# fmt: off
_FIRST_NAMES = ("adele", "alice", "antoine", "camille", "chloe", "clement", "emma", "hugo", "ines",
                "jules", "lea", "louise", "lucas", "manon", "nathan", "paul", "sarah", "theo")
_LAST_NAMES = ("bernard", "blanc", "bonnet", "dubois", "durand", "faure", "fournier", "garnier",
               "girard", "lambert", "leroy", "martin", "mercier", "moreau", "petit", "roux")
# fmt: on


def bought(history: History) -> tuple[Orders, Lines]:
    """All orders by day, then person, and their lines."""
    orders = Orders._make(map(np.concatenate, zip(*(w.orders for w in history.weeks), strict=True)))
    lines = Lines._make(map(np.concatenate, zip(*(w.lines for w in history.weeks), strict=True)))
    sizes = [len(week.orders.person) for week in history.weeks]
    before = np.cumsum([0, *sizes[:-1]])
    order = lines.order + np.repeat(before, [len(week.lines.order) for week in history.weeks])
    by_day = np.lexsort((orders.number, orders.person, orders.day))
    place = np.empty_like(by_day)
    place[by_day] = np.arange(len(by_day))
    by_order = np.lexsort((lines.slot, place[order]))
    lines = lines._replace(order=place[order])
    return Orders._make(a[by_day] for a in orders), Lines._make(a[by_order] for a in lines)


def ever_customers(history: History) -> Ints:
    """Persons who became customers, by number."""
    return np.flatnonzero(history.state.joined_day != NEVER)


def customer_ids(person: Ints) -> pd.Series[str]:
    """The customer number of persons: C000001 is person 0. C000000 is nobody's."""
    return numbered("C", person + 1, 6)


def days(day: Ints) -> pd.Series[pd.Timestamp]:
    """Dates of days counted from the start; `NEVER` becomes missing."""
    happened = np.where(day == NEVER, 0, day)
    dates = pd.Series((START + happened).astype("M8[us]"))
    return dates.mask(day == NEVER)


def labels(names: tuple[str, ...], index: npt.ArrayLike) -> pd.Series[str]:
    """Names in place of their positions."""
    return pd.Series(pd.array(names, dtype="str").take(np.asarray(index)))


def numbered(letter: str, number: Ints, width: int) -> pd.Series[str]:
    """Ids such as O0000001."""
    return letter + pd.Series(number).astype("str").str.zfill(width)


def customers(history: History) -> pd.DataFrame:
    """Everybody who ever bought."""
    who = ever_customers(history)
    people, state = history.people, history.state
    zone = people.zone[who]
    channel = np.where(state.referrer[who] >= 0, CHANNELS.index("referral"), people.channel[who])
    city = np.where(zone == ONLINE, len(ZONES) + people.town[who], zone)
    first = labels(_FIRST_NAMES, (people.first_name[who] * len(_FIRST_NAMES)).astype(int))
    last = labels(_LAST_NAMES, (people.last_name[who] * len(_LAST_NAMES)).astype(int))
    number = pd.Series(who + 1).astype("str")
    return pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "joined_date": days(state.joined_day[who]),
            "email": first + "." + last + "." + number + "@example.com",
            "city": labels(ZONES + TOWNS, city),
            "zone": labels(ZONES, zone),
            "acquisition_channel": labels(CHANNELS, channel),
            "email_opt_in": people.email_opt_in[who] & (state.unsubscribed_day[who] == NEVER),
            "loyalty_member": people.loyalty_member[who],
        }
    )


def products() -> pd.DataFrame:
    """What is sold."""
    return pd.DataFrame(
        {
            "product_id": _PRODUCT_IDS,
            "name": [p.name for p in PRODUCTS],
            "category": [CATEGORIES[c].name for c in CATEGORY_OF],
            "list_price": LIST_CENTS / 100,
            "unit_cost": COST_CENTS / 100,
            "vat_rate": VAT,
            "label": [p.label for p in PRODUCTS],
            "single_origin": [p.single_origin for p in PRODUCTS],
        }
    )


def orders_and_lines(history: History) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The orders, and their lines."""
    orders, lines = bought(history)
    today = 7 * len(history.weeks)
    order_ids = numbered("O", np.arange(1, len(orders.person) + 1), 7)
    amount = lines.quantity * lines.unit_cents
    given_off = lines.quantity * lines.promotion_cents
    revenue = _sum_by_order(lines.order, amount, len(order_ids))
    free_from = np.array([round(100 * week.mix.place.free_shipping_from) for week in history.weeks])
    web = orders.outlet == OUTLETS.index("web")
    pays_shipping = web & (revenue < free_from[orders.day // 7])
    arrives = orders.day + orders.delivery_days
    sent = orders.delivery_days > 0
    arrived = sent & (arrives < today)
    promised = np.array([round(week.mix.place.delivery_days) for week in history.weeks])
    due = orders.day + promised[orders.day // 7]
    order_table = pd.DataFrame(
        {
            "order_id": order_ids,
            "customer_id": customer_ids(orders.person),
            "order_date": days(orders.day),
            "outlet": labels(OUTLETS, orders.outlet),
            "status": labels(("paid", "cancelled"), orders.cancelled.astype(int)),
            "revenue": revenue / 100,
            "discount": _sum_by_order(lines.order, given_off, len(order_ids)) / 100,
            "shipping": np.where(pays_shipping, SHIPPING_CENTS, 0) / 100,
            "refunded": np.rint(orders.refund_share * revenue) / 100,
            "promised_date": days(np.where(sent, due, NEVER)),
            "delivered_date": days(np.where(arrived, arrives, NEVER)),
        }
    )
    line_table = pd.DataFrame(
        {
            "order_id": order_ids.take(lines.order).reset_index(drop=True),
            "line_no": lines.slot + 1,
            "product_id": labels(_PRODUCT_IDS, lines.product),
            "quantity": lines.quantity,
            "unit_price": lines.unit_cents / 100,
            "discount": given_off / 100,
            "amount": amount / 100,
        }
    )
    return order_table, line_table


def _sum_by_order(order: Ints, cents: Ints, size: int) -> Ints:
    # Sums of whole cents stay exact in floating point.
    return np.bincount(order, weights=cents, minlength=size).astype(np.int64)


def prices(history: History) -> pd.DataFrame:
    """The shelf, week by week and zone by zone."""
    weeks, zones, products = len(history.weeks), len(ZONES), len(PRODUCTS)
    shelf = np.array([week.prices.shelf for week in history.weeks])
    net = np.array([week.prices.net for week in history.weeks])
    promoted: Flags = np.array([week.prices.on_promotion for week in history.weeks])[:, CATEGORY_OF]
    climate = history.climate
    arm = 2 + np.sign(climate.test[:weeks, :, CATEGORY_OF]).astype(np.int64)
    arm[~climate.in_test[:weeks]] = 0
    shape = (weeks, zones, products)
    week, zone, product = np.indices(shape).reshape(3, -1)
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "zone": labels(ZONES, zone),
            "product_id": labels(_PRODUCT_IDS, product),
            "shelf_price": shelf.reshape(-1) / 100,
            "price": net.reshape(-1) / 100,
            "on_promotion": np.broadcast_to(promoted[:, None, :], shape).reshape(-1),
            "price_test": labels(("no test", "lower", "same", "higher"), arm.reshape(-1)),
        }
    )


def product_costs(history: History) -> pd.DataFrame:
    """What a piece of each product cost, week by week: the books' cost of the day."""
    factor = [goods_factor(history.climate, n, w.mix) for n, w in enumerate(history.weeks)]
    cents = np.rint(COST_CENTS * np.array(factor)[:, CATEGORY_OF])
    week, product = np.indices(cents.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "product_id": labels(_PRODUCT_IDS, product),
            "unit_cost": cents.reshape(-1) / 100,
        }
    )


def competitor_prices(history: History) -> pd.DataFrame:
    """What a price comparison site says of the others, and the exchange of green coffee."""
    log_index: Floats = np.array([week.competitor for week in history.weeks])
    week, category = np.indices(log_index.shape).reshape(2, -1)
    exchange = 100 * np.exp(history.climate.exchange)
    return pd.DataFrame(
        {
            "week": days(7 * week),
            "category": labels(tuple(c.name for c in CATEGORIES), category),
            "price_index": (100 * np.exp(log_index)).round(1).reshape(-1),
            "green_coffee_index": exchange.round(1)[week],
        }
    )
