"""The price survey: four points (`van_westendorp`), three optima (`psychological_price`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mktlab.price.checks import numbers, one_number
from mktlab.schema import MktlabError
from mktlab.show import charts, say
from mktlab.show.charts.numbers import writer
from mktlab.show.charts.parts import beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUESTIONS = ("too_cheap", "cheap", "expensive", "too_expensive")


@dataclass(frozen=True)
class VanWestendorp:
    """The four points of a price survey, and the curves that cross there.

    `pmc`, point of marginal cheapness: as many find a price too cheap as do not find it cheap.
    `opp`, "optimal" price point: as many find it too cheap as too expensive.
    `ipp`, indifference price point: as many find it cheap as expensive.
    `pme`, point of marginal expensiveness: as many find it too expensive as do not find it
    expensive. From `pmc` to `pme` goes the acceptable range.

    `respondents` counts those who are in it, `inconsistent` those left out because their four
    prices do not rise, `incomplete` those left out because an answer is missing. `curves` has a row
    per `price` named by somebody: the share to whom it is `too_cheap`, `cheap`, `expensive`,
    `too_expensive`.
    """

    pmc: float
    opp: float
    ipp: float
    pme: float
    respondents: int
    inconsistent: int
    incomplete: int
    curves: pd.DataFrame

    def __repr__(self) -> str:
        return say(
            "Acceptable from {pmc:decimal.2} (pmc) to {pme:decimal.2} (pme); opp "
            "{opp:decimal.2}, ipp {ipp:decimal.2}. {respondents} respondents; left out: "
            "{inconsistent} inconsistent, {incomplete} incomplete.",
            pmc=self.pmc,
            pme=self.pme,
            opp=self.opp,
            ipp=self.ipp,
            respondents=self.respondents,
            inconsistent=self.inconsistent,
            incomplete=self.incomplete,
        )

    def plot(self, *, ax: Axes | None = None, today: float | None = None) -> Axes:
        """The four curves, up to where all find a price expensive, and the points they give.

        The two that cross at the "optimal" price come first and have colors, and their share stands
        beside its name; each curve has its name where it is alone, and so has the shaded range.
        """
        each = np.interp(self.opp, self.curves["price"], self.curves["too_cheap"])
        optimal = say("'optimal' {price:money.2}: {part:share}", price=self.opp, part=each)
        points = {optimal: self.opp}
        if today is not None:
            points[say("today {price:money.2}", price=today)] = today
        shown = self.curves[self.curves["price"] <= 2 * self.pme]
        shown = shown.assign(not_expensive=1 - shown["expensive"], not_cheap=1 - shown["cheap"])
        crossing = ["too_cheap", "too_expensive", "not_expensive", "not_cheap"]
        ax = charts.lines(shown, x="price", y=crossing, fmt="share", line=points, ax=ax)
        _named(ax)
        ax.axvspan(self.pmc, self.pme, ymax=0.8, color=charts.GRAY, alpha=0.15, linewidth=0)
        for price, name in ((self.pmc, "too_cheap"), (self.pme, "too_expensive")):
            met = np.interp(price, self.curves["price"], self.curves[name])
            ax.plot(price, met, "o", color=charts.GRAY, markersize=5, zorder=5)
        told = say("acceptable\n{low:money.2}–{high:money.2}", low=self.pmc, high=self.pme)
        box = {"fc": "#EBEBEB", "ec": "none", "pad": 1}  # as the band
        ax.text((self.pmc + self.pme) / 2, 0.42, told, ha="center", va="center", bbox=box)
        return _marked(ax, {optimal: self.opp}, self.curves, "too_expensive", shares=False)


def _named(ax: Axes) -> None:
    """Name each curve where it is alone: at the ends of the axis two and two meet."""
    curves = ax.lines[:4]
    names = {str(curve.get_label()) for curve in curves}
    for text in [text for text in ax.texts if text.get_text() in names]:
        text.remove()
    # between the lines of the grid, off the curve
    heights = [(0.7, True, -0.04), (0.5, False, -0.04), (0.2, False, 0.05), (0.96, False, -0.05)]
    for curve, (height, left, off) in zip(curves, heights, strict=True):
        prices, shares = (np.asarray(values, float) for values in curve.get_data())
        at = np.abs(shares - height).argmin()
        words, color = str(curve.get_label()), curve.get_color()
        beside(ax, prices[at], shares[at] + off, words, left=left, color=color, bbox=None)
        look = {"lw": 1.2, "ls": "-"} if color == charts.GRAY else {"lw": 1.9}
        curve.set(**look)


def _marked(
    ax: Axes, points: dict[str, float], curves: pd.DataFrame, name: str, *, shares: bool = True
) -> Axes:
    """Mark points of a curve, their words and, where the words lack them, their shares."""
    prices = list(points.values())
    met = np.interp(prices, curves["price"], curves[name])
    ax.plot(prices, met, "o", color=charts.ORANGE, markersize=6, zorder=5)
    for at, part in zip(prices, met, strict=True) if shares else ():
        words = say("{part:share}", part=part)
        left = at == prices[0] < prices[-1]  # the margin rises at its right
        bold = beside(ax, at, part + 0.04, words, left=left, color=charts.ORANGE, bbox=None)
        bold.set_fontweight("bold")
    for text in ax.texts:
        if text.get_text() in points:
            text.set(color=charts.ORANGE, fontweight="bold")
    ax.set(ylim=(0, 1.25), yticks=np.arange(0, 1.1, 0.2))
    ticks = [tick for tick in ax.get_xticks() if ax.viewLim.x0 <= tick <= ax.viewLim.x1]
    ax.set_xticks(ticks, list(map(writer("money", ticks, exact=True), ticks)))
    ax.set_xlabel(say("price on the shelf"))
    return ax


def van_westendorp(survey: pd.DataFrame) -> VanWestendorp:
    """The price sensitivity meter: which prices people accept.

    A respondent counts when the four prices rise; ties are allowed. Curves are shares of
    respondents at each price that somebody named (cheap: those whose own cheap price lies above
    it; expensive: those whose own lies at or below it), joined by straight lines; a point is the
    first price at which the rising curve has met the falling one.

    Parameters
    ----------
    survey
        One row per respondent: `too_cheap, cheap, expensive, too_expensive`, prices.

    Raises
    ------
    MktlabError
        When a column is missing or holds no numbers, when a price is negative or infinite, or when
        nobody's answers can be used.

    References
    ----------
    van Westendorp, P. H. (1976). NSS-Price Sensitivity Meter. *Proceedings of the 29th ESOMAR
    Congress*.

    Examples
    --------
    Two people. From 8 to 10, cheap falls from a half to 0 and expensive rises from 0 to a half:

    >>> survey = pd.DataFrame({"too_cheap": [4, 6], "cheap": [8, 10],
    ...                        "expensive": [10, 12], "too_expensive": [14, 16]})
    >>> van_westendorp(survey)
    Acceptable from 6.00 (pmc) to 12.00 (pme); opp 6.00, ipp 9.00. 2 respondents; left out: 0 \
