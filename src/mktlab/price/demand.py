"""How sales answer to price: elasticities from time, from zones and from an experiment.

`elasticity` compares weeks, `elasticity_within` zones in the same week, `zone_test` zones that a
lot made dearer or cheaper. `Elasticity` is what each of them gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from mktlab.price.checks import days, needs, numbers
from mktlab.schema import MktlabError

Floats = npt.NDArray[np.float64]

NO_TEST = "no test"
STEPS = 50  # a handful is enough where there is an answer
LAGS = 4  # weeks over which the luck of one week may last


@dataclass(frozen=True)
class Elasticity:
    """By how many percent sales change when the price rises by 1%, with a 95% interval.

    `observations` counts weeks, or cells of zone and week; `first_stage_f` says how strongly an
    instrument moves the price: below 10 it is too weak to be used.
    """

    value: float
    low: float
    high: float
    std_error: float
    observations: int
    method: str
    first_stage_f: float | None = None

    def __repr__(self) -> str:
        f = "" if self.first_stage_f is None else f", first-stage F {self.first_stage_f:.0f}"
        return (
            f"{self.value:.2f} (95%: {self.low:.2f} to {self.high:.2f}; {self.method}, "
            f"{self.observations} observations{f})"
        )


def elasticity(
    weeks: pd.DataFrame, *, controls: Sequence[str] = (), instrument: str | None = None
) -> Elasticity:
    """Elasticity from one series over time: log pieces on log price.

    Standard errors allow for luck that lasts up to 4 weeks (Newey & West, 1987); the interval uses
    Student's t. With an instrument: two stages (two-stage least squares), where the first keeps
    only those price changes that the instrument explains.

    Parameters
    ----------
    weeks
        One row per `week`, with `pieces` and `price` above 0.
    controls
        Columns that are held fixed: numbers or flags as they are, texts as one group each.
    instrument
        A column of numbers above 0 that moves the price and nothing else, such as a cost.

    Raises
    ------
    MktlabError
        When a column is missing or empty, not above 0 where it must be, does not vary, or says the
        same as others; when a week stands there twice; when there are too few weeks.

    Examples
    --------
    Price doubles, pieces halve, up to 1 or 2 pieces:

    >>> weeks = pd.DataFrame({"week": pd.date_range("2025-01-06", periods=8, freq="7D"),
    ...                       "price": [1.0, 2, 4, 8] * 2,
    ...                       "pieces": [81, 40, 20, 10, 80, 41, 20, 10]})
    >>> round(elasticity(weeks).value, 2)
    -1.0
    """
    said = "elasticity"
    named = ["price", "pieces"] + ([instrument] if instrument else [])
    logs = np.log(numbers(weeks, named, said, positive=True).to_numpy())
    held = _controls(weeks, controls, said)
    order = _one_row_per_week(weeks, said)
    design = np.column_stack([logs[:, 0], np.ones(len(weeks)), held])[order]
    first = np.column_stack([logs[:, -1], np.ones(len(weeks)), held])[order] if instrument else None
    _full_rank(design if first is None else first, said)
    value, error, strength = _least_squares(logs[order, 1], design, first)
    method = "instrument" if instrument else "controls" if len(controls) else "plain"
    freedom = len(weeks) - design.shape[1]
    return _with_interval(value, error, freedom, len(weeks), method, strength)


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
    """
    said = "elasticity_within"
    return _between_zones(_cells(panel, "week", said), "within", said)


