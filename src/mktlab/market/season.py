"""A plan in the market: what it earned, and playing it period by period.

`run` plays a plan after the company's past and gives an `Outcome`: the company as it then is, with
its books, its KPIs and how they compare with having done nothing. `start` gives a `Season`, which
is advanced, read and revised by hand: plan, organize, execute, control.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from mktlab.company import Company
from mktlab.market.advertising import known_share
from mktlab.market.baskets import CANCELLED
from mktlab.market.flaws import DEFAULT_FLAWS
from mktlab.market.observed.sales import days
from mktlab.market.observed.surveys import survey_margin
from mktlab.market.profit import REVENUE, WEB
from mktlab.market.rivals import standing
from mktlab.market.run import PEOPLE, SEED, WEEKS, company_of
from mktlab.market.service import requests_expected
from mktlab.market.sold import sold
from mktlab.market.state import History, ledger
from mktlab.market.week import begin, play
from mktlab.plan import INDICATORS, Objective, Plan
from mktlab.plan.mix import BASE, Mix
from mktlab.schema import MktlabError
from mktlab.show.words import say

LONGEST = 156


class Outcome(Company):
    """A company after a plan: its tables and truth, and what the plan did.

    `pnl` holds the books, a row per week of the plan; `kpis` each KPI with the plan and without;
    `vs_baseline` every account of the books with the plan and without, in euros over the plan's
    weeks. `expected_difference` leaves out the luck of single orders; read that first.
    """

    pnl: pd.DataFrame
    kpis: pd.DataFrame
    vs_baseline: pd.DataFrame

    def __init__(self, company: Company, **results: pd.DataFrame) -> None:
        self.__dict__.update(company.__dict__)
        self.__dict__.update(results)


class Season:
    """A plan being carried out; made by `start`.

    `week` counts the weeks played; `plan` is the plan in force.
    """

    plan: Plan
    week: int

    def __init__(self, plan: Plan, *, people: int, seed: int) -> None:
        plan.check()
        self._people, self._seed = people, seed
        self._past = _past(people, seed)
        self._history = self._past.copy()
        self.plan, self.week = plan, 0
        self._before, self._since = BASE, 0

    def advance(self, weeks: int = 13) -> Season:
        """Play the next weeks, with the plan and, for comparison, without.

        Raises
        ------
        MktlabError
            When the weeks lead past the longest season, or are no whole number from 1 up.
        """
        left = LONGEST - self.week
        if isinstance(weeks, bool) or not isinstance(weeks, int) or not 1 <= weeks <= left:
            raise MktlabError(
                say(
                    "advance: weeks must be a whole number from 1 to {left}, not {weeks!r}; a "
                    "season lasts {longest} weeks at most, and {week} are played.",
                    left=left,
                    weeks=weeks,
                    longest=LONGEST,
                    week=self.week,
                )
            )
        play(self._history, weeks, self._mix)
        self.week += weeks
        return self

    @property
    def _usual(self) -> History:
        """The same weeks with everything as today; its state may be that of a later week."""
        usual = _idle(self._people, self._seed)
        if missing := max(0, WEEKS + self.week - len(usual.weeks)):
            play(usual, missing)
        return replace(usual, weeks=usual.weeks[: WEEKS + self.week])

    def _mix(self, week: int) -> Mix:
        return self.plan.in_week(week - WEEKS - self._since, before=self._before)

    def revise(self, plan: Plan) -> Season:
        """Carry out another plan from now on; its weeks and lead times count from now."""
        plan.check()
        self._before = self._mix(WEEKS + self.week)
        self.plan, self._since = plan, self.week
        return self

    def copy(self) -> Season:
        """The same season so far, from which another future can be played."""
        other = copy.copy(self)
        other._history = self._history.copy()
        return other

    def report(self) -> pd.DataFrame:
        """Where the season stands: a row per KPI, with targets of the plan in force.

        Returns
        -------
        `kpi, meaning, unit, value, baseline, target, by_week, reached`: value and baseline over
        all weeks played, with the plans and without; `reached` is empty without a target or before
        its week. A company knows its net promoter score from a survey alone: the target is "too
        early to tell" of when it lies in the 95% interval that the last survey leaves around it.
        """
        self._check_played("report")
        table = self._kpis().drop(columns="expected_difference")
        goals = {goal.kpi: goal for goal in self.plan.objectives}
        rows = []
        for kpi, value in table["value"].to_dict().items():
            goal = goals.get(str(kpi))
            due = goal is not None and self.week - self._since >= goal.by_week
            rows.append(
                {
                    "target": goal.target if goal else np.nan,
                    "by_week": goal.by_week if goal else pd.NA,
                    "reached": self._reached(goal, value) if goal and due else "",
                }
            )
        extra = pd.DataFrame(rows, index=table.index).astype({"by_week": "Int64"})
        return table.drop(columns="difference").join(extra).reset_index()

    def _reached(self, goal: Objective, value: float) -> str:
        better = value - goal.target
        if goal.kpi == "nps" and not abs(better) > survey_margin(self._history):
            return say("too early to tell")
        if INDICATORS[goal.kpi].direction == "down":
            better = -better
        return "yes" if better >= 0 else "no"

    def pnl(self) -> pd.DataFrame:
        """Every account over all weeks played, with the plans and without, in euros.

        Returns
        -------
        `account, plan, baseline, difference, expected_difference`; costs are negative, the last
        account is the profit. `expected_difference` leaves out the luck of single orders.
        """
        self._check_played("pnl")
        (ours, usual), (hoped, idle) = self._totals(), self._totals(expected=True)
        compared = {"plan": ours, "baseline": usual, "difference": ours - usual}
        table = pd.DataFrame(compared | {"expected_difference": hoped - idle}).round(2)
        return table.rename_axis("account").reset_index()

    def _totals(self, *, expected: bool = False) -> list[pd.Series[float]]:
        """All accounts with the plans and without; one that only some weeks have is there, too."""
        weeks = [*self._history.weeks[WEEKS:], *self._usual.weeks[WEEKS:]]
        table = ledger(weeks, scale=self._history.people.scale, expected=expected)
        return [table.iloc[: self.week].sum(), table.iloc[self.week :].sum()]

    def books(self, *, expected: bool = False) -> pd.DataFrame:
        """Every account with the plans, a row per `week` (the plan's first is 1), in euros.

        `expected` leaves out the luck of single orders, as no real company can.
        """
        self._check_played("books")
        table = weekly_pnl(self._history, WEEKS, expected=expected)
        table.insert(0, "week", np.arange(1, self.week + 1))
        return table

    def sold(self, *, expected: bool = False) -> pd.DataFrame:
        """What was sold with the plans, by week and family, as `mktlab.kpi.variance` takes it."""
        self._check_played("sold")
        return sold(self._history, WEEKS, expected=expected)

    def service(self) -> pd.DataFrame:
        """Parcels and customer service, week by week, with the plans.

        Returns
        -------
        `week` (the plan's first is 1), `requests` as they came and `expected`, `late_share`,
        `support_hours`, and `backlog_weeks`, the requests left over in weeks of work; week 0 is
        the last one before.
        """
        self._check_played("service")
        weeks, scale = self._history.weeks[WEEKS - 1 :], self._history.people.scale
        kept = 1 - CANCELLED
        rows = [
            (
                number,
                week.requests,
                requests_expected(
                    week.expected.orders[WEB] / kept,
                    week.expected.orders.sum() / kept,
                    week.late_share,
                ),
                week.late_share,
                week.mix.people.support_hours * scale,
                week.backlog_weeks,
            )
            for number, week in enumerate(weeks)
        ]
        names = ["week", "requests", "expected", "late_share", "support_hours", "backlog_weeks"]
        return pd.DataFrame(rows, columns=names)

    def outcome(self, *, flaws: Sequence[str] = DEFAULT_FLAWS) -> Outcome:
        """The company as it is now, with what the season did."""
        self._check_played("outcome")
        ours = weekly_pnl(self._history, WEEKS)
        week = days(7 * np.arange(WEEKS, len(self._history.weeks)))
        return Outcome(
            company_of(self._past, self._history, flaws=flaws),
            pnl=ours.assign(week=week)[["week", *ours.columns]],
            kpis=self._kpis().reset_index(),
            vs_baseline=self.pnl(),
        )

    def _check_played(self, what: str) -> None:
        if not self.week:
            raise MktlabError(
                say(
                    "{what}: no week of the season is played yet; advance() comes first.", what=what
                )
            )

    def _kpis(self) -> pd.DataFrame:
        ours, usual = measure(self._history, WEEKS), measure(self._usual, WEEKS)
        ours_expected = measure(self._history, WEEKS, expected=True)
        usual_expected = measure(self._usual, WEEKS, expected=True)
        table = pd.DataFrame({"value": ours, "baseline": usual}).loc[list(INDICATORS)]
        table["difference"] = table["value"] - table["baseline"]
        expected = pd.Series(ours_expected) - pd.Series(usual_expected)
        table = table.assign(expected_difference=expected).round(4)
        table.insert(0, "meaning", [INDICATORS[kpi].label for kpi in table.index])
        table.insert(1, "unit", [INDICATORS[kpi].unit for kpi in table.index])
        return table.rename_axis("kpi")


def start(plan: Plan, *, people: int = PEOPLE, seed: int = SEED) -> Season:
    """Begin to carry out a plan at the end of the company's past.

    Raises
    ------
    MktlabError
        With every problem of the plan, a sentence each.
    """
    return Season(plan, people=people, seed=seed)


def run(
    plan: Plan,
    weeks: int = 52,
    *,
    people: int = PEOPLE,
    seed: int = SEED,
    flaws: Sequence[str] = DEFAULT_FLAWS,
) -> Outcome:
    """Carry out a plan and see what it earned.

    Parameters
    ----------
    plan
        A valid plan; it starts the day after the company's past, on December 29, 2025.
    weeks
        Weeks to play: a whole number from 1 to 156.
    people, seed, flaws
        As in `simulate`.

    Returns
    -------
    Outcome
        The company after the plan, with `pnl`, `kpis` and `vs_baseline`.

    Raises
    ------
    MktlabError
        With every problem of the plan or the arguments, a sentence each.

    Examples
    --------
    >>> outcome = run(Plan.baseline(), weeks=4, people=500)
    >>> float(outcome.vs_baseline["difference"].abs().sum())  # doing nothing changes nothing
    0.0
    """
    return start(plan, people=people, seed=seed).advance(weeks).outcome(flaws=flaws)


@lru_cache(maxsize=4)
def _past(people: int, seed: int) -> History:
    """The company's past; whoever plays on takes a copy."""
    return play(begin(people=people, weeks=WEEKS + LONGEST, seed=seed), WEEKS)


@lru_cache(maxsize=4)
def _idle(people: int, seed: int) -> History:
    """The company left as it is: played as far as any season needed, and never replayed."""
    return _past(people, seed).copy()


def measure(history: History, since: int, *, expected: bool = False) -> dict[str, float]:
    """Every KPI over the weeks from `since` on, as they came or as they were expected."""
    weeks = history.weeks[since:]
    sold = [week.expected if expected else week.sold for week in weeks]
    accounts = weekly_pnl(history, since, expected=expected)
    orders = float(sum(s.orders.sum() for s in sold))
    last = weeks[-1]
    return {
        "profit": float(accounts["profit"].sum()),
        "revenue": float(accounts[list(REVENUE)].sum().sum()),
        "orders": orders,
        "order_value": float(sum(s.sales.sum() for s in sold)) / max(orders, 1e-9),
        "new_customers": float(sum(s.newcomers for s in sold)),
        "customers": float(last.pulse.customers),
        "satisfaction": last.pulse.satisfaction,
        "nps": last.pulse.nps,
        "awareness": known_share(last.awareness),
        "wait_minutes": float(np.mean([week.cafes.wait_minutes.mean() for week in weeks])),
        "late_share": float(np.mean([week.late_share for week in weeks])),
        "boxes": float(last.boxes.running),
        **standing(history, since, expected=expected),
    }


def weekly_pnl(history: History, since: int, *, expected: bool = False) -> pd.DataFrame:
    """The accounts of the weeks from `since` on: a row per week."""
    return ledger(history.weeks[since:], scale=history.people.scale, expected=expected)