inconsistent, 0 incomplete.
    """
    answers = numbers(survey, QUESTIONS, "van_westendorp", empty=True)
    known = answers[answers.notna().all(axis=1)]
    consistent = known[(known.diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)]
    if consistent.empty:
        raise MktlabError(
            say(
                "van_westendorp: none of the {answers} respondents gave four prices that rise "
                "from too_cheap to too_expensive; check that the columns are not mixed up.",
                answers=len(answers),
            )
        )
    prices = np.unique(consistent.to_numpy())
    named = {q: np.searchsorted(np.sort(consistent[q]), prices, side="right") for q in QUESTIONS}
    people = len(consistent)

    def point(rising: str, falling: str) -> float:
        # Whole people are compared, so that a tie is a tie.
        gap = named[rising] + named[falling] - people
        after = int(np.argmax(gap >= 0))
        before = max(after - 1, 0)
        part = gap[after] / (gap[after] - gap[before]) if after else 0.0
        return float(prices[after] - part * (prices[after] - prices[before]))

    rises = {q: named[q] / people for q in ("expensive", "too_expensive")}
    falls = {q: 1 - named[q] / people for q in ("too_cheap", "cheap")}
    return VanWestendorp(
        pmc=point("cheap", "too_cheap"),
        opp=point("too_expensive", "too_cheap"),
        ipp=point("expensive", "cheap"),
        pme=point("too_expensive", "expensive"),
        respondents=people,
        inconsistent=len(known) - people,
        incomplete=len(answers) - len(known),
        curves=pd.DataFrame({"price": prices, **falls, **rises})[["price", *QUESTIONS]],
    )


@dataclass(frozen=True)
class PsychologicalPrice:
    """Three optima of one survey: most buyers, most revenue, most margin.

    Each is a price that somebody named; of prices that do equally well it is the lowest.
    `most_margin` is None where no cost was told. `curves` has a row per such price: the share of
    respondents to whom it is neither too dear nor too cheap (`accepted`), and `revenue` and
    `margin` per respondent.
    """

    most_accepted: float
    most_revenue: float
    most_margin: float | None
    respondents: int
    inconsistent: int
    incomplete: int
    curves: pd.DataFrame

    def _share(self, price: float) -> float:
        return float(self.curves.loc[self.curves["price"] == price, "accepted"].iloc[0])

    def __repr__(self) -> str:
        margin = (
            ""
            if self.most_margin is None
            else say(
                ", {price:decimal.2} most margin ({share:share})",
                price=self.most_margin,
                share=self._share(self.most_margin),
            )
        )
        return say(
            "{price:decimal.2} is accepted by most ({share:share}); {dearer:decimal.2} brings most "
            "revenue ({fewer:share}){margin}. {respondents} respondents; left out: {inconsistent} "
            "inconsistent, {incomplete} incomplete.",
            price=self.most_accepted,
            share=self._share(self.most_accepted),
            dearer=self.most_revenue,
            fewer=self._share(self.most_revenue),
            margin=margin,
            respondents=self.respondents,
            inconsistent=self.inconsistent,
            incomplete=self.incomplete,
        )

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """The share that accepts each price, the margin as part of its most, and the optima."""
        two = {say("most buyers {price:money.2}", price=self.most_accepted): self.most_accepted}
        names, shown = {"accepted": say("would buy")}, self.curves
        if self.most_margin is not None:
            two[say("most margin {price:money.2}", price=self.most_margin)] = self.most_margin
            names["margin"] = say("margin (most = 100%)")
            part = shown["margin"] / shown["margin"].max()
            shown = shown.assign(margin=part.where(part > 0))
        revenue = say("most revenue {price:money.2}", price=self.most_revenue)
        optima = two | {revenue: self.most_revenue}
        shown = shown[shown["price"] <= 2 * max(optima.values())].rename(columns=names)
        y = list(names.values())  # the margin is thin and gray
        ax = charts.lines(shown, x="price", y=y, fmt="share", line=optima, truth=y[1:], ax=ax)
        for margin in ax.lines[1 : len(y)]:
            margin.set_linewidth(1.2)
        part = np.interp(self.most_revenue, self.curves["price"], self.curves["accepted"])
        if self.most_revenue not in two.values():
            ax.plot(self.most_revenue, part, "o", color=charts.GRAY, markersize=6, zorder=4)
            words = say("{part:share}", part=part)
            beside(ax, self.most_revenue, part - 0.05, words, left=True, color=charts.GRAY)
        return _marked(ax, two, self.curves, "accepted")


def psychological_price(
    survey: pd.DataFrame, *, unit_cost: float | None = None
) -> PsychologicalPrice:
    """The psychological price: neither too dear nor so cheap that one doubts the quality.

    Most buyers is not most money: each person is taken to buy one piece, at any price that she
    accepts. Who says "I would" in a survey need not buy, and today's rivals stay out of it.

    Parameters
    ----------
    survey
        One row per respondent: `too_cheap` and `too_expensive`, prices. A price is accepted from
        the one up to, not including, the other.
    unit_cost
        What one piece more costs, in all, and with tax if the survey's prices have it.

    Raises
    ------
    MktlabError
        When a column is missing or holds no numbers, nobody's answers can be used, or no price
        that somebody accepts is above the cost.

    References
    ----------
    Stoetzel, J. (1954). Le prix comme limite. In Reynaud, P.-L. (Ed.), *La psychologie
    economique*. Riviere.
    Adam, D. (1958). *Les reactions du consommateur devant le prix*. SEDES.

    Examples
    --------
    At 6 three of four buy, 4.50 a head, of which 1.50 is margin; at 10 two, 5.00 and 3.00:

    >>> survey = pd.DataFrame({"too_cheap": [4, 6, 6, 10], "too_expensive": [8, 9, 16, 16]})
    >>> psychological_price(survey, unit_cost=4)
    6.00 is accepted by most (75%); 10.00 brings most revenue (50%), 10.00 most margin (50%). \
