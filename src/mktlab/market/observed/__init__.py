"""What an analyst of the company sees: the tables, made from the market's history.

`observe` writes them all, `samples` says which are not the whole. Nothing here feeds back into the
market, and nothing here is damaged: that is for `flaws`. One module per department: `sales`,
`relations`, `service`, `media`, `web`, `listings`, `journeys`, `surveys`, `opinions`, `panel`,
`studies`, `experiments`, `audiences`, `suggestions`, `mail`, `flow_emails`, `search`, `messages`,
`people`, `replies`, `offers`, `touches`, `place`, `media_panel`, `boxes`, `forecasts`, `leads`,
`rewards`, `cafes`, `daily_content`, `blends`, and `market_study` and `panel_tastes`, which know the
`town`.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from mktlab.market.observed import (
    audiences,
    blends,
    boxes,
    cafes,
    daily_content,
    experiments,
    flow_emails,
    forecasts,
    journeys,
    leads,
    listings,
    mail,
    market_study,
    media,
    media_panel,
    messages,
    offers,
    opinions,
    panel,
    panel_tastes,
    people,
    place,
    relations,
    replies,
    rewards,
    sales,
    search,
    service,
    studies,
    suggestions,
    surveys,
    touches,
    web,
)
from mktlab.market.observed.sample import SAMPLE
from mktlab.market.state import History

BESIDE: dict[str, Callable[[History], pd.DataFrame | None]] = {
    "listings": listings.listings,
    "audiences": audiences.audiences,
    "reviews": opinions.reviews,
    "ticket_answers": opinions.ticket_answers,
    "population": market_study.population,
    "market_survey": market_study.market_survey,
    "newsletter_survey": market_study.newsletter_survey,
    "brand_ratings": market_study.brand_ratings,
    "panel_tastes": panel_tastes.panel_tastes,
    "suggestions": suggestions.suggestions,
    "review_replies": replies.review_replies,
    "consents": mail.consents,
    "flow_emails": flow_emails.flow_emails,
    "mail_delivery": mail.mail_delivery,
    "pressure_test": mail.pressure_test,
    "search_terms": search.search_terms,
    "search_lift": search.search_lift,
    "search_positions": search.search_positions,
    "content": search.content,
    "subject_lines": messages.subject_lines,
    "subject_tests": messages.subject_tests,
    "store_hours": people.store_hours,
    "team": people.team,
    "projects": people.projects,
    "channel_terms": place.channel_terms,
    "openings": place.openings,
    "sites": place.site_table,
    "shelf_weeks": place.shelf_weeks,
    "offers": offers.offers,
    "offer_test": offers.offer_test,
    "touch_ratings": touches.touch_ratings,
    "bag_test": touches.bag_test,
    "media_panel": media_panel.media_panel,
    "media_tariffs": media_panel.media_tariffs,
    "box_price_test": boxes.box_price_test,
    "forecast_adjustments": forecasts.forecast_adjustments,
    "leads": leads.leads,
    "calls": leads.calls,
    "deals": leads.deals,
    "reward_test": rewards.reward_test,
    "cafe_weeks": cafes.cafe_weeks,
    "content_days": daily_content.content_days,
    "press": daily_content.press,
    "field_events": daily_content.field_events,
    "blend_test": blends.blend_test,
}
"""Table that only observes -> the function that writes it: it changes no byte of the others."""


def samples(history: History) -> dict[str, float]:
    """Table -> share that it holds of what `Table.sample_of` names."""
    return {
        "sessions": SAMPLE,
        "page_clicks": SAMPLE * web.WATCHED,
        "touchpoints": journeys.kept_share(history),
    }


def observe(history: History) -> dict[str, pd.DataFrame]:
    """The clean tables of the company."""
    customers = sales.customers(history)
    orders, lines = sales.orders_and_lines(history)
    visits = web.sessions(history)
    tables = {
        "customers": customers,
        "products": sales.products(),
        "orders": orders,
        "order_lines": lines,
        "prices": sales.prices(history),
        "product_costs": sales.product_costs(history),
        "competitor_prices": sales.competitor_prices(history),
        "ad_spend": media.ad_spend(history),
        "sessions": visits,
        "page_clicks": web.page_clicks(history, visits),
        "touchpoints": journeys.touchpoints(history),
        "social_posts": media.social_posts(history),
        "reservations": media.reservations(history),
        "emails": relations.emails(history),
        "subscriptions": relations.subscriptions(history),
        "retention_campaign": relations.retention_campaign(history),
        "loyalty": relations.loyalty(history, customers, orders),
        "referrals": relations.referrals(history),
        "tickets": service.tickets(history),
        "store_weeks": service.store_weeks(history),
        "survey_responses": surveys.survey_responses(history),
        "awareness": surveys.awareness(history),
        "market_panel": panel.market_panel(history),
        "brand_image": panel.brand_image(history),
        "conjoint_choices": studies.conjoint_choices(history.seed),
        "price_survey": studies.price_survey(history.seed),
        "experiments": experiments.experiments(
            history.seed, weeks=len(history.weeks), scale=history.people.scale
        ),
    }
    tables |= {name: table(history) for name, table in BESIDE.items()}
    return {name: table for name, table in tables.items() if table is not None}
