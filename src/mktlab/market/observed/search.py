"""Search: the words that were paid for, the places of free search, and the pages that were read.

`search_terms` splits the bill of the two search channels by what was typed, to the cent.
`search_lift` is the platform's own test: for half of those who searched, drawn by lot, our ads did
not show. `search_positions` is free search, `content` the pages. `terms_truth` and `content_truth`
say what each would not have brought by itself. The words and their numbers are in `search.toml`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.market.draws import Floats, Ints, binomials, normals, uniforms
from mktlab.market.observed import media
from mktlab.market.observed.sales import bought, days, labels
from mktlab.market.state import History
from mktlab.market.world import COST_CENTS
from mktlab.resources import declared

WEEKS = 26
CAMPAIGNS = ("search_brand", "search_generic")
WITHIN = 30  # days after a click or a visit in which an order counts
_WORDS = declared("market/observed/search.toml")
_GROUPS = pd.DataFrame(_WORDS["groups"]).T
_NAMES = ["match_type", "keyword", "search_term", "share", "price", "chance"]
_LISTS = [
    pd.DataFrame(rows, columns=_NAMES).assign(ad_group=g) for g, rows in _WORDS["terms"].items()
]
_TERMS = pd.concat(_LISTS, ignore_index=True)
_SPREAD = 0.15  # log chance of an order, world by world
_PER_VIEW, _CLICKLESS = 0.75, 0.6  # persons for a view; orders without a click over those after one
_QUERIES = pd.DataFrame(
    _WORDS["queries"]["rows"], columns=["query", "page", "views", "growth", "first", "last"]
)
_TOP_CLICKS, _CLICKS_FALL = 0.32, 1.15  # share who click in place 1, and how it falls
_PAGES = pd.DataFrame(
    _WORDS["pages"]["rows"],
    columns=["page", "title", "kind", "age", "cost", "visits", "known", "old", "new", "brings"],
)


def margin_share(history: History) -> float:
    """Margin over revenue of what was sold in the last weeks."""
    orders, lines = bought(history)
    late = orders.day[lines.order] >= 7 * (len(history.weeks) - WEEKS)
    pieces, price = lines.quantity[late], lines.unit_cents[late]
    earned = (pieces * (price - COST_CENTS[lines.product[late]])).sum()
    return float(earned / max((pieces * price).sum(), 1))


def _chances(history: History) -> Floats:
    """Chance of an order after a click on each term, as the platform counts."""
    luck = normals(uniforms(history.seed, "search_chances", len(_TERMS)))
    return np.asarray(_TERMS["chance"] * np.exp(_SPREAD * luck - _SPREAD**2 / 2), dtype=float)


def _split(total: int, weights: Floats) -> Ints:
    """Whole cents that add up, as near to the weights as they can."""
    exact = total * weights / max(weights.sum(), 1e-9)
    cents = np.floor(exact).astype(np.int64)
    last = np.argsort(cents - exact, kind="stable")[: total - int(cents.sum())]
    cents[last] += 1
    return np.asarray(cents)


def search_terms(history: History) -> pd.DataFrame:
    """The report of the search campaigns: a row per week and term that was shown."""
    billed = media.ad_spend(history)
    first = max(len(history.weeks) - WEEKS, 0)
    chances, parts = _chances(history), []
    for week in range(first, len(history.weeks)):
        now = billed[billed["week"] == _monday(week)]
        sums = now.groupby("channel")[["impressions", "clicks", "spend"]].sum()
        for name in CAMPAIGNS:
            views, clicks, spend = (float(sums[column][name]) for column in sums)
            bill = (int(views), int(clicks), round(100 * spend))
            part = _report(history.seed, name, week, bill, chances)
            parts.append(part[(part["impressions"] > 0) | (part["cost"] > 0)])
    table = pd.concat(parts, ignore_index=True)
    return table.astype(dict.fromkeys(table.columns[1:6], "str"))


def _monday(week: int) -> pd.Timestamp:
    return pd.Timestamp(days(np.array([7 * week])).iloc[0])


def _report(
    seed: int, name: str, week: int, bill: tuple[int, int, int], chances: Floats
) -> pd.DataFrame:
    """One campaign's week: its views, clicks and cents, split by what was typed."""
    views, clicks, cents = bill
    here = np.flatnonzero(_of_group("channel") == name)
    rows, chance = _TERMS.iloc[here], chances[here]
    wide = rows.groupby("ad_group")["share"].transform("sum")
    lot = uniforms(seed, f"terms {name}", 3 * len(here), week=week).reshape(3, -1)
    now = (rows["share"] / wide * _of_group("clicks")[here]).to_numpy(float)
    now = now * np.exp(0.15 * normals(lot[2]))
    shown = media.pick(uniforms(seed, f"views {name}", views, week=week), now)
    clicked = media.pick(uniforms(seed, f"clicks {name}", clicks, week=week), now)
    counts = np.bincount(clicked, minlength=len(here))
    price = (rows["price"] * _of_group("price")[here]).to_numpy(float)
    orders = binomials(lot[0], counts, chance)
    luck = np.exp(0.3 * normals(lot[1]) / np.sqrt(np.maximum(orders, 1)))
    revenue = orders * _of_group("order")[here].astype(float) * luck
    named = {c: rows[c].to_numpy() for c in ("ad_group", "match_type", "keyword", "search_term")}
    return pd.DataFrame(
        {
            "week": _monday(week),
            "campaign": name,
            **named,
            "impressions": np.maximum(np.bincount(shown, minlength=len(here)), counts),
            "clicks": counts,
            "cost": _split(cents, counts * price + 1e-6 * (clicks == 0)) / 100,
            "orders": orders,
            "revenue": revenue.round(2),
        }
    )