def zone_test(panel: pd.DataFrame) -> Elasticity:
    """Elasticity from a price test: zones drawn by lot to be dearer or cheaper, in waves.

    Only weeks with a test count. Weeks of a wave are added up, so that a cell is one zone in one
    wave; then all goes on as in `elasticity_within`, with waves for weeks.

    Parameters
    ----------
    panel
        As for `elasticity_within`, with `price_test`: the zone's group that week, and "no test" or
        nothing in weeks without one. A wave is a run of weeks with a test.

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
    said = "zone_test"
    needs(panel, ["price_test"], said)
    days(panel, "week", said)
    tested = panel[panel["price_test"].notna() & (panel["price_test"] != NO_TEST)]
    if tested.empty:
        raise MktlabError(
            f"zone_test: no week has a price test; price_test must name the zone's group in test "
            f"weeks, and {NO_TEST!r} or nothing in the others."
        )
    begins = tested["week"].drop_duplicates().sort_values()
    wave = (begins.diff() > pd.Timedelta(weeks=1)).cumsum().set_axis(begins.to_numpy())
    cells = _cells(tested.assign(wave=tested["week"].map(wave)), "wave", said)
    return _between_zones(cells, "zone test", said)


def _one_row_per_week(weeks: pd.DataFrame, said: str) -> npt.NDArray[np.intp]:
    """The order of the weeks; refuses a week that stands there twice."""
    days(weeks, "week", said)
    twice = weeks["week"].duplicated()
    if twice.any():
        raise MktlabError(
            f"{said}: {weeks.loc[twice, 'week'].iloc[0]:%Y-%m-%d} stands in more than one row; add up the "
            "zones first, as in panel.groupby('week')."
        )
    return np.argsort(weeks["week"].to_numpy(), kind="stable")


def _controls(weeks: pd.DataFrame, controls: Sequence[str], said: str) -> Floats:
    """The controls as numbers; a text becomes a column per value but the first."""
    if isinstance(controls, str):
        raise MktlabError(f"{said}: controls is a text; give a list, such as [{controls!r}].")
    needs(weeks, controls, said)
    for name in controls:
        empty = int(weeks[name].isna().sum())
        if empty:
            raise MktlabError(
                f"{said}: the control {name} is empty in {empty} of {len(weeks)} rows; fill them, "
                "for instance with interpolate(), or leave these rows out."
            )
    if not controls:
        return np.empty((len(weeks), 0))
    held = pd.get_dummies(weeks[list(controls)], drop_first=True).astype("float64")
    if not np.isfinite(held.to_numpy()).all():
        raise MktlabError(f"{said}: a control is infinite; mend it or leave these rows out.")
    return np.asarray(held, dtype=np.float64)


def _full_rank(design: Floats, said: str) -> None:
    rows, columns = design.shape
    if rows < columns + 3:
        raise MktlabError(
            f"{said}: {rows} weeks are too few for {columns} unknowns; take more weeks or fewer "
            "controls."
        )
    scaled = design / np.abs(design).max(axis=0).clip(1e-300)
    if np.linalg.matrix_rank(scaled, tol=1e-9 * np.sqrt(rows)) < columns:
        raise MktlabError(
            f"{said}: the price (or instrument) does not vary, or a control says the same as "
            "others; leave that control out, or take weeks with other prices."
        )


def _least_squares(
    outcome: Floats, design: Floats, first: Floats | None
) -> tuple[float, float, float | None]:
    """Slope on the first column, its standard error, and the F of the first stage if any."""

    def error(regressors: Floats, residual: Floats) -> float:
        inverse = np.linalg.inv(regressors.T @ regressors)
        pull = regressors * residual[:, None]
        spread = pull.T @ pull
        for lag in range(1, LAGS + 1):
            apart = pull[lag:].T @ pull[:-lag]
            spread += (1 - lag / (LAGS + 1)) * (apart + apart.T)
        freedom = len(residual) / (len(residual) - regressors.shape[1])
        return float(np.sqrt((inverse @ spread @ inverse)[0, 0] * freedom))

    explained, strength = design, None
    if first is not None:
        stage = np.linalg.lstsq(first, design[:, 0])[0]
        fitted = first @ stage
        strength = float((stage[0] / error(first, design[:, 0] - fitted)) ** 2)
        explained = np.column_stack([fitted, design[:, 1:]])
    slopes = np.linalg.lstsq(explained, outcome)[0]
    # The residual is that of the price as it was, not as the first stage has it.
    return float(slopes[0]), error(explained, outcome - design @ slopes), strength


def _cells(panel: pd.DataFrame, period: str, said: str) -> pd.DataFrame:
    """One row per period and zone: pieces added up, mean of log price."""
    days(panel, "week", said)
    needs(panel, ["zone"], said)
    twice = panel.duplicated(["week", "zone"])
    if twice.any():
        week, zone = panel.loc[twice, ["week", "zone"]].iloc[0]
        raise MktlabError(
            f"{said}: {zone} stands there twice in the week {week:%Y-%m-%d}; add up its pieces "
            "first, as sales_panel does."
        )
    rows = numbers(panel, ["pieces"], said).assign(
        log_price=np.log(numbers(panel, ["price"], said, positive=True)["price"]),
        period=panel[period],
        zone=panel["zone"],
    )
    if rows["zone"].isna().any():
        raise MktlabError(f"{said}: zone is empty in a row; fill it or leave the row out.")
    cells = rows.groupby(["period", "zone"], as_index=False, observed=True).agg(
        pieces=("pieces", "sum"), log_price=("log_price", "mean")
    )
    sold = cells.groupby("zone", observed=True)["pieces"].sum()
    if len(sold) < 3:
        raise MktlabError(
            f"{said}: zones are compared, and {len(sold)} of them are too few; give three or more."
        )
    if (sold == 0).any():
        raise MktlabError(
            f"{said}: {sold.index[sold == 0][0]} sold nothing in all these weeks; leave that zone "
            "out, or add zones up."
        )
    return cells


def _between_zones(cells: pd.DataFrame, method: str, said: str) -> Elasticity:
    """The slope, with an error from leaving out one zone after the other."""
    zones = cells["zone"].unique()
    value = _poisson(cells, said)
    without = [_poisson(cells[cells["zone"] != zone], said, without=zone) for zone in zones]
    error = float(np.sqrt((len(zones) - 1) * np.mean((np.array(without) - value) ** 2)))
    return _with_interval(value, error, len(zones) - 1, len(cells), method, None)


def _poisson(cells: pd.DataFrame, said: str, *, without: object = None) -> float:
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
    for _ in range(STEPS):
        level = features @ slopes
        highest = np.full(len(total), -np.inf)
        np.maximum.at(highest, period, level)
        pull = np.exp(level - highest[period])
        expected = (total / np.bincount(period, weights=pull))[period] * pull
        rest = features - np.column_stack([mean_of_period(f, expected) for f in features.T])
        curvature = rest.T @ (expected[:, None] * rest)
        _prices_differ(curvature, said, without)
        step = np.linalg.solve(curvature, rest.T @ (pieces - expected))
        slopes = slopes + step
        if np.abs(step).max() < 1e-9:
            return float(slopes[0])
    raise MktlabError(
        f"{said}: no elasticity fits these pieces; a zone may have sold only where it was dear, or "
        "only where it was cheap: add up weeks or zones first."
    )


def _prices_differ(curvature: Floats, said: str, without: object) -> None:
    size = np.sqrt(np.diag(curvature))
    if (size > 0).all() and np.linalg.cond(curvature / np.outer(size, size)) < 1e10:
        return
    if without is None:
        raise MktlabError(
            f"{said}: prices do not differ between zones in the same weeks; only where they do can "
            "zones be compared."
        )
    raise MktlabError(
        f"{said}: without {without}, prices do not differ between zones in the same weeks; one "
        "zone alone cannot tell how sure the answer is, so let prices differ in more zones."
    )


def _with_interval(
    value: float, error: float, freedom: int, rows: int, method: str, strength: float | None
) -> Elasticity:
    from scipy.special import stdtrit

    reach = float(stdtrit(freedom, 0.975)) * error
    return Elasticity(value, value - reach, value + reach, error, rows, method, strength)
