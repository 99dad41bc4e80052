"""Realism of the cases of part 5: a blend that buyers mix, posts, press, tastings and cafés.

A function has the name that `realism.toml` gives the quantity; the sentence `measured` there says
what it does. Where a table hides what is judged, the truth is asked.
"""

from __future__ import annotations

import numpy as np

from benchmarks.worlds.realism import World


def blend_said(world: World) -> float:
    test = world.table("blend_test")
    highest = test["price"].max()
    would = (test.loc[test["said"].notna(), "said"] >= highest).mean()
    return would / (test.loc[test["price"] == highest, "blends"] > 0).mean()


def blend_steep(world: World) -> float:
    by_price = world.table("blend_test").groupby("price")["blends"].mean()
    prices = by_price.index.to_numpy(float)
    low, high = by_price.iloc[:2].mean(), by_price.iloc[-2:].mean()
    return np.log(high / low) / np.log(prices[-2:].mean() / prices[:2].mean())


def posts_likes(world: World) -> float:
    days = world.table("content_days").query("posts > 0")
    return days["likes"].sum() / days["reach"].sum()


def posts_orders(world: World) -> float:
    days = world.table("content_days").query("drawn")
    a_day = days.loc[days["posts"] > 0, "posts"].mean()
    each = world.truth("content_lags")["orders_per_post"].sum()
    return each * a_day / days.loc[days["posts"] == 0, "orders"].mean()


def press_launches(world: World) -> float:
    return world.table("press")["launch"].mean()


def press_positive(world: World) -> float:
    return (world.table("press")["tone"] == "positive").mean()


def tasting_bags(world: World) -> float:
    drawn = world.table("field_events").query("drawn")
    with_one, without = drawn[drawn["tasting"]], drawn[~drawn["tasting"]]
    more = with_one["bags"].mean() - without["bags"].mean()
    return 100 * more / with_one["visitors"].mean()


def cafe_covers(world: World) -> float:
    weeks = world.table("cafe_weeks")
    return weeks["covers"].sum() / weeks["bookings"].sum()


def cafe_spread(world: World) -> float:
    bookings = world.table("cafe_weeks").groupby("cafe")["bookings"]
    return (bookings.std() / bookings.mean()).median()


def cafe_posts(world: World) -> float:
    return np.expm1(world.truth("cafes")["lift"].mean())
