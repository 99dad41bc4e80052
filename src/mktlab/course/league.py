"""The league: a class's plans, each carried out in the same hidden worlds, and ranked.

The worlds come from a key that a class keeps to itself, so nobody can try a plan in them. Each plan
is played alone: teams do not meet in one market. A plan may be revised from quarter to quarter:
`ada.toml` is Ada's plan from the first week on, `ada.2.toml` what she does from quarter 2 on.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from mktlab.market.score import Merit, in_world, mean_of, points_of
from mktlab.plan import Plan
from mktlab.plan.brief import Brief, page
from mktlab.schema import MktlabError
from mktlab.show import charts
from mktlab.show.formats import money
from mktlab.show.tables import grid
from mktlab.show.words import say, say_many

WORLDS = 8
QUARTER = 13
BUDGET = 600_000.0
"""Euros a year that every plan may cost; today's levers cost about 440,000."""
_REVISION = re.compile(r"(?P<team>.+)\.(?P<quarter>[2-9])")
_NAMES = [
    *("Arabica", "Bourbon", "Caturra", "Catuai", "Geisha", "Harrar", "Java", "Kona", "Liberica"),
    *("Maragogype", "Mocha", "Pacamara", "Robusta", "Sidamo", "Sumatra", "Typica", "Yirgacheffe"),
    *("Antigua", "Castillo", "Cauca", "Huila", "Jember", "Kivu", "Limu", "Mandheling", "Nyeri"),
    *("Obata", "Rumi", "Santos", "Tarrazu", "Toraja", "Ruiru", "Peaberry", "Macchiato", "Lungo"),
]
"""Coffees, and what is made of them: names that tell nobody who it is."""


@dataclass(frozen=True)
class League:
    """A ranking.

    Attributes
    ----------
    table
        A row per team, the best first: `place`, `team` (a name drawn by lot), `points` (0 to 100),
        `profit` (euros more than with everything as today, luck left out, mean over the worlds),
        `low`, `high` (the least and the most of a world), `equity` and `nps` as in `score`,
        `beats_next` (in how many worlds it has more points than the next team).
    names
        Team -> who it is: for the trainer alone.
    broken
        Name of a file -> why it is not ranked.
    quarters, budget
        What was played, and what a plan may cost a year.
    """

    table: pd.DataFrame
    names: dict[str, str]
    broken: dict[str, str]
    quarters: int
    budget: float

    def page(self) -> Brief:
        """The ranking as a page of its own: what was played, a table, a chart, what is broken."""
        title = say("The league after quarter {n}", n=self.quarters)
        opening = say_many(
            "{n} plan, carried out in {worlds} hidden worlds for {weeks} weeks, at most {budget} a "
            "year.",
            "{n} plans, each carried out in the same {worlds} hidden worlds for {weeks} weeks, at "
            "most {budget} a year.",
            len(self.table),
            worlds=WORLDS,
            weeks=QUARTER * self.quarters,
            budget=money(self.budget, "EUR"),
        )
        rule = say(
            "Points: half for profit against doing nothing, 20% for what today's customers will "
            "bring next year, 15% for the net promoter score, each against 500 random plans; 15% "
            "for how near the plan's own targets came. Each plan is played alone: teams do not "
            "compete for the same customers. A lead that does not hold in all worlds may be luck."
        )
        parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(opening)}</p>"]
        if len(self.table):
            parts += [grid(self._shown()).html(label=title), self._picture()]
        if self.broken:
            why = [
                f"<li><strong>{escape(name)}</strong>: {escape(reason)}</li>"
                for name, reason in self.broken.items()
            ]
            parts += [f"<h2>{escape(say('Not ranked'))}</h2>", "<ul>", *why, "</ul>"]
        parts.append(f'<p class="quiet">{escape(rule)}</p>')
        return page(title, parts)

    def _picture(self) -> str:
        """Each team's profit against doing nothing: the mean, the least and most of the worlds."""
        from matplotlib import pyplot as plt

        named = self.table.sort_values("profit", ascending=False).set_index("team")
        best, most = named.index[0], float(named["profit"].iloc[0])
        title = say("No plan earns more than doing nothing")
        if most > 0:
            more = money(most, "EUR")
            title = say("{team} earns {more} more than doing nothing", team=best, more=more)
        sub = say("profit over doing nothing, luck left out: mean, least and most of the worlds")
        ax = charts.intervals(named, x="profit", fmt="+money.0", highlight=best)
        data, _ = charts.bundle(ax, title=title, sub=sub)
        shown = base64.b64encode(charts.png(ax)).decode()
        plt.close(charts.figure_of(ax))
        alt = escape(str(data["text/plain"]), quote=True)
        return f'<figure><img width="800" alt="{alt}" src="data:image/png;base64,{shown}"></figure>'

    def _shown(self) -> pd.DataFrame:
        table = self.table
        after = [
            "" if wins is pd.NA else say("{n} of {all}", n=wins, all=WORLDS)
            for wins in table["beats_next"]
        ]
        shown = {
            "place": table["place"],
            "team": table["team"],
            "points": table["points"].round(),
            "profit": [money(euros, "EUR", sign=True) for euros in table["profit"]],
            say("customer equity"): [money(euros, "EUR", sign=True) for euros in table["equity"]],
            "NPS": [say("{points:+decimal}", points=points) for points in table["nps"]],
            say("ahead of the next in"): after,
        }
        return pd.DataFrame(shown).set_index("place")