def _of_group(trait: str) -> npt.NDArray[Any]:
    """A trait of each term's ad group."""
    return np.asarray(_TERMS["ad_group"].map(_GROUPS[trait]).to_numpy())


def search_lift(history: History) -> pd.DataFrame:
    """A row per week, ad group and side: who searched, and what they ordered."""
    terms = search_terms(history)
    table = terms.groupby(["week", "ad_group"], as_index=False)[["impressions", "orders"]].sum()
    index = _GROUPS.index.get_indexer(pd.Index(table["ad_group"]))
    week = (table["week"] - _monday(0)).dt.days.to_numpy() // 7
    lot = np.array(
        [uniforms(history.seed, "search_lift", 2 * len(_GROUPS), week=int(w)) for w in week]
    ).reshape(len(week), len(_GROUPS), 2)[np.arange(len(week)), index]
    people = np.rint(_PER_VIEW * table["impressions"]).astype("int64")
    expected = _expected(history, terms)
    extra = expected * _GROUPS["extra"].to_numpy(float)[index]
    without = (1 + _CLICKLESS) * expected - extra
    others = _counted(lot[:, 0], _CLICKLESS * expected)
    sides = []
    for held, orders in ((False, table["orders"] + others), (True, _counted(lot[:, 1], without))):
        side = table[["week", "ad_group"]].assign(held_out=held, people=people, orders=orders)
        sides.append(side)
    return pd.concat(sides).sort_values(["week", "ad_group", "held_out"], ignore_index=True)


def _counted(uniform: Floats, mean: Floats) -> Ints:
    """Counts that vary as those of rare events."""
    return np.maximum(np.rint(mean + np.sqrt(mean) * normals(uniform)), 0).astype(np.int64)


def _expected(history: History, terms: pd.DataFrame) -> Floats:
    """Orders that the platform is expected to count, by week and group."""
    chance = dict(
        zip(_TERMS["ad_group"] + "/" + _TERMS["search_term"], _chances(history), strict=True)
    )
    each = terms["clicks"] * (terms["ad_group"] + "/" + terms["search_term"]).map(chance)
    return each.groupby([terms["week"], terms["ad_group"]]).sum().to_numpy(float)


