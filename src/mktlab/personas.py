"""Personas: groups of customers whose purchases look alike, and whether luck makes such groups, too.

A purchase is a card with marks: what, where, how large, on which day (`deck`). A customer is a hand
of cards (`counts`, `hands`). `deal` shuffles the deck and deals it anew: then nobody has a taste.
What real hands have beyond dealt ones is in `luck`, mark by mark, and in `gaps`, by the number of
groups; `suggest` reads off how many groups hold, or 1. `find` makes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from mktlab.orders import purchases
from mktlab.schema import MktlabError
from mktlab.show.words import say

LEAST = 5
"""Purchases of a customer whose hand says something."""

SAMPLE = 1_000  # hands among which groups are counted
TRAITS = 8  # of a kind; rarer ones are "other"
BEYOND = 3.0  # standard deviations that luck does not reach
STABLE = 0.8  # adjusted Rand index of groups found in two halves
SIZES = np.array(["small", "middle", "large"])
KINDS = ("what", "where", "size", "day", "offer")


def deck(
    orders: pd.DataFrame,
    *,
    lines: pd.DataFrame | None = None,
    products: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One card per purchase: whose it is, and what is marked on it.

    Parameters
    ----------
    orders
        As for `mktlab.orders.purchases`, with `outlet` and `discount` where they are known.
    lines, products
        `order_id, product_id, amount` and `product_id, category`: both, or neither.

    Returns
    -------
    `order_id, customer_id, quarter` and, where the tables tell and more than one thing occurs,
    `what` (the category with most money), `where` (the outlet), `size` (of the amount kept: the
    lower, middle or upper third of all), `day` (weekday or weekend) and `offer` (with a discount
    or without). Of more than 8 different marks the rarer are called "other".

    Raises
    ------
    MktlabError
        As `mktlab.orders.purchases`; when nobody is known by name, or lines come without products.

    Examples
    --------
    >>> orders = pd.DataFrame({
    ...     "order_id": ["1", "2", "3"], "customer_id": ["Ana", "Ana", "Ben"],
    ...     "order_date": pd.to_datetime(["2025-01-03", "2025-01-04", "2025-04-07"]),
    ...     "revenue": [10.0, 20.0, 30.0]})
    >>> deck(orders)
      order_id customer_id quarter    size      day
    0        1         Ana  2025Q1   small  weekday
    1        2         Ana  2025Q1  middle  weekend
    2        3         Ben  2025Q2   large  weekday
    """
    bought = purchases(orders)
    bought = bought[bought["customer_id"].notna()]
    if bought.empty:
        raise MktlabError(
            say("orders: no purchase has a customer_id; personas need purchases of customers.")
        )
    net = bought["revenue"] - (bought["refunded"] if "refunded" in bought else 0.0)
    cuts = net.quantile([1 / 3, 2 / 3]).round(2)
    made: dict[str, Any] = {
        "order_id": bought["order_id"],
        "customer_id": bought["customer_id"].astype(str),
        "quarter": bought["order_date"].dt.to_period("Q").astype(str),
        "what": _what(bought["order_id"], lines, products),
        "where": bought.get("outlet"),
        "size": SIZES[np.searchsorted(cuts, net.round(2))],
        "day": np.where(bought["order_date"].dt.day_of_week >= 5, "weekend", "weekday"),
        "offer": None,
    }
    if "discount" in bought:
        made["offer"] = np.where(bought["discount"] > 0, "offer", "full price")
    table = pd.DataFrame({name: marks for name, marks in made.items() if marks is not None})
    for kind in set(KINDS) & set(table):
        marks = table[kind].astype(object).where(table[kind].notna(), "other").astype(str)
        often = marks.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        table[kind] = marks.where(marks.isin(often.index[:TRAITS]), "other")
        if table[kind].nunique() < 2:
            table = table.drop(columns=kind)
    return table.reset_index(drop=True)


def _what(
    order_id: pd.Series, lines: pd.DataFrame | None, products: pd.DataFrame | None
) -> pd.Series | None:
    """The category with most money in each order, the first by name of equals."""
    if lines is None and products is None:
        return None
    for table, name, needed in (
        (lines, "lines", ("order_id", "product_id", "amount")),
        (products, "products", ("product_id", "category")),
    ):
        lacking = [column for column in needed if table is None or column not in table]
        if lacking:
            raise MktlabError(
                say(
                    "{name}: {lacking} is missing; what was bought needs order_lines with "
                    "order_id, product_id, amount, and products with product_id, category.",
                    name=name,
                    lacking=", ".join(lacking),
                )
            )
    category = lines["product_id"].map(products.set_index("product_id")["category"])
    sums = lines.assign(category=category).groupby(["order_id", "category"], as_index=False)
    sums = sums["amount"].sum().sort_values(["amount", "category"], ascending=[False, True])
    return order_id.map(sums.drop_duplicates("order_id").set_index("order_id")["category"])


