"""Numbers, days and names as a chart writes them: beside its marks, on its axes, in its words."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mktlab.schema import MktlabError
from mktlab.show import formats
from mktlab.show.words import label, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

Write = Callable[[float], str]
KINDS = ("money", "share", "count", "decimal")
_ENGLISH = formats.HABITS["en"].months.split()


def writer(fmt: str, values: Iterable[float], *, exact: bool = False) -> Write:
    """How all numbers of one kind in a chart are written: in the same unit, with the same digits.

    Parameters
    ----------
    fmt
        "money", "share", "count" or "decimal", as in `mktlab.show.say`: with a plus before it for
        changes, with a point and a number of digits after it, as in "share.1"; "money.0" and
        "count.0" write whole numbers, as a title has them, and not thousands.
    values
        What is to be written; without digits in `fmt` they decide: three figures (of shares: two).
    exact
        Whether all digits of the values are written: for axes.

    Raises
    ------
    MktlabError
        For another `fmt`.

    Examples
    --------
    >>> write = writer("money", [12_870, -820])
    >>> write(12_870), write(-820), writer("share", [0.413, 0.027])(0.027)
    ('€13k', '−€0.8k', '3%')
    >>> writer("+money.0", [12_870])(12_870)
    '+€12,870'
    """
    name, _, digits = (fmt.removeprefix("+") or "decimal").partition(".")
    if name not in KINDS or not (digits.isdigit() or not digits):
        raise MktlabError(
            say(
                "fmt is {fmt!r}: give one of {kinds}, if you like with a + before it or with "
                "digits after it, such as '+money' or 'share.1'.",
                fmt=fmt,
                kinds=", ".join(KINDS),
            )
        )
    sign = fmt.startswith("+")
    size = 100 if name == "share" else 1
    figures = 2 if name == "share" else 3
    values = list(values)
    largest = max((abs(v) for v in values if math.isfinite(v)), default=0)
    decimals = int(digits) if digits else _digits([size * v for v in values], figures, exact)
    if name == "share":
        return lambda value: formats.share(value, decimals, sign=sign)
    if name == "money":
        cents = decimals > 0
        return lambda value: formats.money(
            value, cents=cents, sign=sign, short=not digits, beside=largest
        )
    if decimals == 0:
        return lambda value: formats.count(value, sign=sign, short=not digits, beside=largest)
    return lambda value: formats.decimal(value, decimals, sign=sign)


def _digits(values: Iterable[float], figures: int, exact: bool) -> int:
    """So many digits after the point that the largest value has that many figures, or fewer."""
    known = np.array([abs(v) for v in values if math.isfinite(v)])
    largest = known.max(initial=0)
    before = math.floor(math.log10(max(largest, 1))) + 1
    most = 4 if exact else max(figures - before, 0)
    for digits in range(most):
        if np.allclose(known, known.round(digits), rtol=0, atol=1e-6 * (largest or 1)):
            return digits
    return most


def name_of(thing: object) -> str:
    """A name of the data as people read it: words without underscores, days and numbers written.

    >>> name_of("search_brand"), name_of(pd.Timestamp("2025-12-15")), name_of(2.0)
    ('search brand', '15 Dec 2025', '2')
    """
    if isinstance(thing, pd.Period):
        thing = thing.start_time
    if isinstance(thing, datetime.date):
        return formats.day(thing)
    if isinstance(thing, int | float | np.number):
        return writer("", [float(thing)])(float(thing))
    return label(str(thing)).replace("_", " ")


def on_axis(axis: Axis, fmt: str = "") -> None:
    """Write the ticks of an axis as all numbers are written; leave days and names as they are."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, num2date
    from matplotlib.ticker import Formatter, MaxNLocator, ScalarFormatter

    kind = fmt.replace("+", "").partition(".")[0]
    low, high = axis.get_data_interval()
    years = axis is axis.axes.xaxis and not fmt and 1900 <= low <= high <= 2100

    class Ticks(Formatter):
        def format_ticks(self, values: Any) -> list[str]:
            write = writer(kind, values, exact=True)
            return [f"{v:.0f}" if years else write(v) for v in values]

        def __call__(self, x: float, pos: int | None = None) -> str:
            return writer(kind, [x], exact=True)(x)

    class Days(ConciseDateFormatter):
        def format_ticks(self, values: Any) -> list[str]:
            written = super().format_ticks(values)  # type: ignore[no-untyped-call]
            months = dict(zip(_ENGLISH, formats.habits().months.split(), strict=True))
            written = [" ".join(months.get(w, w) for w in text.split(" ")) for text in written]
            days = [num2date(value) for value in values]  # type: ignore[no-untyped-call]
            if all(text.isdigit() for text in written):
                return written
            if (days[-1] - days[0]).days > 366:  # else the same month stands there twice
                of = formats.habits().months.split()
                return [f"{of[day.month - 1]} {day.year}" for day in days]
            if not written[0].isdigit():
                written[0] += f" {days[0].year}"
            return written

    if isinstance(axis.get_major_locator(), AutoDateLocator):
        locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
        axis.set_major_locator(locator)
        axis.set_major_formatter(
            Days(locator, show_offset=False)  # type: ignore[no-untyped-call]
        )
    elif isinstance(axis.get_major_formatter(), ScalarFormatter):
        axis.set_major_formatter(Ticks())
        if years:
            axis.set_major_locator(MaxNLocator(integer=True))


def inches(ax: Axes, texts: Iterable[str], size: float, **look: Any) -> float:
    """How wide the widest of these texts is, in inches."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    probe = figure.text(0, 0, "", fontsize=size, **look)
    widths = [0.0]
    for text in texts:
        probe.set_text(text)
        widths.append(probe.get_window_extent().width / figure.dpi)
    probe.remove()
    return max(widths)
