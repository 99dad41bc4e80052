"""The marketing mix: every lever of the seven Ps, with what it means and how far it goes.

A `Mix` is one decision on all levers. Its groups (`Price`, `Product`, ...) are plain fields, so
that `mix.price.beans` reads as it is said; `DECIDED` lists them all with meaning, unit, limits,
weeks of preparation and who is responsible. Most are numbers or a yes and no: these are `LEVERS`.
The others choose among names: one of them, several, or one for each group of customers. The
defaults are what the company does today.

Amounts are those of Maison Solane as published (a market of `REFERENCE_PEOPLE`); a market of
another size scales them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from mktlab.plan.launches import CANDIDATES
from mktlab.show.words import label

REFERENCE_PEOPLE = 12_000
LAUNCH_WEEKS = 8  # from the decision to the first week of a new bag
DEAL_WEEKS = 2  # a promotion lasts
DEAL_GAP = 5  # weeks from the end of one to the start of the next, so that 30 days lie between
DEAL_MOST = 0.28  # of the weeks: 2 of 7
FLOWS = ("basket", "birthday", "welcome", "win-back")
"""Mail flows: what an automation tool sends to one person because something happened."""
PROMISES = ("convenience", "origin", "price")
"""What a newsletter may promise: easy to have, where it comes from, little money."""
ROSTERS = ("even", "proportional", "square-root", "usual")
"""How the cafés spread the same hours of baristas over peak and calm hours."""
READERS = ("beans", "capsules", "ground", "others")
"""Readers of the newsletter by the family that each bought most often in the 52 weeks before."""
BUYERS = ("light", "medium", "heavy")
"""Customers by their purchases in the 26 weeks before an offer: 1, 2 or 3, more."""
MENDINGS = (
    "bag_look",
    "bag_zip",
    "label_design",
    "label_print",
    "parcel_box",
    "parcel_card",
    "photos_new",
    "photos_video",
)
"""Offers that mend a piece of what people see and touch: two each for bag, label, parcel, photo."""
MECHANICS = ("cut", "bundle", "voucher", "gift", "points")
"""What an offer gives: a discount now, a third piece, money off the next order, a bag, points."""

PARTNERS = ("retailer", "wholesaler")
"""Intermediaries that have made an offer: they buy from us and sell to their own customers."""
SITES = ("arcade", "canal", "market", "park", "station")
"""Premises in Paris for a fifth café."""
SHELF = (
    "BEA-01", "BEA-06", "CAP-01", "CAP-05", "GIF-01", "GIF-03", "GRO-01", "GRO-05", "TEA-01",
    "TEA-02",
)  # fmt: skip
"""Products on the shelf beside the café counter, which has room for `FACINGS`."""
FACINGS = 30
_FACINGS = tuple(str(number) for number in range(1, 13))


class Lever(NamedTuple):
    """One thing that a plan decides."""

    group: str
    name: str
    base: Any  # a number, a yes or no; of names: one, a tuple, or a mapping of groups to names
    low: float
    high: float
    unit: str
    lead_weeks: int  # from the decision to the first week it acts
    owner: str
    meaning: str
    names: tuple[str, ...] = ()  # to choose among; () of a number, and of a yes or no
    groups: tuple[str, ...] = ()  # of customers, each of which may get one of the names
    of: str = ""  # the choice without which it says nothing

    @property
    def path(self) -> str:
        """Where a plan holds it, such as price.beans."""
        return f"{self.group}.{self.name}"


def _lever(
    base: float | bool,
    low: float,
    high: float,
    unit: str,
    lead: int,
    owner: str,
    meaning: str,
    *,
    of: str = "",
) -> Any:
    known = (base, low, high, unit, lead, owner, meaning, (), (), of)
    return field(default=base, metadata={"lever": known})


def _choice(
    base: str | tuple[str, ...] | dict[str, str],
    lead: int,
    owner: str,
    meaning: str,
    *,
    names: tuple[str, ...],
    groups: tuple[str, ...] = (),
) -> Any:
    known = {"lever": (base, 0, 0, "", lead, owner, meaning, names, groups)}
    return field(default_factory=lambda: base, hash=not groups, metadata=known)


class _Group:
    """A P of the mix. Names are kept in order, so that equal choices are equal."""

    def __post_init__(self) -> None:
        for entry in fields(self):  # type: ignore[arg-type]  # each group is a dataclass
            value = getattr(self, entry.name)
            if isinstance(value, (list, tuple, set)):
                object.__setattr__(self, entry.name, tuple(sorted(value, key=str)))
            elif isinstance(value, Mapping):
                kept = sorted((item for item in value.items() if item[1] != ""), key=str)
                object.__setattr__(self, entry.name, dict(kept))


def _level(what: str) -> Any:
    meaning = f"planned price of {what} over its list price"
    return _lever(1.0, 0.5, 3.0, "x list", 1, "brand manager", meaning)


def _weekly(base: float, what: str) -> Any:
    return _lever(base, 0, 5000, "€ a week", 1, "media buyer", f"spend on {what}")


@dataclass(frozen=True)
class Price(_Group):
    """What customers pay: price levels by family, cafés and the subscription box."""

    beans: float = _level("beans")
    ground: float = _level("ground coffee")
    capsules: float = _level("capsules")
    gift: float = _level("gift boxes")
    tea: float = _level("tea")
    cafe: float = _level("everything at the café counter")
    box: float = _lever(23.0, 5, 60, "€", 1, "brand manager", "price of a subscription box")


@dataclass(frozen=True)
class Product(_Group):
    """What they get."""

    quality: float = _lever(
        0.6, 0, 1.5, "grade", 8, "head roaster", "grade of the green coffee and care in roasting"
    )
    launch: str = _choice(
        "",
        LAUNCH_WEEKS,
        label("head roaster"),
        label("new bag of beans that is launched"),
        names=tuple(CANDIDATES),
    )
    launch_price: float = _lever(
        0.0,
        0,
        30,
        "€",
        LAUNCH_WEEKS,
        label("brand manager"),
        label("price of the new bag on the shelf, with tax; at 0 as it is planned"),
        of="product.launch",
    )


@dataclass(frozen=True)
class Place(_Group):
    """Where and how fast they get it."""

    delivery_days: float = _lever(3.0, 1, 7, "days", 4, "logistics", "promised days to the door")
    free_shipping_from: float = _lever(
        45.0, 0, 200, "€", 1, "logistics", "order value from which delivery is free"
    )
    marketplace: bool = _lever(True, 0, 1, "yes or no", 1, "web shop", "sell on the marketplace")
    partners: tuple[str, ...] = _choice(
        (), 8, label("brand manager"), label("intermediaries that sell our goods"), names=PARTNERS
    )
    cafe: str = _choice(
        "", 20, label("café manager"), label("premises in Paris for a fifth café"), names=SITES
    )
    facings: Mapping[str, str] = _choice(
        {},
        1,
        label("café manager"),
        label("facings of each product on the café shelf, which has room for 30; else in rotation"),
        names=_FACINGS,
        groups=SHELF,
    )


@dataclass(frozen=True)
class Promotion(_Group):
    """How they hear of it, and what tempts them."""

    search_brand: float = _weekly(130.0, "search ads on the company's own name")
    search_generic: float = _weekly(280.0, "search ads on words such as coffee beans")
    social: float = _weekly(330.0, "ads on social networks")
    retargeting: float = _weekly(140.0, "ads that follow visitors of the web shop")
    radio: float = _weekly(360.0, "radio and posters")
    affiliates: float = _weekly(90.0, "commissions of partner sites")
    deal_chance: float = _lever(
        0.13, 0, DEAL_MOST, "share of weeks", 1, "brand manager",
        "how often a family is on promotion; more may not be announced: a promotion lasts 2 weeks, "
        "and its reference is the lowest price of the 30 days before",
    )  # fmt: skip
    deal_depth: float = _lever(
        0.16, 0, 0.5, "share of price", 1, "brand manager", "mean discount of a promotion"
    )
    emails_per_week: float = _lever(
        1.0, 0, 5, "a week", 1, "customer relations", "newsletters to each address"
    )
    loyalty_earn: float = _lever(
        0.03, 0, 0.15, "share of sales", 4, "customer relations", "points earned by members"
    )
    referral_reward: float = _lever(
        5.0, 0, 40, "€", 1, "customer relations", "reward of a customer who brings a friend"
    )
    posts_per_week: float = _lever(
        5.0, 0, 30, "a week", 1, "content", "posts on the company's social accounts"
    )
    flows_off: tuple[str, ...] = _choice(
        (), 1, label("customer relations"), label("mail flows that are switched off"), names=FLOWS
    )
    message: Mapping[str, str] = _choice(
        {},
        1,
        label("content"),
        label("promise of the newsletter, by what a reader bought most often in 52 weeks"),
        names=PROMISES,
        groups=READERS,
    )
    offer: Mapping[str, str] = _choice(
        {},
        1,
        label("customer relations"),
        label("offer to customers, two weeks of eight, by their purchases in the 26 weeks before"),
        names=MECHANICS,
        groups=BUYERS,
    )


@dataclass(frozen=True)
class People(_Group):
    """Who serves them."""

    baristas: float = _lever(
        1.3, 0.6, 4, "people", 4, "café manager", "baristas at a mean café, on average over the day"
    )
    training: float = _lever(0.5, 0, 1.5, "grade", 6, "café manager", "training of the café staff")
    support_hours: float = _lever(
        15.5, 0, 100, "hours a week", 4, "customer service", "hours that answer requests"
    )
    roster: str = _choice(
        "usual",
        2,
        label("café manager"),
        label("how the baristas' hours are spread over peak and calm hours"),
        names=ROSTERS,
    )


@dataclass(frozen=True)
class Process(_Group):
    """How smoothly it goes."""

    web_ease: float = _lever(0.6, 0, 1.5, "grade", 8, "web shop", "ease of use of the web shop")
    order_ahead: bool = _lever(
        False, 0, 1, "yes or no", 8, "café manager", "an app to order before arriving"
    )


@dataclass(frozen=True)
class PhysicalEvidence(_Group):
    """What they see of it."""

    ambience: float = _lever(
        0.5, 0, 1.5, "grade", 12, "café manager", "furniture, light and care of the cafés"
    )
    mended: tuple[str, ...] = _choice(
        (),
        4,
        label("brand manager"),
        label("offers taken to mend bag, label, parcel and pictures"),
        names=MENDINGS,
    )


@dataclass(frozen=True)
class Mix:
    """One decision on all seven Ps."""

    price: Price = Price()
    product: Product = Product()
    place: Place = Place()
    promotion: Promotion = Promotion()
    people: People = People()
    process: Process = Process()
    physical_evidence: PhysicalEvidence = PhysicalEvidence()

    def value(self, path: str) -> Any:
        """The value of one lever.

        >>> Mix().value("people.baristas")
        1.3
        """
        group, name = path.split(".")
        return getattr(getattr(self, group), name)


BASE = Mix()
DECIDED: dict[str, Lever] = {
    lever.path: lever
    for group in fields(Mix)
    for entry in fields(getattr(BASE, group.name))
    for lever in [Lever(group.name, entry.name, *entry.metadata["lever"])]
}
"""Path -> lever, in the order of the Ps: all that a plan decides."""
LEVERS = {path: lever for path, lever in DECIDED.items() if not lever.names and not lever.of}
"""Those of them that are a number, or a yes or no, and say something alone."""
CHANNELS = tuple(entry.name for entry in fields(Promotion))[:6]
"""The paid channels, as `promotion` names them."""