def kinds_of(cards: pd.DataFrame) -> list[str]:
    """The kinds of marks on the cards of a deck."""
    return [kind for kind in KINDS if kind in cards]


def counts(
    cards: pd.DataFrame, kinds: Iterable[str] | None = None, *, least: int = LEAST
) -> pd.DataFrame:
    """How often each mark is in each customer's hand.

    Parameters
    ----------
    cards
        A deck.
    kinds
        The kinds of marks that count; all, if not given.
    least
        Customers with fewer purchases are left out.

    Returns
    -------
    One row per customer, by `customer_id`, and a column per mark, such as "where: web".

    Raises
    ------
    MktlabError
        When the deck has no such kind, or nobody has so many purchases.

    Examples
    --------
    >>> cards = pd.DataFrame({"customer_id": ["Ana", "Ana", "Ben"], "where": ["web", "shop", "web"]})
    >>> counts(cards, least=2)
                 where: shop  where: web
    customer_id                         
    Ana                    1           1
    """
    names = kinds_of(cards) if kinds is None else list(kinds)
    unknown = [name for name in names if name not in cards]
    if unknown or not names:
        raise MktlabError(
            say(
                "The deck has no marks of the kind {unknown}: it has {known}.",
                unknown=", ".join(unknown) or "–",
                known=", ".join(kinds_of(cards)) or "–",
            )
        )
    who, customers = pd.factorize(cards["customer_id"], sort=True)
    enough = np.bincount(who, minlength=len(customers)) >= least
    if not enough.any():
        raise MktlabError(
            say("No customer has {least:count} purchases or more: there are no hands.", least=least)
        )
    columns = {}
    for kind in names:
        mark, marks = pd.factorize(cards[kind], sort=True)
        flat = np.bincount(who * len(marks) + mark, minlength=len(customers) * len(marks))
        table = flat.reshape(len(customers), len(marks))[enough]
        columns |= {f"{kind}: {name}": table[:, n] for n, name in enumerate(marks)}
    index = pd.Index(customers[enough], name="customer_id")
    return pd.DataFrame(columns, index=index)


def hands(
    cards: pd.DataFrame, kinds: Iterable[str] | None = None, *, least: int = LEAST
) -> pd.DataFrame:
    """The share of each mark in each customer's hand; those of one kind add up to 1.

    Parameters, errors: as `counts`.

    Examples
    --------
    >>> cards = pd.DataFrame({"customer_id": ["Ana", "Ana", "Ben"], "where": ["web", "shop", "web"]})
    >>> hands(cards, least=2)
                 where: shop  where: web
    customer_id                         
    Ana                  0.5         0.5
    """
    table = counts(cards, kinds, least=least)
    kind = table.columns.str.partition(": ").get_level_values(0)
    first = table.loc[:, kind == kind[0]].sum(axis=1)  # cards in the hand
    return table.div(first, axis=0)


