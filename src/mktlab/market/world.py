"""Who lives in the market and what is sold there: the facts that do not change from week to week.

`SEGMENTS`, `CATEGORIES`, `PRODUCTS` and `CITIES` are the tables of assumptions, to be read like a
market study. `draw_people` fills the market with persons, customers and prospects alike, and
`draw_taste` says which products each segment likes. `outlet_chances` says where they shop.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, polygamma

from mktlab.market.draws import Flags, Floats, Ints, betas, choices, gammas, normals, uniforms
from mktlab.plan.costs import CAFES
from mktlab.plan.mix import REFERENCE_PEOPLE, Mix

OUTLETS = ("web", "cafe", "marketplace")
CHANNELS = ("search", "social", "affiliate", "referral", "walk-in", "marketplace", "direct")


class Segment(NamedTuple):
    """People who buy alike. Rates are per week; preferences follow the order of their lists."""

    name: str
    share: float
    order_rate: float
    death_rate: float
    price_sensitivity: float
    ad_sensitivity: float
    one_time_share: float
    extra_lines: float
    outlets: tuple[float, ...]
    categories: tuple[float, ...]
    channels: tuple[float, ...]
    upmarket: float
    subscription_rate: float


# fmt: off
SEGMENTS = (
    Segment("connoisseur", .14, .125, .010, .65, .8, .34, 1.1, (.50, .45, .05),
            (.62, .08, .02, .10, .18), (.34, .23, .07, 0, .19, .03, .14), .5, .0018),
    Segment("convenience", .26, .095, .016, 1.0, 1.0, .40, .8, (.68, .20, .12),
            (.10, .12, .66, .05, .07), (.38, .24, .11, 0, .06, .08, .13), 0, .0028),
    Segment("bargain", .22, .085, .031, 1.5, 1.2, .52, .7, (.50, .18, .32),
            (.22, .25, .42, .05, .06), (.25, .21, .25, 0, .06, .17, .06), -.5, .0005),
    Segment("local", .24, .125, .013, .9, .8, .36, .7, (.15, .82, .03),
            (.25, .50, .08, .07, .10), (.10, .12, .01, 0, .67, .01, .09), 0, .0007),
    Segment("gifting", .14, .035, .024, .8, 1.3, .58, .9, (.55, .35, .10),
            (.12, .06, .12, .55, .15), (.32, .32, .08, 0, .15, .04, .09), .4, .0001),
)


class Category(NamedTuple):
    """A product family. `elasticity` is of the family, `substitution` between its products."""

    name: str
    elasticity: float
    substitution: float
    cost_exposure: float
    gift_season: float
    green_share: float
    extra_pieces: float


CATEGORIES = (
    Category("beans", 1.80, 3.2, 1.0, .35, .45, 1.0),
    Category("ground", 1.9, 3.6, 1.0, 0, .45, .8),
    Category("capsules", 2.45, 4.2, .8, .2, .25, 2.4),
    Category("gift", 2.00, 2.6, .15, 1.5, .05, .35),
    Category("tea", 1.8, 2.8, .3, .7, .10, .3),
)


class Product(NamedTuple):
    """One article: its list price on the shelf, tax included, and its standard cost, in euros."""

    product_id: str
    name: str
    shelf_price: float
    unit_cost: float
    label: str = "none"
    single_origin: bool = False
    vat_rate: float = 0.055  # food; in France .20 for what is no food


PRODUCTS = (
    Product("BEA-01", "Solane House Blend, beans 500 g", 11.90, 4.20),
    Product("BEA-02", "Espresso Nocturne, beans 500 g", 12.50, 4.50),
    Product("BEA-03", "Matin Clair, beans 500 g", 12.90, 5.30, "organic"),
    Product("BEA-04", "Brazil Cerrado, beans 500 g", 13.50, 5.10, "none", True),
    Product("BEA-05", "Decaf Soirée, beans 500 g", 13.90, 5.70),
    Product("BEA-06", "Peru Cajamarca, beans 500 g", 14.90, 6.70, "organic and fair trade", True),
    Product("BEA-07", "Ethiopia Guji, beans 500 g", 16.50, 7.20, "organic", True),
    Product("BEA-08", "Guatemala Antigua, beans 500 g", 16.90, 6.60, "none", True),
    Product("GRO-01", "Solane House Blend, ground 250 g", 6.50, 2.30),
    Product("GRO-02", "Filtre du Dimanche, ground 250 g", 6.90, 2.55),
    Product("GRO-03", "Decaf Soirée, ground 250 g", 7.50, 3.10),
    Product("GRO-04", "Matin Clair, ground 250 g", 7.80, 3.30, "organic"),
    Product("GRO-05", "Peru Cajamarca, ground 250 g", 8.90, 4.10, "organic and fair trade", True),
    Product("CAP-01", "Lungo, 10 capsules", 4.40, 1.20),
    Product("CAP-02", "Ristretto, 10 capsules", 4.40, 1.20),
    Product("CAP-03", "Decaf, 10 capsules", 4.70, 1.35),
    Product("CAP-04", "Matin Clair, 10 capsules", 5.10, 1.60, "organic"),
    Product("CAP-05", "Peru Cajamarca, 10 capsules", 5.90, 1.95, "organic and fair trade", True),
    Product("GIF-01", "Discovery box, 3 coffees", 19.90, 8.60),
    Product("GIF-02", "Tea and biscuits box", 25.00, 12.80),
    Product("GIF-03", "Origins box, 5 coffees", 33.50, 15.60, "organic", True),
    Product("GIF-04", "Barista set with beans", 54.00, 25.00, vat_rate=0.20),
    Product("TEA-01", "Earl Grey, 100 g", 8.30, 2.70),
    Product("TEA-02", "Sencha, 100 g", 11.50, 4.50, "organic and fair trade"),
)

CITIES = {  # relative size, and how upmarket people are there, -1 to 1
    "Paris": (2.2, 1.0), "Lyon": (1.4, .5), "Marseille": (1.2, -.8), "Toulouse": (1.1, .1),
    "Bordeaux": (1.1, .6), "Nantes": (1.0, .2), "Lille": (1.0, -.6), "Strasbourg": (.9, .1),
    "Montpellier": (.8, -.5), "Rennes": (.8, 0.), "Nice": (.8, .6), "Grenoble": (.6, -.2),
}
TOWNS = ("Angers", "Besançon", "Brest", "Caen", "Dijon", "Limoges", "Metz", "Nîmes", "Pau",
         "Perpignan", "Reims", "Tours")  # customers of the zone Online live in one of these
# fmt: on
ZONES = (*CITIES, "Online")
ONLINE = len(CITIES)
CAFE_ZONES: Ints = np.array([ZONES.index(city) for city in CAFES])
_NO_CAFE: Ints = np.setdiff1d(np.arange(len(ZONES)), CAFE_ZONES)
GO_ELSEWHERE = 0.65  # of those whose outlet closes, such as the marketplace
EASE_EFFECT = 0.5  # of an easy web shop on its pull
MOVE_IN = 0.12  # newcomers to the town in a year, as a share of those who live there
MOST_PERSONS = 4  # persons over residents, however long the market is played
MOVE_OUT = 0.03  # share of the prospects who leave it in a year
_ONLINE_SHARE = 0.30
_CUSTOMERS_AT_START = 0.29
_SOCIAL_HOLDOUT = 0.10
LABEL_WORTH = {"none": 0.0, "organic": 0.35, "organic and fair trade": 0.55}
ORIGIN_WORTH = 0.30

CATEGORY_OF: Ints = np.array(
    [[c.name[:3].upper() for c in CATEGORIES].index(p.product_id[:3]) for p in PRODUCTS]
)
VAT: Floats = np.array([p.vat_rate for p in PRODUCTS])
LIST_SHELF: Ints = np.array([round(100 * p.shelf_price) for p in PRODUCTS])
LIST_CENTS: Ints = np.rint(LIST_SHELF / (1 + VAT)).astype(np.int64)
COST_CENTS: Ints = np.array([round(100 * p.unit_cost) for p in PRODUCTS])


def of_segments(trait: str) -> Floats:
    """One trait of all segments.

    >>> of_segments("order_rate").tolist()
    [0.125, 0.095, 0.085, 0.125, 0.035]
    """
    return np.array([getattr(s, trait) for s in SEGMENTS], dtype=float)


def of_categories(trait: str) -> Floats:
    """One trait of all categories."""
    return np.array([getattr(c, trait) for c in CATEGORIES], dtype=float)


@dataclass(frozen=True)
class People:
    """The persons of the market: one entry per person in every array.

    The first `residents` live in the town at the start; the others move in later, in turn.
    """

    residents: int
    arrives_week: Ints  # 0 for those who are there at the start
    moves_week: Ints  # from when on a prospect lives elsewhere
    segment: Ints
    zone: Ints
    town: Ints
    order_rate: Floats
    death_rate: Floats
    basket_size: Floats
    base_satisfaction: Floats
    patience: Floats
    starts_as_customer: Flags
    days_before_start: Ints
    email_opt_in: Flags
    email_taste: Floats  # how readily the person opens e-mail, 0 to 1
    loyalty_member: Flags
    social_holdout: Flags  # never shown advertising on social networks, by lot
    channel: Ints
    first_name: Floats
    last_name: Floats

    def __len__(self) -> int:
        return len(self.segment)

    @property
    def scale(self) -> float:
        """Size of the market: capacities and budgets are those of `REFERENCE_PEOPLE` times it."""
        return self.residents / REFERENCE_PEOPLE


def zone_shares() -> Floats:
    """Where each segment lives: (segments, zones), rows sum to 1.

    People of the segment local all live in a café city; the others fill the zone Online.
    """
    size, upmarket = np.array(list(CITIES.values())).T
    cities = size * (1.0 + np.outer(of_segments("upmarket"), upmarket))
    is_local = np.array([s.name == "local" for s in SEGMENTS])
    has_cafe = np.isin(np.arange(len(CITIES)), CAFE_ZONES)
    cities = np.where(is_local[:, None] & ~has_cafe, 0.0, cities)
    online = np.where(is_local, 0.0, _ONLINE_SHARE / (1.0 - of_segments("share")[is_local].sum()))
    shares = cities / cities.sum(axis=1, keepdims=True) * (1.0 - online)[:, None]
    return np.column_stack([shares, online])


@cache
def _pulls() -> Floats:
    """Pull of the outlets today, of those that there are: (segments, zones, outlets), sums to 1."""
    pull = np.repeat(np.array([s.outlets for s in SEGMENTS])[:, None, :], len(ZONES), axis=1)
    pull[:, _NO_CAFE, OUTLETS.index("cafe")] = 0.0
    return np.asarray(pull / pull.sum(axis=-1, keepdims=True))


def _pull(mix: Mix) -> Floats:
    """Pull of the outlets under this mix."""
    place, evidence = mix.place, mix.physical_evidence
    web = EASE_EFFECT * (mix.process.web_ease - 0.6) - 0.05 * (place.delivery_days - 3)
    web -= 0.006 * (place.free_shipping_from - 45)
    lift = np.exp([web, 0.5 * (evidence.ambience - 0.5), 0.0])
    lift[OUTLETS.index("marketplace")] *= place.marketplace
    return _pulls() * lift


def outlet_chances(mix: Mix) -> Floats:
    """Where each segment orders: (segments, zones, outlets), sums to 1 over the outlets."""
    pull = _pull(mix)
    return np.asarray(pull / pull.sum(axis=-1, keepdims=True))


def sold_share(mix: Mix) -> Floats:
    """Wishes to order that find an outlet, over those of today: (segments, zones).

    Who does not like our outlets any more shops elsewhere rather than at another one of ours.
    """
    return np.asarray(_pull(mix).sum(axis=-1) ** GO_ELSEWHERE)


def draw_people(seed: int, residents: int, *, weeks: int = 0) -> People:
    """Draw the persons who live in the market in the coming weeks; each is drawn for themselves.

    >>> len(draw_people(1, 100)), len(draw_people(1, 100, weeks=52))  # 12 % move in within a year
    (100, 112)
    """
    size = residents + int(residents * MOVE_IN * weeks / 52)
    in_turn = np.maximum(np.arange(size) - residents + 1, 0)
    arrives = np.ceil(in_turn * 52 / (residents * MOVE_IN)).astype(np.int64)

    def uniform(trait: str) -> Floats:
        return uniforms(seed, f"person {trait}", size)

    segment = choices(uniform("segment"), np.tile(of_segments("share"), (size, 1)))
    zone = choices(uniform("zone"), zone_shares()[segment])
    order_rate = of_segments("order_rate")[segment] * gammas(uniform("order rate"), shape=1.3)
    channels = np.array([s.channels for s in SEGMENTS])[segment]
    channels[np.isin(zone, _NO_CAFE), CHANNELS.index("walk-in")] = 0.0
    member = 1.0 / (1.0 + np.exp(0.9 - 1.1 * _how_frequent(order_rate)))
    death_rate = of_segments("death_rate")[segment] * gammas(uniform("death rate"), shape=0.9)
    satisfaction = 7.35 + 0.9 * normals(uniform("satisfaction"))
    stays = -np.log1p(-uniform("stay")) * 52 / MOVE_OUT
    return People(
        residents=residents,
        arrives_week=arrives,
        moves_week=arrives + np.ceil(stays).astype(np.int64),
        segment=segment,
        zone=zone,
        town=(uniform("town") * len(TOWNS)).astype(np.int64),
        order_rate=order_rate,
        death_rate=death_rate,
        basket_size=np.exp(-0.045 + 0.30 * normals(uniform("basket size"))),
        base_satisfaction=satisfaction.clip(0.0, 10.0),
        patience=-np.log1p(-uniform("patience")),
        starts_as_customer=(uniform("start") < _CUSTOMERS_AT_START) & (arrives == 0),
        days_before_start=1 + (uniform("days before start") * 730).astype(np.int64),
        email_opt_in=uniform("e-mail") < 0.70,
        email_taste=betas(uniform("e-mail taste"), 2.0, 4.0),
        loyalty_member=uniform("loyalty") < member,
        social_holdout=uniform("social holdout") < _SOCIAL_HOLDOUT,
        channel=choices(uniform("channel"), channels),
        first_name=uniform("first name"),
        last_name=uniform("last name"),
    )


def _how_frequent(order_rate: Floats) -> Floats:
    """Standardized log of the order rate, by its theoretical mean and spread.

    Those of the sample would make one person's membership depend on who else was drawn.
    """
    share, log_rate = of_segments("share"), np.log(of_segments("order_rate"))
    mean_log = (share * log_rate).sum()
    variance = (share * (log_rate - mean_log) ** 2).sum() + float(polygamma(1, 1.3))
    center = mean_log + float(digamma(1.3)) - np.log(1.3)
    return np.asarray((np.log(np.maximum(order_rate, 1e-300)) - center) / np.sqrt(variance))


def draw_taste(seed: int) -> Floats:
    """How much each segment likes each product at list price (alpha): (segments, products)."""
    chance = normals(uniforms(seed, "taste", len(SEGMENTS) * len(PRODUCTS)))
    worth = [LABEL_WORTH[p.label] + ORIGIN_WORTH * p.single_origin for p in PRODUCTS]
    return np.asarray(0.5 * chance.reshape(len(SEGMENTS), len(PRODUCTS)) + np.array(worth))
