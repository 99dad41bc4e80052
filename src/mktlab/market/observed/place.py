"""Where we sell: terms of channels, pilots of three channels, premises for a café, the café shelf.

`channel_terms` are offers; `openings` is a pilot in another country, where a draw said in which
towns each channel opened. `sites` holds quarters of Paris and the minutes to each café. In
`shelf_weeks` a draw chose the layout of each café's shelf every four weeks, and guests without an
account took from it. They only observe: no other table changes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import pdtrik

from mktlab.market import shelf_space, sites
from mktlab.market.baskets import MEAN_REFUND
from mktlab.market.draws import Floats, Ints, choices, normals, uniforms
from mktlab.market.observed.sales import days, labels
from mktlab.market.partners import YEAR, own_sales, partners
from mktlab.market.profit import MARKETPLACE, MARKETPLACE_FEE
from mktlab.market.shelf_space import EVERY, LEVEL, LEVELS, ON_LEVELS, ROTATED
from mktlab.market.state import History
from mktlab.market.world import (
    CAFE_ZONES,
    GO_ELSEWHERE,
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
_GROWTH = 0.3  # of all towns' sales over a year, log: the country is new to us
_WEEKLY, _DRIFT = 0.05, 0.012  # how a town's sales move, log: in a week, and for good


def channel_terms(history: History) -> pd.DataFrame:
    """What each channel asks for, and what it sells."""
    year = history.weeks[-YEAR:]
    sold = sum(float(week.sold.sales[MARKETPLACE]) for week in year) * YEAR / max(len(year), 1)
    sold /= 1 - MEAN_REFUND
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
    usual, people = history.weeks[-1].mix, history.people
    here = people.arrives_week <= len(history.weeks)
    chances = outlet_chances(usual)[people.segment[here], people.zone[here]]
    through = float((chances * people.order_rate[here, None]).sum(axis=0)[MARKETPLACE])
    through /= float(people.order_rate[here].sum())
    before = (1 - through) ** GO_ELSEWHERE  # of what is bought with the marketplace
    before *= 1 - _newcomers(history) * (1 - before)  # of whom there are fewer without it
    offers = partners(history.seed).values()
    sold = [through / before, *(p.volume for p in offers), 0.0]
    lost = [1 - (1 - through) / before, *(p.volume * p.switch for p in offers), 0.0]
    return np.array(sold), np.array(lost)


def _newcomers(history: History) -> float:
    """Share of the orders, since the channels opened, of those who came since then."""
    late = history.weeks[-OPENS:]
    who = np.concatenate([week.orders.person for week in late])
    came = history.state.joined_day[who] >= 7 * (len(history.weeks) - len(late))
    return float(came.mean()) if len(came) else 0.0


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
        season = history.climate.season[week].mean() + 0.03 * luck[-1]
        season += _GROWTH * (week - first) / YEAR
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
            "spend_index": there.spending[area],
            "minutes": there.minutes.ravel(),
            "seats": there.seats[place].astype(np.int64),
            "rent": pd.Series(there.rent[place]).mask(~is_site),
            "visits": pd.Series(visits).mask(is_site),
        }
    )


def shelf_weeks(history: History) -> pd.DataFrame:
    """The shelf of each café: the layout of each week, and what guests took from it."""
    end, many, seed = len(history.weeks), len(SHELF), history.seed
    first = max(end - YEAR, 0)
    first += -first % EVERY
    usual = shelf_space.usual(seed) * np.exp(LEVEL)[ON_LEVELS].mean()
    more, rows = shelf_space.more_pieces(), []
    for week in range(first, end):
        hoped = shelf_space.expected(history, week)
        for cafe, zone in enumerate(CAFE_ZONES):
            lot = uniforms(seed, f"layout_{cafe}", 2 * many, week=week // EVERY).reshape(2, -1)
            order = np.argsort(lot, axis=1, kind="stable")
            facings, level = ROTATED[order[0]], ON_LEVELS[order[1]]
            gain = facings ** shelf_space.elasticities(seed) * np.exp(LEVEL)[level] / usual
            luck = uniforms(seed, f"shelf_{cafe}", 2 * many, week=week).reshape(2, -1)
            takers = _poissons(luck[0], hoped[cafe] * gain / (1 + more))
            rows.append(
                pd.DataFrame(
                    {
                        "week": days(np.full(many, 7 * week)),
                        "zone": labels(ZONES, np.full(many, zone)),
                        "product_id": pd.array(SHELF, dtype="str"),
                        "facings": facings,
                        "level": labels(LEVELS, level),
                        "pieces": takers + _poissons(luck[1], takers * more),
                    }
                )
            )
    return pd.concat(rows, ignore_index=True)


def _poissons(uniform: Floats, mean: Floats) -> Ints:
    """Poisson counts of any size."""
    count = np.ceil(pdtrik(uniform, np.maximum(mean, 1e-9)))
    return np.asarray(np.maximum(count, 0) * (mean > 0), dtype=np.int64)