def deal(cards: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """The same cards, shuffled and dealt anew: hands as large, and nobody has a taste.

    Cards are shuffled within a quarter, so that a season that all share is nobody's taste.

    Examples
    --------
    >>> cards = pd.DataFrame({"customer_id": ["Ana", "Ana", "Ben"], "quarter": "2025Q1",
    ...                       "where": ["web", "shop", "web"]})
    >>> sorted(deal(cards, rng=np.random.default_rng(1))["customer_id"])
    ['Ana', 'Ana', 'Ben']
    """
    quarter = pd.factorize(cards["quarter"], sort=True)[0]
    place = np.argsort(quarter, kind="stable")
    drawn = np.lexsort((rng.random(len(cards)), quarter))
    owner = cards["customer_id"].to_numpy(dtype=object, copy=True)
    owner[place] = owner[drawn]
    return cards.assign(customer_id=owner)


def luck(
    cards: pd.DataFrame, *, least: int = LEAST, deals: int = 20, seed: int = 13
) -> pd.DataFrame:
    """How much customers differ in each mark, beside how much dealt hands do.

    Parameters
    ----------
    cards, least
        As for `counts`.
    deals
        How often the deck is dealt.
    seed
        Of the shuffling.

    Returns
    -------
    By mark: `kind`, `share` (its mean share in a hand), `differ` and `by_luck` (standard deviation
    of the share among customers, and its mean over dealt hands), `times` (the first over the
    second) and `beyond` (whether that is more than luck: by 3 standard deviations of the deals, and
    by a fifth).
    """
    rng = np.random.default_rng(seed)
    real = hands(cards, least=least)
    spread = np.array([hands(deal(cards, rng=rng), least=least).std() for _ in range(deals)])
    mean, varies = spread.mean(axis=0), spread.std(axis=0)
    differ = real.std().to_numpy()
    times = differ / np.where(mean > 0, mean, np.nan)
    return pd.DataFrame(
        {
            "kind": [name.partition(": ")[0] for name in real],
            "share": real.mean().to_numpy(),
            "differ": differ,
            "by_luck": mean,
            "times": times,
            "beyond": (differ > mean + BEYOND * varies) & (times >= 1.2),
        },
        index=pd.Index(real.columns, name="mark"),
    )


def scaled(real: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    """Hands less their mean, in units of luck, as `luck` tells it: rounded, for groups to be found.

    A difference that luck makes counts 1 in every mark, so no mark decides by its unit.
    """
    unit = marks["by_luck"].reindex(real.columns)
    return ((real - real.mean()) / unit.where(unit > 0, 1.0)).round(6)


def gaps(
    cards: pd.DataFrame,
    marks: pd.DataFrame,
    *,
    most: int = 8,
    least: int = LEAST,
    deals: int = 10,
    seed: int = 13,
) -> pd.DataFrame:
    """What 2, 3, ... groups explain, beside what they explain of dealt hands; and how stable.

    The gap is that of Tibshirani, Walther and Hastie (2001), in logs of what is left within the
    groups over what one group leaves; but where they draw a cloud of the same extent, the deck is
    dealt: hands of few cards are lumpy by luck alone. Stability is the adjusted Rand index of the
    groups that two halves of the customers lead to, on average over 10 halvings.

    Parameters
    ----------
    cards
        A deck.
    marks
        From `luck`; the kinds of which a mark is beyond luck count.
    most
        The largest number of groups.
    least, deals, seed
        As for `luck`. Groups are looked for among 1,000 hands at most.

    Returns
    -------
    By the number of `groups`: `explained` and `by_luck` (shares of all squared differences between
    real and dealt hands that lie between the groups), `gap`, `error` (of luck: its standard
    deviation over the deals) and `stable`.

    Raises
    ------
    MktlabError
        When no kind is beyond luck, or there are fewer than 4 hands for a group.

    References
    ----------
    Tibshirani, R., Walther, G., & Hastie, T. (2001). Estimating the number of clusters in a data
    set via the gap statistic. *Journal of the Royal Statistical Society B*, 63(2).
    """
    from sklearn.metrics import adjusted_rand_score

    rng, kinds = np.random.default_rng(seed), telling(marks)
    real = hands(cards, kinds or None, least=least)
    most = min(most, len(real) // 8)
    if not kinds or most < 2:
        raise MktlabError(
            say(
                "There is nothing to group: {hands:count} customers with {least:count} purchases "
                "or more, who differ beyond luck in {kinds}.",
                hands=len(real),
                least=least,
                kinds=", ".join(kinds) or say("nothing"),
            )
        )

    def within(table: pd.DataFrame) -> np.ndarray:
        chosen = scaled(_some(table, rng), marks).to_numpy()
        left = [_kmeans(k, chosen, tries=3).inertia_ for k in range(1, most + 1)]
        return np.array(left[1:]) / left[0]

    seen = within(real)
    dealt = np.array([within(hands(deal(cards, rng=rng), kinds, least=least)) for _ in range(deals)])
    chosen = scaled(_some(real, rng), marks).to_numpy()
    stable = []
    for k in range(2, most + 1):
        agree = []
        for _ in range(10):
            order = rng.permutation(len(chosen))
            half = [_kmeans(k, chosen[part], tries=3) for part in np.array_split(order, 2)]
            agree.append(adjusted_rand_score(*(model.predict(chosen) for model in half)))
        stable.append(np.mean(agree))
    return pd.DataFrame(
        {
            "explained": 1 - seen,
            "by_luck": 1 - dealt.mean(axis=0),
            "gap": np.log(dealt).mean(axis=0) - np.log(seen),
            "error": np.log(dealt).std(axis=0) * np.sqrt(1 + 1 / deals),
            "stable": stable,
        },
        index=pd.RangeIndex(2, most + 1, name="groups"),
    )


def telling(marks: pd.DataFrame) -> list[str]:
    """The kinds of which a mark is beyond luck."""
    found = set(marks.loc[marks["beyond"], "kind"])
    return [kind for kind in KINDS if kind in found]


def suggest(table: pd.DataFrame) -> int:
    """How many groups hold: the most whose gap is beyond luck and that two halves agree on; or 1.

    Beyond luck is a gap of more than 3 errors; to agree is an adjusted Rand index of .8 or more.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"gap": [0.4, 0.6, 0.7], "error": 0.02, "stable": [0.95, 0.9, 0.6]}, index=[2, 3, 4])
    >>> suggest(table), suggest(table.assign(error=0.3))
    (3, 1)
    """
    holds = table[(table["gap"] > BEYOND * table["error"]) & (table["stable"] >= STABLE)]
    return int(holds.index.max()) if len(holds) else 1


@dataclass(frozen=True)
class Personas:
    """Groups of customers.

    Attributes
    ----------
    of
        The name of each customer's persona, by `customer_id`.
    profile
        By persona: `customers`, `stays` (Jaccard index: of the persona and of the group most like
        it, found in another half of the customers, the share that is in both; Hennig, 2007), and
        the mean share of each mark.
    everybody
        The mean share of each mark in all hands.
    """

    of: pd.Series[str]
    profile: pd.DataFrame
    everybody: pd.Series[float]


def find(
    cards: pd.DataFrame, groups: int, marks: pd.DataFrame, *, least: int = LEAST, seed: int = 13
) -> Personas:
    """So many groups of customers, by k-means on hands in units of luck.

    A persona is named by the mark that sets it apart most, and by the first of another kind; they
    are sorted by name.

    Parameters
    ----------
    cards, marks, least
        As for `gaps`.
    groups
        How many, such as `suggest` says.
    seed
        Of the starts of k-means, and of the halves by which `stays` is measured.

    Raises
    ------
    MktlabError
        When there are fewer customers than groups, or groups is no whole number from 1.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. *Computational Statistics &
    Data Analysis*, 52(1).
    """
    real = hands(cards, telling(marks) or None, least=least)
    if isinstance(groups, bool) or not isinstance(groups, int) or not 1 <= groups <= len(real):
        raise MktlabError(
            say(
                "groups is {groups!r}: give a whole number from 1 to {most:count}, the customers "
                "with {least:count} purchases or more.",
                groups=groups,
                most=len(real),
                least=least,
            )
        )
    points = scaled(real, marks)
    rng, unit = np.random.default_rng(seed), points.to_numpy()
    model = _kmeans(groups, _some(points, rng, most=20_000).to_numpy(), tries=10, seed=seed)
    label = model.predict(unit)
    names = _names(points.groupby(label).mean())
    some = rng.permutation(len(unit))[:SAMPLE]
    halves = [
        _kmeans(groups, unit[half], tries=3).predict(unit[some])
        for _ in range(5)
        for half in np.array_split(rng.permutation(some), 2)
        if len(half) >= groups
    ]
    profile = real.groupby(label).mean().rename(index=names)
    profile.insert(0, "customers", np.bincount(label, minlength=groups))
    profile.insert(1, "stays", [_stays(label[some] == n, halves) for n in range(groups)])
    of = pd.Series(label, real.index, name="persona").map(names)
    return Personas(of, profile.sort_index().rename_axis("persona"), real.mean())


def _stays(mine: np.ndarray, halves: Sequence[np.ndarray]) -> float:
    """Mean Jaccard index of a group and of the one most like it in each of these groupings."""
    most = [
        max((mine & (other == n)).sum() / (mine | (other == n)).sum() for n in np.unique(other))
        for other in halves
    ]
    return float(np.mean(most)) if most else float("nan")


def _names(centers: pd.DataFrame) -> dict[int, str]:
    """By the mark that is farthest above all hands, and the first one of another kind."""
    found: dict[int, str] = {}
    for group, row in centers.round(3).sort_index().iterrows():
        order = row.sort_index().sort_values(ascending=False, kind="stable")
        kinds: dict[str, str] = {}
        for mark in order.index[order > 0]:
            kind, _, trait = mark.partition(": ")
            kinds.setdefault(kind, trait)
        name = ", ".join(list(kinds.values())[:2]) or "all alike"
        twice = sum(other == name or other.startswith(f"{name} ") for other in found.values())
        found[int(str(group))] = f"{name} {twice + 1}" if twice else name
    return found


def _some(table: pd.DataFrame, rng: np.random.Generator, *, most: int = SAMPLE) -> pd.DataFrame:
    """All rows, or so many drawn by lot."""
    if len(table) <= most:
        return table
    return table.iloc[np.sort(rng.choice(len(table), most, replace=False))]


def _kmeans(groups: int, points: np.ndarray, *, tries: int, seed: int = 13) -> Any:
    from sklearn.cluster import KMeans

    with _threads().limit(limits=1, user_api="openmp"):  # waiting for each other takes ten times
        return KMeans(groups, n_init=tries, random_state=seed).fit(points)


@cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
