"""How sales answer to price from zone to zone: `elasticity_within` and the experiment, `zone_test`.

Both compare zones in the same period by a Poisson regression (`_poisson`), and both find their
error by leaving out one zone after the other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.price.checks import days, needs, numbers
from mktlab.price.elasticity import Elasticity
from mktlab.price.inference import Floats
from mktlab.schema import MktlabError
from mktlab.show.words import say

NO_TEST = "no test"
TINY = 1e-10  # of a squared difference of log prices: a thousandth of a percent
STEPS = 50  # a handful is enough where there is an answer


def elasticity_within(panel: pd.DataFrame) -> Elasticity:
    """Elasticity from zones against zones: what is common to a week or to a zone is left out.

    A Poisson regression with an effect of every week and zone: it takes weeks without a sale as
    they are. What a zone had in one week it may have in the next, so the error is clustered by
    zone: it comes from leaving out one zone after the other (jackknife), which stays honest with a
    dozen zones; the interval uses Student's t with zones - 1 degrees of freedom.

    Parameters
    ----------
    panel
        One row per `week` and `zone`, with `pieces` (from 0 up) and `price` (above 0), such as from
        `sales_panel`.

    Raises
    ------
    MktlabError
        When a column is missing or odd, when a zone sold nothing, or when prices do not differ
        between zones.

    References
    ----------
    Santos Silva, J. M. C., & Tenreyro, S. (2006). The log of gravity. *Review of Economics and
    Statistics*, 88(4).

    Examples
    --------
    Three zones, two weeks: wherever the price doubles, half as much is sold.

    >>> panel = pd.DataFrame({
    ...     "week": pd.to_datetime(["2025-01-06"] * 3 + ["2025-01-13"] * 3),
    ...     "zone": ["Lille", "Lyon", "Online"] * 2,
    ...     "price": [20, 10, 10, 10, 20, 10], "pieces": [40, 60, 50, 80, 30, 50]})
    >>> round(elasticity_within(panel).value, 2)
    -1.0
    """
    caller = "elasticity_within"
    return _between_zones(_cells(panel, "week", caller), "within", caller)


def zone_test(panel: pd.DataFrame, *, by: str | None = None) -> Elasticity:
    """Elasticity from a price test: zones drawn by lot to be dearer or cheaper, in waves.

    Only weeks with a test count. Weeks of a wave are added up, so that a cell is one zone in one
    wave; then all is as in `elasticity_within`, with waves for weeks. In 240 simulated worlds the
    interval held the truth in 93 to 96 of 100, depending on the product family.

    Parameters
    ----------
    panel
        As for `elasticity_within`, with `price_test`: the zone's group that week, and "no test" or
        nothing in weeks without one. A wave is a run of weeks with a test.
    by
        A column of things tested side by side, such as `category`: each has waves and zones of its
        own, and all share one elasticity, their mean where most is sold. Zones that bought nothing
        of one are left out of it; the error comes from leaving out whole zones.

    Raises
    ------
    MktlabError
        As `elasticity_within`, and when no week has a test.

    Examples
    --------
    Three zones, two waves: wherever the price is 10% higher, a fifth less is sold.

    >>> panel = pd.DataFrame({
    ...     "week": pd.to_datetime(["2025-01-06"] * 3 + ["2025-03-03"] * 3),
    ...     "zone": ["Lille", "Lyon", "Online"] * 2,
    ...     "price_test": ["higher", "same", "same", "same", "higher", "same"],
    ...     "price": [11, 10, 10, 10, 11, 10], "pieces": [80, 100, 50, 100, 80, 50]})
    >>> round(zone_test(panel).value, 2)  # ln .8 / ln 1.1
    -2.34
    """
    caller = "zone_test"
    needs(panel, ["price_test"], caller)
    days(panel, "week", caller)
    tested = panel[panel["price_test"].notna() & (panel["price_test"] != NO_TEST)]
    if tested.empty:
        raise MktlabError(
            say(
                "zone_test: no week has a price test; price_test must name the zone's group in "
                "test weeks, and {no_test!r} or nothing in the others.",
                no_test=NO_TEST,
            )
        )
    begins = tested["week"].drop_duplicates().sort_values()
    wave = (begins.diff() > pd.Timedelta(weeks=1)).cumsum().set_axis(begins.to_numpy())
    tested = tested.assign(wave=tested["week"].map(wave))
    cells = _cells(tested, "wave", caller) if by is None else _side_by_side(tested, by, caller)
    return _between_zones(cells, "zone test", caller)


def _side_by_side(tested: pd.DataFrame, by: str, caller: str) -> pd.DataFrame:
    """The cells of each thing tested, with waves and zones of its own."""
    needs(tested, [by], caller)
    parts = []
    for name, rows in tested.groupby(by, observed=True):
        sold = rows.groupby("zone", observed=True)["pieces"].transform("sum") > 0
        if rows.loc[sold, "zone"].nunique() >= 3:
            part = _cells(rows[sold], "wave", caller)
            part["left_out"] = part["zone"]
            keys = {key: f"{name} " + part[key].astype(str) for key in ("period", "zone")}
            parts.append(part.assign(**keys))
    if not parts:
        raise MktlabError(
            say("zone_test: nothing was sold in three zones of one {by}; give more rows.", by=by)
        )
    return pd.concat(parts, ignore_index=True)


def _cells(panel: pd.DataFrame, period: str, caller: str) -> pd.DataFrame:
    """One row per period and zone: pieces added up, mean of log price."""
    days(panel, "week", caller)
    needs(panel, ["zone"], caller)
    twice = panel.duplicated(["week", "zone"])
    if twice.any():
        week, zone = panel.loc[twice, ["week", "zone"]].iloc[0]
        raise MktlabError(
            say(
                "{caller}: {zone} stands there twice in the week {week:%Y-%m-%d}; add up its "
                "pieces first, as sales_panel does.",
                caller=caller,
                zone=zone,
                week=week,
            )
        )
    rows = numbers(panel, ["pieces"], caller).assign(
        log_price=np.log(numbers(panel, ["price"], caller, positive=True)["price"]),
        period=panel[period],
        zone=panel["zone"],
    )
    if rows["zone"].isna().any():
        raise MktlabError(
            say("{caller}: zone is empty in a row; fill it or leave the row out.", caller=caller)
        )
    cells = rows.groupby(["period", "zone"], as_index=False, observed=True).agg(
        pieces=("pieces", "sum"), log_price=("log_price", "mean")
    )
    sold = cells.groupby("zone", observed=True)["pieces"].sum()
    if len(sold) < 3:
        raise MktlabError(
            say(
                "{caller}: zones are compared, and {sold} of them are too few; give three or more.",
                caller=caller,
                sold=len(sold),
            )
        )
    if (sold == 0).any():
        raise MktlabError(
            say(
                "{caller}: {index} sold nothing in all these weeks; leave that zone out, or add "
                "zones up.",
                caller=caller,
                index=sold.index[sold == 0][0],
            )
        )
    return cells


def _between_zones(cells: pd.DataFrame, method: str, caller: str) -> Elasticity:
    """The slope, with an error from leaving out one zone after the other."""
    from scipy.special import stdtrit

    place = cells["left_out"] if "left_out" in cells else cells["zone"]
    zones = place.unique()
    value = _poisson(cells, caller)
    without = [_poisson(cells[place != zone], caller, without=zone) for zone in zones]
    error = float(np.sqrt((len(zones) - 1) * np.mean((np.array(without) - value) ** 2)))
    reach = float(stdtrit(len(zones) - 1, 0.975)) * error
    return Elasticity(value, value - reach, value + reach, error, len(cells), method)


def _poisson(cells: pd.DataFrame, caller: str, *, without: object = None) -> float:
    """Effect of log price on pieces, with an effect of each period and zone.

    Given what a period sold in all, its zones share it as a multinomial: the same as a Poisson
    regression with an effect per period, without computing those.
    """
    period, zone = (pd.factorize(cells[name])[0] for name in ("period", "zone"))
    pieces = cells["pieces"].to_numpy()
    features = np.column_stack([cells["log_price"], np.eye(zone.max() + 1)[zone][:, 1:]])
    total = np.bincount(period, weights=pieces)

    def mean_of_period(values: Floats, weight: Floats) -> Floats:
        whole = np.maximum(np.bincount(period, weights=weight), 1e-300)
        return np.asarray((np.bincount(period, weights=weight * values) / whole)[period])

    by_zone = np.bincount(zone, weights=pieces)
    slopes = np.append(0.0, np.log(by_zone[1:] / by_zone[0]))
    differ = 0.0  # how much prices differ between zones in the same period, effects apart
    for _ in range(STEPS):
        level = features @ slopes
        highest = np.full(len(total), -np.inf)
        np.maximum.at(highest, period, level)
        pull = np.exp(level - highest[period])
        expected = (total / np.bincount(period, weights=pull))[period] * pull
        rest = features - np.column_stack([mean_of_period(f, expected) for f in features.T])
        now = _apart(rest, expected)
        differ = differ or now
        if now < max(TINY, TINY * differ):
            break
        curvature = rest.T @ (expected[:, None] * rest)
        step = np.linalg.lstsq(curvature, rest.T @ (pieces - expected))[0]
        slopes = slopes + step
        if np.abs(step).max() < 1e-9:
            return float(slopes[0])
    raise MktlabError(f"{caller}: {_why_not(differ, without)}")


def _apart(rest: Floats, weight: Floats) -> float:
    """Weighted variance of the first column that the other columns do not explain."""
    root = np.sqrt(weight / weight.sum())
    moved, held = root * rest[:, 0], root[:, None] * rest[:, 1:]
    left = moved - held @ np.linalg.lstsq(held, moved)[0]
    return float(left @ left)


def _why_not(differ: float, without: object) -> str:
    if differ >= TINY:
        return say(
            "no elasticity fits these pieces; a zone may have sold only where it was dear, or "
            "only where it was cheap: add up weeks or zones first."
        )
    alike = "prices do not differ between zones in the same weeks"
    if without is None:
        return say("{alike}; only where they do can zones be compared.", alike=alike)
    return say(
        "without {without}, {alike}; one zone alone cannot tell how sure the answer is, so "
        "let prices differ in more zones.",
        without=without,
        alike=alike,
    )