4 respondents; left out: 0 inconsistent, 0 incomplete.
    """
    caller = "psychological_price"
    answers = numbers(survey, ["too_cheap", "too_expensive"], caller, empty=True)
    known = answers.dropna()
    people = known[known["too_cheap"] <= known["too_expensive"]]
    if people.empty:
        raise MktlabError(
            say(
                "{caller}: none of the {answers} respondents gave a too_expensive price at or "
                "above the too_cheap one; check that the columns are not mixed up.",
                caller=caller,
                answers=len(answers),
            )
        )
    prices = np.unique(people.to_numpy())
    reached, passed = (
        np.searchsorted(np.sort(people[name]), prices, side="right") for name in people
    )
    curves = pd.DataFrame({"price": prices, "accepted": (reached - passed) / len(people)})
    curves["revenue"] = curves["accepted"] * curves["price"]
    best = None
    if unit_cost is not None:
        cost = one_number(unit_cost, "unit_cost", caller, above=0)
        curves["margin"] = curves["accepted"] * (curves["price"] - cost)
        best = _price_of_most(curves, "margin")
        if not curves["margin"].max() > 0:
            raise MktlabError(
                say(
                    "{caller}: no price that somebody accepts is above the cost of "
                    "{cost:decimal.2}; check the cost, or do not sell it.",
                    caller=caller,
                    cost=cost,
                )
            )
    return PsychologicalPrice(
        most_accepted=_price_of_most(curves, "accepted"),
        most_revenue=_price_of_most(curves, "revenue"),
        most_margin=best,
        respondents=len(people),
        inconsistent=len(known) - len(people),
        incomplete=len(answers) - len(known),
        curves=curves,
    )


def _price_of_most(curves: pd.DataFrame, what: str) -> float:
    return float(curves["price"].iloc[int(curves[what].argmax())])
