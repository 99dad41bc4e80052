"""Groups of customers, their names, their profile and how firm they are: `find`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mktlab.personas.hands import LEAST, hands
from mktlab.personas.kmeans import SAMPLE, kmeans, some
from mktlab.personas.luck import scaled, telling
from mktlab.schema import MktlabError
from mktlab.show.words import label, say


@dataclass(frozen=True)
class Personas:
    """Groups of customers.

    Attributes
    ----------
    of
        The name of each customer's persona, by `customer_id`.
    profile
        By persona: `customers`, `stays` (Jaccard index: of the persona and of the group most like
        it, found in another half of the customers, the share that is in both; Hennig, 2007), and
        the mean share of each mark.
    everybody
        The mean share of each mark in all hands.
    """

    of: pd.Series[str]
    profile: pd.DataFrame
    everybody: pd.Series[float]

    def cards(self) -> pd.DataFrame:
        """By persona, in words: how many, the most frequent mark of each kind, and how firm it is.

        Firm is a persona that `stays` with .85 or more, loose one with less than .6.
        """
        kinds = dict.fromkeys(name.partition(": ")[0] for name in self.everybody.index)
        rows = {}
        for name in self.profile.index:
            row = self.profile.loc[name]
            lines = {
                "customers": say(
                    "{n:count} ({part:share})",
                    n=row["customers"],
                    part=row["customers"] / self.profile["customers"].sum(),
                )
            }
            for kind in kinds:
                marks = [m for m in self.everybody.index if m.startswith(f"{kind}: ")]
                mark = max(marks, key=lambda name: (round(row[name], 3), name))
                lines[kind] = say(
                    "{trait} {part:share} (all: {usual:share})",
                    trait=label(mark.partition(": ")[2]),
                    part=row[mark],
                    usual=self.everybody[mark],
                )
            firm = row["stays"]
            lines["group"] = label("firm" if firm >= 0.85 else "fair" if firm >= 0.6 else "loose")
            rows[name] = lines
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("persona")


def find(
    cards: pd.DataFrame, groups: int, marks: pd.DataFrame, *, least: int = LEAST, seed: int = 13
) -> Personas:
    """So many groups of customers, by k-means on hands in units of luck.

    A persona is named by the mark that sets it apart most, and by the first of another kind; they
    are sorted by name.

    Parameters
    ----------
    cards, marks, least
        As for `gaps`.
    groups
        How many, such as `suggest` says.
    seed
        Of the starts of k-means, and of the halves by which `stays` is measured.

    Raises
    ------
    MktlabError
        When there are fewer customers than groups, or groups is no whole number from 1.

    References
    ----------
    Hennig, C. (2007). Cluster-wise assessment of cluster stability. *Computational Statistics &
    Data Analysis*, 52(1).
    """
    real = hands(cards, telling(marks) or None, least=least)
    points = scaled(real, marks)
    most = len(points.drop_duplicates())
    if isinstance(groups, bool) or not isinstance(groups, int) or not 1 <= groups <= most:
        raise MktlabError(
            say(
                "groups is {groups!r}: give a whole number from 1 to {most:count}, the different "
                "hands of {least:count} purchases or more.",
                groups=groups,
                most=most,
                least=least,
            )
        )
    rng, unit = np.random.default_rng(seed), points.to_numpy()
    model = kmeans(groups, some(points, rng, most=20_000).to_numpy(), tries=10, seed=seed)
    group = model.predict(unit)
    names = _names(points.groupby(group).mean())
    drawn = rng.permutation(len(unit))[:SAMPLE]
    halves = [
        kmeans(groups, unit[half], tries=3).predict(unit[drawn])
        for _ in range(5)
        for half in np.array_split(rng.permutation(drawn), 2)
        if len(half) >= groups
    ]
    profile = real.groupby(group).mean().rename(index=names)
    profile.insert(0, "customers", np.bincount(group, minlength=groups))
    profile.insert(1, "stays", [_stays(group[drawn] == n, halves) for n in range(groups)])
    of = pd.Series(group, real.index, name="persona").map(names)
    return Personas(of, profile.sort_index().rename_axis("persona"), real.mean())


def _stays(mine: np.ndarray, halves: Sequence[np.ndarray]) -> float:
    """Mean Jaccard index of a group and of the one most like it in each of these groupings."""
    most = [
        max((mine & (other == n)).sum() / (mine | (other == n)).sum() for n in np.unique(other))
        for other in halves
    ]
    return float(np.mean(most)) if most else float("nan")


def _names(centers: pd.DataFrame) -> dict[int, str]:
    """By the mark that is farthest above all hands, and the first one of another kind."""
    found: dict[int, str] = {}
    for group, row in centers.round(3).sort_index().iterrows():
        order = row.sort_index().sort_values(ascending=False, kind="stable")
        kinds: dict[str, str] = {}
        for mark in order.index[order > 0]:
            kind, _, trait = mark.partition(": ")
            kinds.setdefault(kind, trait)
        name = ", ".join(list(kinds.values())[:2]) or "everybody"
        twice = sum(other == name or other.startswith(f"{name} ") for other in found.values())
        found[int(str(group))] = f"{name} {twice + 1}" if twice else name
    return found
