"""Which channel is credited with the orders: rules, a Markov chain, Shapley values.

`paths` makes a row per contact of each path; `attribute` shares the orders out among the channels.
Whatever the model, the credits add up to the orders. That is arithmetic, and no proof of anything:
a model sees who was there, not what would have been missing without them.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show.words import say
from mktlab.spelling import need_columns
from mktlab.tables import HasTables

Model = Literal["first", "last", "linear", "position", "decay", "markov", "shapley"]
MODELS = ("first", "last", "linear", "position", "decay", "markov", "shapley")
NEEDS = ("path_id", "channel", "days_before", "conversions", "weight")
ENDS = 0.4
"""What "position" gives to the first and to the last contact; the rest is for those between."""
DAY = 24 * 60 * 60

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


def paths(company: HasTables) -> pd.DataFrame:
    """A row per contact, in the order of the contacts of each path.

    A path ends with an order, or with nothing. Where `touchpoints` holds but a sample of the paths
    without an order, each of these counts for several.

    Parameters
    ----------
    company
        With the table `touchpoints`; `company.samples` says what share of the paths it holds.

    Returns
    -------
    `path_id, channel, days_before` (the end of the path), `conversions` (1 where it led to an
    order, else 0), `weight` (how many such paths there were).

    Raises
    ------
    MktlabError
        If there are no touchpoints, or none that led to an order.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> touches = pd.DataFrame({
    ...     "visitor_id": ["V1", "V1", "V2"], "channel": ["social", "email", "social"],
    ...     "touched_at": pd.to_datetime(["2025-03-01", "2025-03-03", "2025-03-02"]),
    ...     "order_id": ["O1", "O1", None]})
    >>> shop = SimpleNamespace(tables={"touchpoints": touches}, samples={"touchpoints": 0.1})
    >>> paths(shop)
      path_id channel  days_before  conversions  weight
    0      O1  social          2.0            1     1.0
    1      O1   email          0.0            1     1.0
    2      V2  social          0.0            0    10.0
    """
    table = company.tables.get("touchpoints")
    if table is None or not len(table):
        raise MktlabError(
            say("attribution needs a table touchpoints: a row per contact on the way to an order.")
        )
    held = getattr(company, "samples", {}).get("touchpoints", 1.0)
    orders = table.get("order_id", pd.Series(None, table.index, dtype="str"))
    ordered = orders.notna() & (orders != "")
    if not ordered.any():
        raise MktlabError(
            say(
                "touchpoints: no row has an order_id, and attribution shares out orders; write "
                "beside each contact the order that its path ended in."
            )
        )
    rows = pd.DataFrame(
        {
            "path_id": orders.where(ordered, table["visitor_id"]),
            "channel": table["channel"],
            "touched_at": table["touched_at"],
            "conversions": ordered.astype("int64"),
            "weight": np.where(ordered, 1.0, 1 / held),
        }
    ).sort_values(["path_id", "touched_at", "channel"], kind="stable", ignore_index=True)
    end = rows.groupby("path_id", sort=False)["touched_at"].transform("max")
    rows.insert(2, "days_before", (end - rows["touched_at"]).dt.total_seconds() / DAY)
    return rows.drop(columns="touched_at")


def attribute(
    paths: pd.DataFrame, *, model: Model = "last", half_life: float = 7.0
) -> pd.DataFrame:
    """How many conversions each channel is credited with.

    Parameters
    ----------
    paths
        A row per contact, those of a path one after the other, as from `paths`.
    model
        Who gets a conversion: the "first" or the "last" contact; all alike ("linear"); the first
        and the last 40% each and those between the rest ("position"); each half as much for every
        `half_life` before the end ("decay"). "markov": by how much fewer paths would end in a
        conversion if all that reach the channel ended there. "shapley": each conversion shared
        equally among the different channels of its path.
    half_life
        Of "decay", in days.

    Returns
    -------
    `channel, credit, share`, by channel. The credits add up to the conversions.

    Raises
    ------
    MktlabError
        For an unknown model, a missing column, paths that are not in order, or no conversion.

    Notes
    -----
    "markov" is a chain of first order over contacts, solved exactly: with the visits N = (I - Q)^-1
    and the chance of conversion p, the removal of c costs N[start, c] / N[c, c] p[c]. "shapley" is
    the Shapley value where a set of channels is worth the conversions of the paths that need no
    other channel; it splits each path's conversion equally.

    References
    ----------
    Anderl, E., Becker, I., von Wangenheim, F., & Schumann, J. H. (2016). Mapping the customer
    journey. *International Journal of Research in Marketing*, 33(3). Zhao, K., Mahboobi, S. H., &
    Bagheri, S. R. (2018). Shapley value methods for attribution modeling in online advertising.

    Examples
    --------
    Two conversions by search alone and one path of search without; one by mail; one by both.

    >>> path = pd.DataFrame({"path_id": [1, 2, 3, 4, 5, 5],
    ...                      "channel": ["search", "search", "search", "mail", "search", "mail"],
    ...                      "days_before": 0.0, "conversions": [1, 1, 0, 1, 1, 1], "weight": 1.0})
    >>> attribute(path, model="markov").round(2)
      channel  credit  share
    0    mail     1.6    0.4
    1  search     2.4    0.6
    """
    _check(paths, model, half_life)
    if model != "markov":
        names = pd.Index(paths["channel"].unique()).sort_values()
        paths = paths[paths["conversions"] > 0]
        channels = names.get_indexer(paths["channel"])
    else:
        channels, names = pd.factorize(paths["channel"], sort=True)
    first = _first_rows(paths["path_id"])
    gained = (paths["conversions"] * paths["weight"]).to_numpy(float)
    total = float(gained[first].sum())
    if not total > 0:
        raise MktlabError(say("No path ends in a conversion: there is nothing to share out."))
    if model == "markov":
        credit = _markov(paths, channels, first, len(names))
        credit = credit / credit.sum() * total
    else:
        share = _shares(paths, channels, first, model, half_life)
        credit = np.asarray(np.bincount(channels, share * gained, len(names)), dtype=float)
    return pd.DataFrame({"channel": names, "credit": credit, "share": credit / total})


def _first_rows(ids: pd.Series[str]) -> Places:
    """The place of the first row of each path."""
    codes, known = pd.factorize(ids)
    first = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])) if len(codes) else codes
    if len(first) != len(known):
        raise MktlabError(say("The contacts of a path must stand one after the other."))
    return first


def _check(paths: pd.DataFrame, model: str, half_life: float) -> None:
    if model not in MODELS:
        raise MktlabError(
            say("model is {name!r}: one of {known}.", name=model, known=", ".join(MODELS))
        )
    need_columns(NEEDS, paths, of="paths", do=say("take attribution.paths"))
    if not half_life > 0:
        raise MktlabError(say("half_life is {n}: days above 0 are needed.", n=half_life))


def _shares(
    paths: pd.DataFrame, channels: Places, first: Places, model: str, half_life: float
) -> Floats:
    """The part of its path's conversion that each contact gets; those of a path add up to 1."""
    size = np.diff(np.append(first, len(paths)))
    place = np.arange(len(paths)) - np.repeat(first, size)
    of = np.repeat(size, size)
    if model == "first":
        weight = (place == 0).astype(float)
    elif model == "last":
        weight = (place == of - 1).astype(float)
    elif model == "linear":
        weight = np.ones(len(paths))
    elif model == "position":
        between = (1 - 2 * ENDS) / np.maximum(of - 2, 1)
        weight = np.where((place == 0) | (place == of - 1), ENDS, between)
    elif model == "decay":
        weight = 0.5 ** (paths["days_before"].to_numpy(float) / half_life)
    else:
        pair = np.repeat(np.arange(len(first)), size) * (channels.max() + 1) + channels
        weight = (~pd.Series(pair).duplicated()).to_numpy(float)
    return np.asarray(weight / np.repeat(np.add.reduceat(weight, first), size))


def _markov(paths: pd.DataFrame, channels: Places, first: Places, number: int) -> Floats:
    """How many conversions would be missing without each channel, as a part of all."""
    weight = paths["weight"].to_numpy(float)
    last = np.append(first[1:], len(paths)) - 1
    here = np.setdiff1d(np.arange(len(paths)), last)
    start = number  # then the channels' moves, and who converts from where
    steps = np.zeros((number + 1, number + 1))
    np.add.at(steps, (channels[here], channels[here + 1]), weight[here])
    steps[start] = np.bincount(channels[first], weight[first], number + 1)
    gained = weight * paths["conversions"].to_numpy(float)
    bought = np.bincount(channels[last], gained[last], number + 1)
    leaves = steps.sum(axis=1) + np.bincount(channels[last], weight[last], number + 1)
    visits = np.linalg.inv(np.eye(number + 1) - steps / leaves[:, None])
    chance = visits @ (bought / leaves)
    reach = visits[start, :number] / np.diag(visits)[:number]
    return np.asarray(reach * chance[:number])
