"""Realism of what single departments log: mails, channels, media, the counter and offers.

A function has the name that `realism.toml` gives the quantity; the sentence `measured` there says
what it does. Where a table hides what is judged, the market's own record behind it is asked.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.realism_company import unsubscribes
from benchmarks.worlds.realism import World, media_reach
from mktlab.market import flows, sites
from mktlab.market.observed import flow_emails, mail, people
from mktlab.market.observed import offers as log_of
from mktlab.market.offers import ratios
from mktlab.market.prices import START
from mktlab.plan.mix import BUYERS, PARTNERS

YEAR = pd.Timedelta(weeks=52)
CAMPAIGN = {"morning_radio": 8, "tram_posters": 4, "podcast": 5}


# E-mail


def mail_orders(world: World) -> float:
    fired = flow_emails.triggers(world.history)
    sent, _ = flow_emails.draw(world.history, fired)
    return (fired.orders[sent] > 0).mean()


def mail_baskets(_world: World) -> float:
    left = flows.LEFT_BEFORE * (1 + flows.LEFT_FOR_GOOD)
    return left / (left + 1 - flows.LEFT_BEFORE)


def mail_unsubscribed(world: World) -> float:
    return unsubscribes(world)


def _newsletters(world: World) -> pd.DataFrame:
    return world.table("mail_delivery").query("mailing == 'newsletter'")


def mail_bounces(world: World) -> float:
    letters = _newsletters(world)
    return letters["hard_bounced"].sum() / letters["sent"].sum()


def mail_complaints(world: World) -> float:
    letters = _newsletters(world)
    since = pd.Timestamp(START) + pd.Timedelta(weeks=mail.BAD_SINCE)
    usual = letters[letters["week"] < since]
    return usual["complaints"].sum() / usual["delivered"].sum()


def addresses_gone(world: World) -> float:
    told, then = world.table("consents"), world.company.today - YEAR
    listed = told[(told["consent_date"] < then) & ~(told["ended_date"] < then)]
    return listed["ended_date"].notna().mean()


def consented(world: World) -> float:
    return len(world.table("consents")) / world.truth("customers")["person_id"].nunique()


# Place


def space_elasticity(world: World) -> float:
    return world.truth("shelf")["elasticity"].mean()


def _partners(told: pd.DataFrame, column: str) -> pd.Series:
    return told[told["channel"].isin(PARTNERS)][column]


def partner_least(world: World) -> float:
    return _partners(world.truth("openings"), "switched").min()


def partner_most(world: World) -> float:
    return _partners(world.truth("openings"), "switched").max()


def partner_first(world: World) -> float:
    return _partners(world.table("channel_terms"), "payment_days").min()


def partner_last(world: World) -> float:
    return _partners(world.table("channel_terms"), "payment_days").max()


def paris_cafe(world: World) -> float:
    return sites.sales(sites.town(world.seed))[sites.OURS]


# Media


def _reach(world: World, **plan: int) -> float:
    return media_reach(world.truth("media_audience"), plan)


def media_spot(world: World) -> float:
    return _reach(world, morning_radio=1)


def media_month(world: World) -> float:
    return _reach(world, morning_radio=20)


def _adults(world: World) -> pd.DataFrame:
    """A row per group of adults."""
    return world.truth("media_audience").drop_duplicates(["age", "target", "use"])


def media_target(world: World) -> float:
    adults = _adults(world)
    return adults["persons"][adults["target"]].sum() / adults["persons"].sum()


def media_contacts(world: World) -> float:
    price = world.table("media_tariffs").query("insertions == 1").set_index("support")["price"]
    adults = world.truth("media_audience")
    cost = price / (adults["persons"] * adults["chance"]).groupby(adults["support"]).sum()
    return cost.max() / cost.min()


def media_overlap(world: World) -> float:
    alone = sum(_reach(world, **{name: number}) for name, number in CAMPAIGN.items())
    return alone / _reach(world, **CAMPAIGN)


def media_young(world: World) -> float:
    asked = world.table("media_panel").drop_duplicates("person_id")["age"]
    adults = _adults(world).groupby("age")["persons"].sum()
    return (asked == "18-34").mean() / (adults["18-34"] / adults.sum())


# People at the counter


def counter_gave_up(world: World) -> float:
    hours = world.table("store_hours")
    day = hours["date"].dt.day_of_week.to_numpy()
    peak = people.peaks()[day, hours["hour"].to_numpy(dtype=int) - people.OPEN[0]]
    return hours["gave_up"][peak].sum() / hours["guests"][peak].sum()


def counter_busiest(world: World) -> float:
    hours = world.table("store_hours")
    slot = [hours["zone"], hours["date"].dt.day_of_week, hours["hour"]]
    cafes = hours["guests"].groupby(slot).mean().unstack("zone")
    return (cafes.max() / cafes.mean()).mean()


def counter_minutes(world: World) -> float:
    hours = world.table("store_hours")
    return np.average(hours["service_minutes"], weights=hours["guests"] - hours["gave_up"])


def team_daily(world: World) -> float:
    team = world.table("team")
    return team["daily_work"].sum() / team["hours"].sum()


# Offers


def offer_depth(world: World) -> float:
    return world.table("offers")["depth"].mean()


def offer_heavy(world: World) -> float:
    turns = log_of.turns(world.history)
    without = log_of.chances(world.history, turns)[:, 0]
    orders = [
        np.average(turns.during[turns.group == place], weights=without[turns.group == place])
        for place in range(len(BUYERS))
    ]
    return orders[-1] / orders[0]


def offer_anyway(world: World) -> float:
    turns = log_of.turns(world.history)
    segment = world.history.people.segment[turns.person]
    return (1 / ratios("gift", segment, turns.group)[0]).mean()


def offer_newcomers(world: World) -> float:
    state = world.history.state
    new = (state.joined_day >= 0) & (state.joined_day < 7 * len(world.history.weeks))
    return (state.won_on_deal[new] > 0).mean()


# Business buyers


def leads_uncalled(world: World) -> float:
    leads, calls = world.table("leads"), world.table("calls")
    old = leads["created_date"] < leads["created_date"].max() - pd.Timedelta(weeks=4)
    return 1 - leads.loc[old, "lead_id"].isin(calls["lead_id"]).mean()


def leads_bought(world: World) -> float:
    leads, deals = world.table("leads"), world.table("deals")
    old = leads["created_date"] < leads["created_date"].max() - YEAR / 2
    return leads.loc[old, "lead_id"].isin(deals.loc[deals["stage"] == "won", "lead_id"]).mean()


def deals_won(world: World) -> float:
    deals = world.table("deals")
    shut = deals[deals["closed_date"].notna()]
    return (
        shut.loc[shut["lead_id"].isin(world.table("calls")["lead_id"]), "stage"] == "won"
    ).mean()


def deals_stale(world: World) -> float:
    deals = world.table("deals")
    still = deals.loc[deals["closed_date"].isna(), "opened_date"]
    return (still < deals["opened_date"].max() - YEAR / 2).mean()
