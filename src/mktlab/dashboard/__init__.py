"""One page for Monday morning: the numbers that steer, what is unusual, and a season's controls.

`show` gives the page of a company inside a notebook; `season` is the control room of a plan that is
being carried out. `serve` and `server` put either on a web page of this machine, which `mktlab
dashboard` opens. `filters`, `figures` and `rows` make the numbers, `wording` and `drawing` say and
draw them, `view` and `control` are the widgets, `export` writes workbooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mktlab.dashboard.figures import TILES, Board

if TYPE_CHECKING:
    from mktlab.company import Company
    from mktlab.dashboard.control import ControlRoom
    from mktlab.dashboard.view import Dashboard
    from mktlab.plan import Plan

__all__ = ["TILES", "Board", "season", "show"]


def show(company: Company, *, targets: Mapping[str, float] | None = None) -> Dashboard:
    """The dashboard of a company, with filters.

    Parameters
    ----------
    company
        Such as `mktlab.load("solane")`; of your own, whatever tables there are.
    targets
        KPI -> target in the KPI's unit; of an amount or a count, per week. Without one, the weeks
        compared with are the target.

    Raises
    ------
    MktlabError
        When no table can be shown, or a target cannot be one.
    """
    from mktlab.dashboard.view import Dashboard

    return Dashboard(company, targets=targets)


def season(plan: Plan | None = None, *, people: int | None = None) -> ControlRoom:
    """The control room of a season: advance it, read it, change the plan.

    Parameters
    ----------
    plan
        The plan to start with; by default, everything stays as today.
    people
        Persons in the market; by default, as published.

    Raises
    ------
    MktlabError
        With every problem of the plan, a sentence each.
    """
    from mktlab.dashboard.control import ControlRoom

    return ControlRoom(plan, people=people)
