"""Who lives in the market and what is sold there: the facts that do not change from week to week.

`SEGMENTS`, `CATEGORIES`, `PRODUCTS` and `CITIES` are the tables of assumptions, to be read like a
market study. `draw_people` fills the market with persons, customers and prospects alike, and
`draw_taste` says which products each segment likes. `Conditions` is the door through which
advertising, service, people and places act on a week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, polygamma

from mktlab.market.draws import Flags, Floats, Ints, choices, gammas, normals, uniforms

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


# fmt: off
SEGMENTS = (
    Segment("connoisseur", .14, .125, .0055, .65, .8, .22, 1.1, (.50, .45, .05),
            (.62, .08, .02, .10, .18), (.30, .20, .06, .14, .16, .02, .12), .5),
    Segment("convenience", .26, .095, .0085, 1.0, 1.0, .28, .8, (.68, .20, .12),
            (.10, .12, .66, .05, .07), (.36, .22, .10, .06, .06, .08, .12), 0),
    Segment("bargain", .22, .085, .018, 1.5, 1.2, .42, .7, (.50, .18, .32),
            (.22, .25, .42, .05, .06), (.24, .20, .24, .05, .05, .16, .06), -.5),
    Segment("local", .24, .125, .007, .9, .8, .25, .7, (.15, .82, .03),
            (.25, .50, .08, .07, .10), (.08, .10, .01, .14, .58, .01, .08), 0),
    Segment("gifting", .14, .035, .014, .8, 1.3, .50, .9, (.55, .35, .10),
            (.12, .06, .12, .55, .15), (.30, .30, .08, .06, .14, .04, .08), .4),
)


class Category(NamedTuple):
    """A product family. `elasticity` is of the family, `substitution` between its products."""

    name: str
    elasticity: float
    substitution: float
    cost_exposure: float
    gift_season: float
    unit_cost: float
    extra_pieces: float


CATEGORIES = (
    Category("beans", 1.55, 3.2, 1.0, .45, .42, 1.0),
    Category("ground", 1.9, 3.6, 1.0, 0, .42, .8),
    Category("capsules", 2.4, 4.2, .8, .2, .44, 2.4),
    Category("gift", 1.5, 2.6, .15, 1.5, .50, .35),
    Category("tea", 1.8, 2.8, .3, .7, .38, .3),
)


class Product(NamedTuple):
    """One article; `list_price` in euros."""

    product_id: str
    name: str
    list_price: float
    label: str = "none"
    single_origin: bool = False


PRODUCTS = (
    Product("BEA-01", "Solane House Blend, beans 500 g", 11.50),
    Product("BEA-02", "Espresso Nocturne, beans 500 g", 11.90),
    Product("BEA-03", "Matin Clair, beans 500 g", 12.40, "organic"),
    Product("BEA-04", "Brazil Cerrado, beans 500 g", 12.90, "none", True),
    Product("BEA-05", "Decaf Soirée, beans 500 g", 13.20),
    Product("BEA-06", "Peru Cajamarca, beans 500 g", 14.20, "organic and fair trade", True),
    Product("BEA-07", "Ethiopia Guji, beans 500 g", 15.40, "organic", True),
    Product("BEA-08", "Guatemala Antigua, beans 500 g", 15.90, "none", True),
    Product("GRO-01", "Solane House Blend, ground 250 g", 6.20),
    Product("GRO-02", "Filtre du Dimanche, ground 250 g", 6.60),
    Product("GRO-03", "Decaf Soirée, ground 250 g", 7.10),
    Product("GRO-04", "Matin Clair, ground 250 g", 7.40, "organic"),
    Product("GRO-05", "Peru Cajamarca, ground 250 g", 8.60, "organic and fair trade", True),
    Product("CAP-01", "Lungo, 10 capsules", 4.20),
    Product("CAP-02", "Ristretto, 10 capsules", 4.20),
    Product("CAP-03", "Decaf, 10 capsules", 4.50),
    Product("CAP-04", "Matin Clair, 10 capsules", 4.90, "organic"),
    Product("CAP-05", "Peru Cajamarca, 10 capsules", 5.60, "organic and fair trade", True),
    Product("GIF-01", "Discovery box, 3 coffees", 19.00),
    Product("GIF-02", "Tea and biscuits box", 24.00),
    Product("GIF-03", "Origins box, 5 coffees", 32.00, "organic", True),
    Product("GIF-04", "Barista set with beans", 45.00),
    Product("TEA-01", "Earl Grey, 100 g", 7.90),
    Product("TEA-02", "Sencha, 100 g", 10.90, "organic and fair trade"),
)

CITIES = {  # café city: (size, how upmarket its customers are, -1 to 1)
    "Paris": (2.2, 1.0), "Lyon": (1.4, .5), "Marseille": (1.2, -.8), "Toulouse": (1.1, .1),
    "Bordeaux": (1.1, .6), "Nantes": (1.0, .2), "Lille": (1.0, -.6), "Strasbourg": (.9, .1),
    "Montpellier": (.8, -.5), "Rennes": (.8, 0.), "Nice": (.8, .6), "Grenoble": (.6, -.2),
}
TOWNS = ("Angers", "Besançon", "Brest", "Caen", "Dijon", "Limoges", "Metz", "Nîmes", "Pau",
         "Perpignan", "Reims", "Tours")  # customers of the zone Online live in one of these
# fmt: on
ZONES = (*CITIES, "Online")
ONLINE = len(CITIES)
_ONLINE_SHARE = 0.30
_CUSTOMERS_AT_START = 0.22
_LABEL_WORTH = {"none": 0.0, "organic": 0.35, "organic and fair trade": 0.55}
_ORIGIN_WORTH = 0.30

CATEGORY_OF: Ints = np.array(
    [[c.name[:3].upper() for c in CATEGORIES].index(p.product_id[:3]) for p in PRODUCTS]
)
LIST_CENTS: Ints = np.array([round(100 * p.list_price) for p in PRODUCTS])
COST_CENTS: Ints = np.array(
    [
        round(100 * p.list_price * CATEGORIES[c].unit_cost)
        for p, c in zip(PRODUCTS, CATEGORY_OF, strict=True)
    ]
)


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
class Conditions:
    """What the rest of the company does to one week; the defaults are a normal week.

    Lifts are added to the logarithm of a rate. A field holds one number, or one per category,
    zone, outlet or person as said beside it.
    """

    price_level: Floats | float = 1.0  # by category: planned price / list price
    advertising_lift: Floats | float = 0.0  # by zone: on orders (L - .125)
    acquisition_lift: Floats | float = 0.76 - 0.9  # by zone: on joining (sum of beta_acq H - .9)
    awareness: Floats | float = 0.35  # by zone: share of people who know the brand
    order_lift: Floats | float = 0.0  # by person: e-mail, loyalty program
    joining_lift: Floats | float = 0.0  # by person: quality, ease of the web shop, referrals
    satisfaction_shift: Floats | float = 0.0  # by person: value, waits, late parcels, tickets
    outlet_lift: Floats | float = 0.0  # by outlet: delivery promise, ambience


@dataclass(frozen=True)
class People:
    """The N persons of the market: one entry per person in every array."""

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
    loyalty_member: Flags
    channel: Ints
    first_name: Floats
    last_name: Floats

    def __len__(self) -> int:
        return len(self.segment)


def zone_shares() -> Floats:
    """Where each segment lives: (segments, zones), rows sum to 1.

    People of the segment local all live in a café city; the others fill the zone Online.
    """
    size, upmarket = np.array(list(CITIES.values())).T
    cities = size * (1.0 + np.outer(of_segments("upmarket"), upmarket))
    is_local = np.array([s.name == "local" for s in SEGMENTS])
    online = np.where(is_local, 0.0, _ONLINE_SHARE / (1.0 - of_segments("share")[is_local].sum()))
    shares = cities / cities.sum(axis=1, keepdims=True) * (1.0 - online)[:, None]
    return np.column_stack([shares, online])


def draw_people(seed: int, size: int) -> People:
    """Draw the persons of the market. Their number tells nothing about them."""

    def uniform(trait: str) -> Floats:
        return uniforms(seed, f"person {trait}", size)

    segment = choices(uniform("segment"), np.tile(of_segments("share"), (size, 1)))
    zone = choices(uniform("zone"), zone_shares()[segment])
    order_rate = of_segments("order_rate")[segment] * gammas(uniform("order rate"), shape=1.3)
    channels = np.array([s.channels for s in SEGMENTS])[segment]
    channels[zone == ONLINE, CHANNELS.index("walk-in")] = 0.0
    member = 1.0 / (1.0 + np.exp(0.9 - 1.1 * _how_frequent(order_rate)))
    death_rate = of_segments("death_rate")[segment] * gammas(uniform("death rate"), shape=0.9)
    satisfaction = 7.2 + 0.9 * normals(uniform("satisfaction"))
    return People(
        segment=segment,
        zone=zone,
        town=(uniform("town") * len(TOWNS)).astype(np.int64),
        order_rate=order_rate,
        death_rate=death_rate,
        basket_size=np.exp(-0.045 + 0.30 * normals(uniform("basket size"))),
        base_satisfaction=satisfaction.clip(0.0, 10.0),
        patience=-np.log1p(-uniform("patience")),
        starts_as_customer=uniform("start") < _CUSTOMERS_AT_START,
        days_before_start=1 + (uniform("days before start") * 730).astype(np.int64),
        email_opt_in=uniform("e-mail") < 0.70,
        loyalty_member=uniform("loyalty") < member,
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
    worth = [_LABEL_WORTH[p.label] + _ORIGIN_WORTH * p.single_origin for p in PRODUCTS]
    return np.asarray(0.5 * chance.reshape(len(SEGMENTS), len(PRODUCTS)) + np.array(worth))
