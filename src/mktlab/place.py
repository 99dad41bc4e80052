"""Where to sell: what a channel leaves, whom it takes, where a café belongs, what facings do.

`accounts` reckons a channel's margin from its terms; `switching` says what our own outlets lost
where a channel opened, against places where none did. `attraction` learns from where people go how
much size and distance count, and `shares` applies it to any set of places (Huff). `space` measures
what facings do to sales; `fill` gives a shelf's facings to products, `in_proportion` as a textbook
does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit
from scipy.stats import norm

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns

Floats = npt.NDArray[np.float64]
TERMS = ("channel", "commission", "returns", "listing_fee", "payment_days", "sales")
OPENINGS = ("week", "zone", "channel", "opened", "own_sales", "channel_sales")
Z95 = float(norm.ppf(0.975))


def accounts(terms: pd.DataFrame, *, goods: float, credit: float = 0.08) -> pd.DataFrame:
    """What each channel leaves in a year, by its own terms alone.

    Parameters
    ----------
    terms
        As `channel_terms`: `channel, commission, returns, listing_fee, payment_days, sales`.
    goods
        What goods cost, as a share of the sales.
    credit
        What money costs that is still to come, as a share for a year.

    Returns
    -------
    A row per channel (index): `sales` after returns, `commission`, `goods` (returned ones, too),
    `listing_fee`, `credit` and `margin`, in the currency of the sales; costs are negative.

    Examples
    --------
    >>> terms = pd.DataFrame({"channel": ["shop"], "commission": [0.3], "returns": [0.1],
    ...     "listing_fee": [5.0], "payment_days": [0], "sales": [100.0]})
    >>> accounts(terms, goods=0.4).loc["shop"].round(2).to_dict()  # 90 - 27 - 40 - 5
    {'sales': 90.0, 'commission': -27.0, 'goods': -40.0, 'listing_fee': -5.0, 'credit': -0.0, \
'margin': 18.0}
    """
    need_columns(TERMS, terms, of="channel_terms", do=say("write the terms of each channel"))
    rows = terms.set_index("channel")
    sales = rows["sales"] * (1 - rows["returns"])
    commission = -rows["commission"] * sales
    table = pd.DataFrame(
        {
            "sales": sales,
            "commission": commission,
            "goods": -goods * rows["sales"],
            "listing_fee": -rows["listing_fee"],
            "credit": -credit * rows["payment_days"] / 365 * (sales + commission),
        }
    )
    return table.assign(margin=table.sum(axis=1))


def changes(openings: pd.DataFrame, channel: str) -> pd.DataFrame:
    """How each zone sold in our own outlets after a channel opened, over before.

    Parameters
    ----------
    openings
        A row per week and zone: `week, zone, channel, opened, own_sales, channel_sales`.
    channel
        The channel; zones where it opened are compared with those where none ever did.

    Returns
    -------
    A row per zone: `zone, opened, before, after` (own sales a week, on average), `change` (the
    second over the first, less 1) and `through` (what the channel sold a week).

    Raises
    ------
    MktlabError
        If a column is missing, the channel never opened, or there is no zone without any.
    """
    need_columns(OPENINGS, openings, of="openings", do=say("it says where a channel opened when"))
    ever = openings.groupby("zone")["opened"].transform("any")
    here = ever & (openings["channel"] == channel)
    if not here.any() or ever.all():
        raise MktlabError(
            say(
                "openings: there must be zones in which {channel} opened, and others in which no "
                "channel ever did.",
                channel=channel,
            )
        )
    start = openings.loc[here & openings["opened"], "week"].min()
    rows = openings[here | ~ever].assign(late=openings["week"] >= start)
    own = rows.groupby(["zone", "late"])["own_sales"].mean().unstack("late").dropna()
    through = rows[rows["late"]].groupby("zone")["channel_sales"].mean()
    return pd.DataFrame(
        {
            "opened": here.groupby(openings["zone"]).any().reindex(own.index),
            "before": own[False],
            "after": own[True],
            "change": own[True] / own[False] - 1,
            "through": through.reindex(own.index),
        }
    ).reset_index()


def switching(openings: pd.DataFrame) -> pd.DataFrame:
    """What our own outlets lost where each channel opened, with 95% intervals.

    The log of each zone's own sales, after over before, is compared between zones with the channel
    and zones without any (difference in differences); each zone is one draw (t interval).

    Parameters
    ----------
    openings
        As for `changes`; a draw should have said where what opened.

    Returns
    -------
    A row per channel (index): `zones` with it, `change` of own sales with `low` and `high`, and
    `switched`: what our outlets lost for each unit of money that the channel sold, with
    `switched_low` and `switched_high`. Ends are missing where fewer than two zones stand on a side.

    References
    ----------
    Card, D., & Krueger, A. B. (1994). Minimum wages and employment. *American Economic Review*,
    84(4).

    Examples
    --------
    One town with a shop, one without: a week before and a week after.

    >>> week = pd.to_datetime(["2025-01-06", "2025-01-13"] * 2)
    >>> table = pd.DataFrame({"week": week, "zone": ["Ath", "Ath", "Mons", "Mons"],
    ...     "channel": ["shop", "shop", "none", "none"], "opened": [False, True, False, False],
    ...     "own_sales": [100.0, 99.0, 100.0, 110.0], "channel_sales": [0.0, 22.0, 0.0, 0.0]})
    >>> switching(table).loc["shop", ["change", "switched"]].round(2).to_dict()
    {'change': -0.1, 'switched': 0.5}
    """
    need_columns(OPENINGS, openings, of="openings", do=say("it says where a channel opened when"))
    names = sorted(openings.loc[openings["opened"], "channel"].unique())
    found = {name: _switched(changes(openings, name)) for name in names}
    return pd.DataFrame(found).T.rename_axis("channel").astype({"zones": "int64"})


def _switched(rows: pd.DataFrame) -> dict[str, float]:
    move = np.log(rows["after"] / rows["before"])
    sides = [move[rows["opened"]], move[~rows["opened"]]]
    size = [len(side) for side in sides]
    gap, free = float(sides[0].mean() - sides[1].mean()), sum(size) - 2
    reach = np.nan
    if min(size) > 1:
        pooled = sum(float(((side - side.mean()) ** 2).sum()) for side in sides) / free
        reach = float(stdtrit(free, 0.975)) * np.sqrt(pooled * (1 / size[0] + 1 / size[1]))
    here = rows[rows["opened"]]
    euros = float(here["after"].sum() / here["through"].sum())

    def lost(log: float) -> float:
        return euros * float(np.expm1(-log))

    return {
        "zones": size[0],
        "change": float(np.expm1(gap)),
        "low": float(np.expm1(gap - reach)),
        "high": float(np.expm1(gap + reach)),
        "switched": lost(gap),
        "switched_low": lost(gap + reach),
        "switched_high": lost(gap - reach),
    }


def attraction(
    places: pd.DataFrame, features: Sequence[str] = ("seats", "minutes"), *, visits: str = "visits"
) -> pd.DataFrame:
    """How much each feature of a place counts for whoever chooses where to go.

    Huff's model: people of an area go to a place with a chance in proportion to the product of its
    features, each to a power. The powers are those under which the visits are most likely.

    Parameters
    ----------
    places
        A row per area and place: `area`, the features (all above 0) and the visits.
    features
        Columns such as size and distance.
    visits
        Column with how many people of the area were found at the place; rows without are left out.

    Returns
    -------
    A row per feature (index): `power`, `error`, `low` and `high` (95%).

    Raises
    ------
    MktlabError
        If a column is missing, a feature is not above 0, or the powers cannot be told.

    References
    ----------
    Huff, D. L. (1964). Defining and estimating a trading area. *Journal of Marketing*, 28(3).

    Examples
    --------
    Of two equal places, one is twice as far, and draws a quarter as many:

    >>> places = pd.DataFrame({"area": ["A", "A"], "minutes": [5, 10], "visits": [80, 20]})
    >>> float(attraction(places, ["minutes"])["power"].round(2).iloc[0])
    -2.0
    """
    need_columns(("area", *features, visits), places, of="places", do=say("name the columns"))
    seen = places.dropna(subset=[visits])
    values = seen[list(features)].to_numpy(dtype=float)
    if not len(seen) or not (values > 0).all():
        raise MktlabError(say("places: every feature of a place that was visited is above 0."))
    area = pd.factorize(seen["area"])[0]
    count, logs = seen[visits].to_numpy(dtype=float), np.log(values)
    total, power = np.bincount(area, weights=count), np.zeros(len(features))
    for _ in range(50):
        chance = _within(area, np.exp(logs @ power))
        expected = total[area] * chance
        mean = np.array([np.bincount(area, weights=chance * x) for x in logs.T]).T[area]
        apart = logs - mean
        curve = apart.T @ (expected[:, None] * apart)
        if np.linalg.matrix_rank(curve) < len(features):
            raise MktlabError(
                say("places: the features do not differ enough between places to be told apart.")
            )
        step = np.linalg.solve(curve, logs.T @ (count - expected))
        power += step.clip(-2, 2)
        if np.abs(step).max() < 1e-10:
            break
    error = np.sqrt(np.diag(np.linalg.inv(curve)))
    ends = {"power": power, "error": error, "low": power - Z95 * error, "high": power + Z95 * error}
    return pd.DataFrame(ends, index=pd.Index(features, name="feature"))


def _within(area: npt.NDArray[np.intp], pull: Floats) -> Floats:
    return np.asarray(pull / np.bincount(area, weights=pull)[area], dtype=float)


def shares(places: pd.DataFrame, powers: pd.Series[float]) -> pd.Series[float]:
    """Share of each area's visits that goes to each place, when these places are open.

    Parameters
    ----------
    places
        A row per area and open place: `area` and the features that `powers` names.
    powers
        The power of each feature, such as `attraction(places)["power"]`.

    Returns
    -------
    A share per row of `places`; those of an area sum to 1.

    Examples
    --------
    >>> places = pd.DataFrame({"area": ["A", "A"], "seats": [30, 10]})
    >>> shares(places, pd.Series({"seats": 1.0})).tolist()
    [0.75, 0.25]
    """
    need_columns(("area", *powers.index), places, of="places", do=say("name the columns"))
    logs = np.log(places[list(powers.index)].to_numpy(dtype=float))
    pull = np.exp(logs @ powers.to_numpy(dtype=float))
    found = _within(pd.factorize(places["area"])[0], np.asarray(pull, dtype=float))
    return pd.Series(found, index=places.index, name="share")
