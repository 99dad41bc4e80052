"""The web shop's category page: what stood where each day, how many saw it and who clicked.

The shop sorts the page by what the web sold in the weeks before, so what is liked stands on top and
gets the looks as well. In a few weeks the order was drawn by lot, every day anew. A click takes a
look, which depends on the place alone, and interest, which depends on the product alone: the
position-based model (Craswell, Zoeter, Taylor & Ramsey, 2008). `listings` writes the table,
`interest` and `places` are its truth.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.draws import Flags, Floats, Ints, binomials, normals, uniforms
from mktlab.market.observed import web
from mktlab.market.observed.sales import days, labels
from mktlab.market.observed.sample import paid_on_the_web
from mktlab.market.state import History
from mktlab.market.world import PRODUCTS

LISTED = 52  # weeks
DRAWN = 4  # of them with an order drawn by lot
SORTED_BY = 4  # weeks of sales
TOP = 8  # places that show without scrolling
OPENS = 0.30  # of the visits, how many come by the page
CLICKS = 0.07  # of those who look at a usual product
LOOKED_AT: Floats = np.arange(1.0, len(PRODUCTS) + 1) ** -0.4
"""Share of the visitors who look at each place, over those who look at the first."""
_POPULAR, _APART = 0.30, 0.35  # log interest for a spread of sales, and what sales do not tell
_ADDS = 0.16  # of the clicks
_IDS = tuple(p.product_id for p in PRODUCTS)


def _interests(history: History) -> Floats:
    """Share of those who look at a product who click on it: what sells well, and a taste apart."""
    sells = np.log(history.weeks[0].demand.by_product.mean(axis=(0, 1)))
    apart = normals(uniforms(history.seed, "interest", len(PRODUCTS)))
    usual = (sells - sells.mean()) / sells.std()
    return np.asarray(CLICKS * np.exp(_POPULAR * usual + _APART * apart))


def _order(history: History) -> tuple[Ints, Flags]:
    """Places from 0, (days, products), of the last weeks; and on which days they were drawn."""
    weeks, first = len(history.weeks), max(len(history.weeks) - LISTED, 0)
    sold = np.zeros((weeks + 1, len(PRODUCTS)))
    for number, played in enumerate(history.weeks, start=1):
        bought = paid_on_the_web(played.orders)[played.lines.order]
        product, pieces = played.lines.product[bought], played.lines.quantity[bought]
        sold[number] = np.bincount(product, weights=pieces, minlength=len(PRODUCTS))
    total, week = sold.cumsum(axis=0), np.arange(first, weeks)
    lately = total[week] - total[np.maximum(week - SORTED_BY, 0)]
    usual = np.argsort(np.argsort(-lately, axis=1, kind="stable"), axis=1)
    in_turn = np.argsort(uniforms(history.seed, "listed_weeks", len(week)))
    drawn = np.repeat(np.isin(week - first, in_turn[: min(DRAWN, len(week) // 2)]), 7)
    lot = [uniforms(history.seed, "listed", 7 * len(PRODUCTS), week=w) for w in week.tolist()]
    by_lot = np.argsort(np.array(lot).reshape(-1, len(PRODUCTS)), axis=1)
    return np.where(drawn[:, None], by_lot, np.repeat(usual, 7, axis=0)), drawn


def _visitors(history: History) -> Ints:
    """People who open the page on each of the last days."""
    visits, _ = web.all_visits(history, weeks=LISTED)
    usual = OPENS * visits.sum(axis=1)[:, None] * web.WEEKDAYS
    chance = normals(uniforms(history.seed, "page_visitors", usual.size))
    drawn = np.rint(usual.ravel() + np.sqrt(usual.ravel()) * chance)
    return np.asarray(np.maximum(drawn, 0), dtype=np.int64)


def listings(history: History) -> pd.DataFrame:
    """The category page of the last 52 weeks: a row per day and product."""
    place, drawn = _order(history)
    size, first = place.shape, 7 * max(len(history.weeks) - LISTED, 0)
    views = np.repeat(_visitors(history), len(PRODUCTS))
    lot = uniforms(history.seed, "listing_clicks", 2 * place.size).reshape(2, -1)
    clicks = binomials(lot[0], views, (LOOKED_AT[place] * _interests(history)).ravel())
    day, product = np.indices(size).reshape(2, -1)
    return pd.DataFrame(
        {
            "date": days(first + day),
            "product_id": labels(_IDS, product),
            "position": 1 + place.ravel(),
            "views": views,
            "clicks": clicks,
            "cart_adds": binomials(lot[1], clicks, np.full(len(views), _ADDS)),
            "order_drawn": drawn[day],
        }
    )


def interest(history: History) -> pd.DataFrame:
    """How much each product is wanted, and how much of its clicks is its place's doing."""
    place, drawn = _order(history)
    wanted = _interests(history)
    looks = LOOKED_AT[place[~drawn]].mean(axis=0)
    usual = wanted * looks

    def among_best(values: Floats) -> Flags:
        return np.asarray(np.argsort(np.argsort(-values)) < TOP)

    return pd.DataFrame(
        {
            "product_id": pd.array(_IDS, dtype="str"),
            "interest": wanted,
            "usual_position": 1 + place[~drawn].mean(axis=0),
            "usual_clicks_per_view": usual,
            "drawn_clicks_per_view": wanted * LOOKED_AT.mean(),
            "only_on_top": among_best(usual) & ~among_best(wanted),
        }
    )


def places() -> pd.DataFrame:
    """How many look at each place, over the first."""
    return pd.DataFrame({"position": np.arange(1, len(PRODUCTS) + 1), "looked_at": LOOKED_AT})
