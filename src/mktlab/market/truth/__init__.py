"""What is so, whatever the tables say.

`reveal` writes the truth tables that a single run shows: `customers`, `response` (elasticities and
demand), `company` (books, waits, answers of tests), `studies` (scores, worths and lifts behind
surveys and tests), and the market around the company. `rerun` says which tables need the last year
to be played again (`counterfactual`). `MEANINGS` says what each table and column means.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from mktlab.market import (
    advertising,
    baskets,
    crm,
    demand,
    prices,
    profit,
    rivals,
    service,
    shelf,
    world,
)
from mktlab.market.observed import (
    audiences,
    blends,
    boxes,
    cafes,
    daily_content,
    leads,
    listings,
    market_study,
    media,
    media_panel,
    messages,
    opinions,
    panel,
    panel_tastes,
    replies,
    rewards,
    search,
    suggestions,
    web,
)
from mktlab.market.observed import (
    service as desk,
)
from mktlab.market.state import History
from mktlab.market.truth import (
    company,
    counterfactual,
    customers,
    evidence,
    launches,
    mail,
    offers,
    people,
    place,
    response,
    studies,
)
from mktlab.market.world import CATEGORIES, SEGMENTS
from mktlab.resources import declared


def _meanings() -> dict[str, str]:
    tables = declared("market/truth/meanings.toml")
    pairs = ((name, column) for name, columns in tables.items() for column in columns)
    return {f"{name}.{column}".rstrip("."): tables[name][column] for name, column in pairs}


MEANINGS = _meanings()
"""Table, or "table.column" -> what it means; written in `meanings.toml`."""
RERUNS = {
    "channels": counterfactual.channels,
    "programs": counterfactual.programs,
    "without": counterfactual.without,
    "price_response": counterfactual.price_response,
    "flows": mail.flows,
    "mail_pressure": mail.pressure,
    "staffing": people.staffing,
    "rosters": people.rosters,
    "projects": people.projects,
    "channel_terms": place.channel_terms,
    "offers": offers.offers,
    "offer_test": offers.offer_test,
    "touch_repairs": evidence.touch_repairs,
}
"""Truth table -> function that plays the last year again for it."""


def reveal(history: History) -> dict[str, pd.DataFrame]:
    """The truth tables of one run, without those of what a short market has not seen.

    `flaws` is added by whoever plants them.
    """
    tables: dict[str, pd.DataFrame | None] = {
        "customers": customers.customers(history),
        "elasticity": response.elasticity(history),
        "segment_elasticity": response.segment_elasticity(history),
        "demand": response.demand(history),
        "profit": company.profit(history),
        "service": company.queues(history),
        "operations": company.operations(history),
        "answers": company.answers(history),
        "posts": media.posts_truth(history),
        "sessions": web.sessions_truth(history),
        "page_clicks": web.page_clicks_truth(),
        "listings": listings.interest(history),
        "listing_places": listings.places(),
        "audiences": audiences.lifts(history),
        "reviews": opinions.review_truth(history),
        "ticket_answers": opinions.ticket_truth(history),
        "nps": studies.nps(history),
        "drivers": studies.drivers(history),
        "comments": studies.comments(history),
        "respondents": studies.respondents(history),
        "willingness": studies.willingness(history),
        "experiments": studies.lifts(history),
        "market": rivals.market(history),
        "brand_positions": panel.positions(history),
        "market_study": market_study.census(history),
        "brand_ratings": market_study.images(history),
        "panel_tastes": panel_tastes.tastes(history),
        "suggestions": suggestions.lifts(history),
        "suggestion_tastes": suggestions.tastes(history),
        "review_replies": replies.gains(history),
        "waits": desk.waits(history),
        "mail_delivery": mail.delivery(history),
        "search_terms": search.terms_truth(history),
        "content": search.content_truth(history),
        "subject_lines": messages.lines_truth(history),
        "subject_promises": messages.promises_truth(history),
        "store_hours": people.hours(history),
        "openings": place.openings(history),
        "sites": place.site_profits(history),
        "shelf": place.shelf(history),
        "shelf_levels": place.levels(history),
        "launches": launches.launches(history),
        "touch_drivers": evidence.touch_drivers(history),
        "media_audience": media_panel.audience(history),
        "retention_offer": customers.retention_offer(history),
        "box_price_test": boxes.price_ratios(history),
        "box_renewals": boxes.renewal_chances(history),
        "leads": leads.chances(history),
        "deals": leads.outcomes(history),
        "reward_test": rewards.effects(history),
        "cafes": cafes.gains(history),
        "content_lags": daily_content.lags(history),
        "content_gains": daily_content.gains(history),
        "blends": blends.effects(history),
    }
    return {name: rounded(table) for name, table in tables.items() if table is not None}


def rerun(before: History, history: History) -> dict[str, Callable[[], pd.DataFrame]]:
    """The truth tables that take a replay of the weeks from `before` on, each when called."""
    rewind = counterfactual.Rewind.of(before, history)
    return {name: partial(_rounded_table, table, rewind) for name, table in RERUNS.items()}


def _rounded_table(
    table: Callable[[counterfactual.Rewind], pd.DataFrame], rewind: counterfactual.Rewind
) -> pd.DataFrame:
    return rounded(table(rewind))


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Six digits, so that the last digit of a platform's exp() does not show."""
    return table.round(dict.fromkeys(table.select_dtypes("float"), 6))


def with_duplicates(customers: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """The truth of customers plus a row, copied from the person's, for each second record."""
    planted = log[(log["flaw"] == "duplicates") & (log["table"] == "customers")]
    copies = customers.set_index("customer_id").loc[planted["true_value"]].reset_index()
    copies["duplicate_of"] = copies["customer_id"]
    copies["customer_id"] = planted["key"].to_numpy()
    everyone = pd.concat([customers, copies]) if len(copies) else customers
    return everyone.sort_values("customer_id", ignore_index=True)


def parameters(history: History) -> dict[str, Any]:
    """Every number the market was played with, ready for JSON."""
    constants = {
        name.lower(): value
        for module in (prices, shelf, demand, baskets, advertising, crm, service, profit, world)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, float)
    }
    return {
        "seed": history.seed,
        "people": history.people.residents,
        "weeks": len(history.weeks),
        **constants,
        "channels": {c.name: c._asdict() for c in advertising.MEDIA},
        "segments": {s.name: s._asdict() for s in SEGMENTS},
        "categories": {c.name: c._asdict() for c in CATEGORIES},
        "need": rivals.NEED,
        "rivals": {r.name: r._asdict() for r in rivals.RIVALS},
    }
