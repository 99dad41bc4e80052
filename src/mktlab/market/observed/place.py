"""Where we sell: terms of channels, pilots of three channels, premises for a café, the café shelf.

`channel_terms` are offers; `openings` is a pilot in another country, where a draw said in which
towns each channel opened. `sites` holds quarters of Paris and the minutes to each café. In
`shelf_weeks` a draw chose the layout of each café's shelf every four weeks. They only observe: the
layouts are drawn *given* what was sold (Bayes' rule), with the chances of a market in which they
had come first, and no other table changes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market import shelf_space, sites
from mktlab.market.baskets import CANCELLED, MEAN_REFUND
from mktlab.market.draws import Floats, Ints, choices, normals, uniforms
from mktlab.market.observed.sales import days, labels
from mktlab.market.partners import YEAR, own_sales, partners
from mktlab.market.profit import MARKETPLACE, MARKETPLACE_FEE
from mktlab.market.shelf_space import EVERY, LEVEL, LEVELS, ON_LEVELS, ROTATED
from mktlab.market.state import History
from mktlab.market.world import (
    CAFE_ZONES,
    CATEGORY_OF,
    GO_ELSEWHERE,
    OUTLETS,
    ZONES,
    outlet_chances,
)
from mktlab.plan.mix import PARTNERS, SHELF, SITES

TOWNS = (
    "Aalst", "Antwerp", "Arlon", "Ath", "Bruges", "Charleroi", "Genk", "Ghent", "Hasselt",
    "Kortrijk", "Leuven", "Liège", "Mechelen", "Mons", "Mouscron", "Namur", "Nivelles", "Ostend",
    "Roeselare", "Seraing", "Tournai", "Verviers", "Wavre", "Ypres",
)  # fmt: skip
OPENED = ("marketplace", *PARTNERS, "none")
OPENS = 26  # week of the pilot in which the channels open
MARKETPLACE_DAYS = 14  # until a marketplace pays
ASKED = 60  # households in each area
_WEEKLY, _DRIFT = 0.05, 0.012  # how a town's sales move, log: in a week, and for good
_LAYOUTS = 64  # among which a draw chooses
_CAFE = OUTLETS.index("cafe")


def channel_terms(history: History) -> pd.DataFrame:
    """What each channel asks for, and what it sells."""
    year = history.weeks[-YEAR:]
    sold = sum(float(week.sold.sales[MARKETPLACE]) for week in year) * YEAR / max(len(year), 1)
    offers, own = partners(history.seed), own_sales(history, len(history.weeks))
    rows = [("marketplace", MARKETPLACE_FEE, 0.0, MEAN_REFUND, MARKETPLACE_DAYS, sold)]
    for p in offers.values():
        fee = YEAR * p.listing_fee * history.people.scale
        rows.append(
            (p.name, p.commission, fee, p.returns, p.payment_days, YEAR * p.volume * own),
        )
    columns = ["channel", "commission", "listing_fee", "returns", "payment_days", "sales"]
    table = pd.DataFrame(rows, columns=columns).astype({"channel": "str"})
    return table.round({"listing_fee": 0, "returns": 3, "sales": -2})


def switches(history: History) -> tuple[Floats, Floats]:
    """Of each channel of the pilot: sales over our own before, and the part lost by us."""
    usual = history.weeks[-1].mix
    chances = outlet_chances(usual)[history.people.segment, history.people.zone]
    through = float((chances * history.people.order_rate[:, None]).sum(axis=0)[MARKETPLACE])
    through /= float(history.people.order_rate.sum())
    before = (1 - through) ** GO_ELSEWHERE  # of what is bought with the marketplace
    offers = partners(history.seed).values()
    sold = [through / before, *(p.volume for p in offers), 0.0]
    lost = [1 - (1 - through) / before, *(p.volume * p.switch for p in offers), 0.0]
    return np.array(sold), np.array(lost)


def openings(history: History) -> pd.DataFrame:
    """The pilot: sales of our own outlets, and by the channel, by town and week."""
    weeks, towns, seed = min(len(history.weeks), YEAR), len(TOWNS), history.seed
    first = len(history.weeks) - weeks
    lot = uniforms(seed, "pilot", 3 * towns).reshape(3, -1)
    turn = np.argsort(np.argsort(lot[0], kind="stable"), kind="stable")
    group = turn % len(OPENED)
    size = 700 * np.exp(0.35 * normals(lot[1]))
    sold, lost = switches(history)
    rows = []
    for week in range(first, first + weeks):
        luck = normals(uniforms(seed, "pilot_weeks", 2 * towns + 1, week=week))
        season = 0.5 * history.climate.season[week].mean() + 0.03 * luck[-1]
        is_open = (week - first >= OPENS) & (group < len(OPENED) - 1)
        drift = np.where(week - first >= OPENS, _DRIFT * normals(lot[2]), 0.0)
        level = size * np.exp(season + drift + _WEEKLY * luck[:towns])
        through = size * np.exp(season + drift + 0.1 * luck[towns:-1]) * sold[group] * is_open
        rows.append(
            pd.DataFrame(
                {
                    "week": days(np.full(towns, 7 * week)),
                    "zone": pd.array(TOWNS, dtype="str"),
                    "channel": labels(OPENED, group),
                    "opened": is_open,
                    "own_sales": (level * (1 - lost[group] * is_open)).round(2),
                    "channel_sales": through.round(2),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def site_table(history: History) -> pd.DataFrame:
    """A row per area and place: who lives there, how far it is, where people go today."""
    there = sites.town(history.seed)
    area, place = np.indices(there.minutes.shape).reshape(2, -1)
    is_site = place < len(SITES)
    pull = np.where(np.arange(len(sites.PLACES)) < len(SITES), 0.0, there.pull)
    lot = uniforms(history.seed, "households_asked", ASKED * sites.AREAS)
    goes = choices(lot, np.repeat(pull, ASKED, axis=0))
    cell = np.repeat(np.arange(sites.AREAS), ASKED) * len(sites.PLACES) + goes
    visits = pd.array(np.bincount(cell, minlength=place.size), dtype="Int64")
    kind = np.where(is_site, 0, np.where(place == sites.OURS, 1, 2))
    return pd.DataFrame(
        {
            "area": "area " + pd.Series(area + 1).astype("str").str.zfill(2),
            "place": labels(sites.PLACES, place),
            "kind": labels(("site", "ours", "rival"), kind),
            "households": there.households[area].astype(np.int64),
            "income": there.income[area],
            "spend_index": there.index[area],
            "minutes": there.minutes.ravel(),
            "seats": there.seats[place].astype(np.int64),
            "rent": pd.Series(there.rent[place]).mask(~is_site),
            "visits": pd.Series(visits).mask(is_site),
        }
    )


def _expected(history: History, week: int) -> Floats:
    """Pieces expected in the cafés: (cafés, products of the shelf)."""
    now = history.weeks[week]
    at_cafe = (now.pieces * outlet_chances(now.mix)[..., _CAFE, None])[:, CAFE_ZONES]
    position = shelf_space.POSITIONS
    by_product = (
        at_cafe[..., CATEGORY_OF[position]] * now.demand.shares[:, CAFE_ZONES][..., position]
    )
    return np.asarray((1 - CANCELLED) * by_product.sum(axis=0))


def _layouts(seed: int, block: int, cafe: int) -> tuple[Ints, Ints]:
    """Layouts among which a draw chooses: facings and levels, (layouts, products)."""
    size = _LAYOUTS * len(SHELF)
    lot = uniforms(seed, f"layouts_{cafe}", 2 * size, week=block).reshape(2, _LAYOUTS, -1)
    order = np.argsort(lot, axis=-1, kind="stable")
    return ROTATED[order[0]], ON_LEVELS[order[1]]


def shelf_weeks(history: History) -> pd.DataFrame:
    """The shelf of each café: the layout of each week, and what was sold."""
    end = len(history.weeks)
    first = max(end - YEAR, 0)
    first += -first % EVERY
    pieces, _, _ = shelf_space.sold(history, first, end)
    spread = shelf_space.spread()
    power = shelf_space.elasticities(history.seed)
    usual = shelf_space.usual(history.seed)
    high = np.exp(LEVEL)[ON_LEVELS].mean()
    rows = []
    for start in range(first, end, EVERY):
        last, block = min(start + EVERY, end), start // EVERY
        hoped = sum(_expected(history, week) for week in range(start, last))
        for cafe, zone in enumerate(CAFE_ZONES):
            facings, level = _layouts(history.seed, block, cafe)
            gain = facings**power / usual * np.exp(LEVEL)[level] / high
            count = pieces[start - first : last - first, zone].sum(axis=0)
            weight = (count * np.log(gain) - hoped[cafe] * gain) / spread
            chance = np.exp(weight.sum(axis=1) - weight.sum(axis=1).max())
            lot = uniforms(history.seed, f"layout_{cafe}", 1, week=block)
            chosen = int(choices(lot, chance[None])[0])
            for week in range(start, last):
                rows.append(
                    pd.DataFrame(
                        {
                            "week": days(np.full(len(SHELF), 7 * week)),
                            "zone": labels(ZONES, np.full(len(SHELF), zone)),
                            "product_id": pd.array(SHELF, dtype="str"),
                            "facings": facings[chosen],
                            "level": labels(LEVELS, level[chosen]),
                            "pieces": pieces[week - first, zone],
                        }
                    )
                )
    return pd.concat(rows, ignore_index=True)