def terms_truth(history: History) -> pd.DataFrame:
    """What the clicks on each term brought that would not have come, expected, over these weeks."""
    keys = ["ad_group", "search_term"]
    table = search_terms(history).groupby(keys, as_index=False)[["clicks", "cost"]].sum()
    found = table.merge(_TERMS.assign(counted=_chances(history))[[*keys, "counted"]], on=keys)
    extra = (
        found["clicks"] * found["counted"] * found["ad_group"].map(_GROUPS["extra"]).astype(float)
    )
    margin = extra * found["ad_group"].map(_GROUPS["order"]).astype(float) * margin_share(history)
    return found[keys].assign(
        clicks=found["clicks"],
        cost=found["cost"],
        orders_counted=found["clicks"] * found["counted"],
        extra_orders=extra.astype(float),
        extra_margin=margin.astype(float),
        profit=margin.astype(float) - found["cost"],
    )


def search_positions(history: History) -> pd.DataFrame:
    """Free search: a row per week and query."""
    weeks, scale = len(history.weeks), history.people.scale
    rows = []
    for week in range(max(weeks - WEEKS, 0), weeks):
        along = (week - weeks + WEEKS) / (WEEKS - 1)
        lot = normals(uniforms(history.seed, "free_search", 3 * len(_QUERIES), week=week)).reshape(
            3, -1
        )
        views = _QUERIES["views"] * scale * _QUERIES["growth"] ** along * np.exp(0.08 * lot[0])
        place = _QUERIES["first"] + (_QUERIES["last"] - _QUERIES["first"]) * along
        place = (place * np.exp(0.04 * lot[1])).clip(lower=1.0)
        views = np.rint(views).astype("int64")
        mean = views * _TOP_CLICKS * place**-_CLICKS_FALL
        clicks = np.rint(mean + np.sqrt(mean) * lot[2]).clip(0, views).astype("int64")
        part = _QUERIES[["query", "page"]].assign(impressions=views, clicks=clicks)
        rows.append(part.assign(position=place.round(1), week=days(np.full(len(part), 7 * week))))
    table = pd.concat(rows, ignore_index=True)
    columns = ["week", "query", "page", "impressions", "clicks", "position"]
    return table[columns].astype({"query": "str", "page": "str"})


def _readers(history: History) -> tuple[Ints, Ints, Ints, Ints]:
    """Readers of each page who had bought before and who had not, and the orders of both."""
    lot = uniforms(history.seed, "pages", 4 * len(_PAGES)).reshape(4, -1)
    weeks = np.minimum(np.minimum(WEEKS, len(history.weeks)), _PAGES["age"].to_numpy())
    visits = 0.4 * weeks * _PAGES["visits"].to_numpy(float) * history.people.scale
    known, new = visits * _PAGES["known"].to_numpy(), visits * (1 - _PAGES["known"].to_numpy())
    known, new = _counted(lot[0], known), _counted(lot[1], new)
    old_orders = binomials(lot[2], known, _PAGES["old"].to_numpy() / 100)
    return known, new, old_orders, binomials(lot[3], new, _PAGES["new"].to_numpy() / 100)


def content(history: History) -> pd.DataFrame:
    """The pages: what each cost, who read it, and what its readers ordered."""
    known, new, old_orders, new_orders = _readers(history)
    last = 7 * len(history.weeks)
    return pd.DataFrame(
        {
            "page": _PAGES["page"].astype("str"),
            "title": _PAGES["title"].astype("str"),
            "kind": labels(("help", "guide", "recipe", "story"), _kinds()),
            "published_date": days(last - 7 * _PAGES["age"].to_numpy()),
            "cost": _PAGES["cost"].astype(float),
            "readers": known + new,
            "had_bought": known,
            "orders": old_orders + new_orders,
            "orders_of_new": new_orders,
        }
    )


def _kinds() -> Ints:
    return np.array([("help", "guide", "recipe", "story").index(kind) for kind in _PAGES["kind"]])


def content_truth(history: History) -> pd.DataFrame:
    """Orders that a page brings: only readers who had not bought before are moved by it."""
    _, new, _, _ = _readers(history)
    extra = new * _PAGES["brings"].to_numpy() / 100
    order = float(_GROUPS["order"].mean()) * margin_share(history)
    return pd.DataFrame(
        {
            "page": _PAGES["page"].astype("str"),
            "extra_orders": extra,
            "extra_margin": extra * order,
        }
    )