def league(
    files: Sequence[str | Path],
    *,
    key: str,
    quarters: int = 4,
    budget: float = BUDGET,
    tell: Callable[[str], object] = lambda _: None,
) -> League:
    """Carry out every plan in the key's worlds, and rank them.

    Parameters
    ----------
    files
        Plans as TOML, or folders of them.
    key
        A secret: the same key gives the same worlds and the same drawn names.
    quarters
        How many quarters are played, 1 to 4. Revisions of later quarters wait.
    budget
        Euros that a plan may cost in a year, whatever budget it gives itself.
    tell
        Called with a line per plan played.

    Raises
    ------
    MktlabError
        When there is no plan at all, or `quarters` or `budget` is of no use.
    """
    if isinstance(quarters, bool) or quarters not in (1, 2, 3, 4):
        raise MktlabError(say("quarters is {n!r}: give 1, 2, 3 or 4.", n=quarters))
    if not budget > 0:
        raise MktlabError(say("budget is {n!r}: give euros a year, above 0.", n=budget))
    teams, broken = _teams(files, quarters, budget)
    names = _drawn(sorted(teams), key)
    seeds = [
        int(hmac.digest(key.encode(), f"world {n}".encode(), hashlib.sha256).hex()[:8], 16) + 10_000
        for n in range(WORLDS)
    ]
    rows, points = [], {}
    for team, plans in teams.items():
        played = [in_world(seed, plans, QUARTER * quarters) for seed in seeds]
        last = plans[max(plans)]
        rows.append(_row(names[team], last, played))
        points[names[team]] = [points_of(merit, last, kpis).total for merit, kpis in played]
        tell(say("Played {team} in {n} worlds.", team=team, n=WORLDS))
    table = _ranked(rows, points)
    return League(table, {names[team]: team for team in teams}, broken, quarters, budget)


def _row(team: str, plan: Plan, played: Sequence[tuple[Merit, dict[str, float]]]) -> dict[str, Any]:
    merit, results = mean_of(played)
    profit = [each.profit for each, _ in played]
    return {
        "team": team,
        "points": points_of(merit, plan, results).total,
        "profit": merit.profit,
        "low": min(profit),
        "high": max(profit),
        "equity": merit.equity,
        "nps": merit.nps,
    }


def _ranked(rows: list[dict[str, Any]], points: Mapping[str, list[float]]) -> pd.DataFrame:
    columns = ["team", "points", "profit", "low", "high", "equity", "nps"]
    table = pd.DataFrame(rows, columns=columns).round(2)
    table = table.sort_values(["points", "team"], ascending=[False, True], ignore_index=True)
    table.insert(0, "place", table["points"].rank(ascending=False, method="min").astype(int))
    order = list(table["team"])
    wins: list[Any] = [
        sum(ours > theirs for ours, theirs in zip(points[team], points[after], strict=True))
        for team, after in pairwise(order)
    ]
    table["beats_next"] = pd.array([*wins, pd.NA][: len(table)], dtype="Int64")
    return table


def _drawn(teams: Sequence[str], key: str) -> dict[str, str]:
    """A name by lot for each team; whoever is told hers knows herself, and nobody else."""
    lot = random.Random(hmac.digest(key.encode(), b"names", hashlib.sha256).hex())
    names = lot.sample(_NAMES, len(_NAMES))
    rounds = [f"{name} {n}".removesuffix(" 1") for n in range(1, 100) for name in names]
    return dict(zip(teams, rounds, strict=False))


def _teams(
    files: Sequence[str | Path], quarters: int, budget: float
) -> tuple[dict[str, dict[int, Plan]], dict[str, str]]:
    """Team -> its plans by the week in which they begin; name of a file -> what is wrong."""
    teams: dict[str, dict[int, Plan]] = {}
    broken: dict[str, str] = {}
    found = list(_found(files))
    if not found:
        raise MktlabError(say("There is no plan: give TOML files, or a folder that holds some."))
    for path in found:
        said = _REVISION.fullmatch(path.stem)
        team, begins = (said["team"], int(said["quarter"]) - 1) if said else (path.stem, 0)
        if begins >= quarters:
            continue
        try:
            plan = _sound(path, QUARTER * (quarters - begins), budget)
        except MktlabError as problem:
            broken[path.name] = str(problem)
        else:
            teams.setdefault(team, {})[QUARTER * begins] = plan
    for team in [team for team, plans in teams.items() if 0 not in plans]:
        begins = min(teams.pop(team))
        told = say("there is no sound plan {file} from which it could begin", file=f"{team}.toml")
        broken[f"{team}.{begins // QUARTER + 1}.toml"] = told
    return teams, broken


def _found(files: Sequence[str | Path]) -> Iterator[Path]:
    for file in map(Path, files):
        yield from sorted(file.glob("*.toml")) if file.is_dir() else [file]


def _sound(path: Path, weeks: int, budget: float) -> Plan:
    """The plan of a file that can be played for so many weeks within the league's budget."""
    plan = Plan.from_toml(path)
    plan.check()
    if plan.weeks < weeks:
        told = say(
            "it is over after {n} weeks, and {weeks} are to be played: set weeks = {weeks} at "
            "least",
            n=plan.weeks,
            weeks=weeks,
        )
        raise MktlabError(told)
    allowed = budget * plan.weeks / 52
    if plan.total_cost > allowed:
        told = say(
            "it costs {cost} in {n} weeks, and the league allows {allowed}",
            cost=money(plan.total_cost, "EUR"),
            n=plan.weeks,
            allowed=money(allowed, "EUR"),
        )
        raise MktlabError(told)
    return plan
