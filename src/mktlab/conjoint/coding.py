"""How a choice study becomes numbers: its parts, its tasks, and what is wrong with either.

`coding_of` finds attributes and levels, `tasks_of` turns choices into rows of numbers, `chances`
says how likely each alternative of its task is. No name of an attribute is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mktlab.schema import MktlabError
from mktlab.show.words import say, say_many
from mktlab.spelling import need_columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
KEYS = ("respondent_id", "task", "alternative", "chosen")
NONE = "none"
"""The part that stands for an alternative without a product."""


@dataclass(frozen=True)
class Coding:
    """How products become numbers: one column per part; a text's first level is what it starts
    from.

    `levels` holds of each text attribute all levels, the base first; `spans` of each other
    attribute its lowest and highest value shown, `flags` the yes or no among them.
    """

    levels: dict[str, tuple[str, ...]]
    spans: dict[str, tuple[float, float]]
    none: bool
    flags: tuple[str, ...] = ()

    @property
    def parts(self) -> list[str]:
        """Names of the columns, such as "label: organic", "price", "none"."""
        texts = [f"{name}: {level}" for name, all_ in self.levels.items() for level in all_[1:]]
        return [*texts, *self.spans, *([NONE] if self.none else [])]

    def encode(self, products: pd.DataFrame, who: str) -> Floats:
        """Products as rows of numbers; one of which all but flags is empty is no product."""
        need_columns([*self.levels, *self.spans], products.columns, of=say("{who}: it", who=who))
        empty = products[[*self.levels, *self.spans]].isna()
        gone = _gone(empty, self.flags)
        refuse(empty.any(axis=1) & ~gone, say("has only a part of its attributes"), who)
        columns: list[Floats] = []
        for name, known in self.levels.items():
            said = products[name].astype(object)
            refuse(~(said.isin(known) | gone), say("has an unknown {name}", name=name), who)
            columns += [np.asarray(said == level, dtype=np.float64) for level in known[1:]]
        columns += [products[name].fillna(0).to_numpy(dtype=float) for name in self.spans]
        columns += [np.asarray(gone, dtype=np.float64)] if self.none else []
        if gone.any() and not self.none:
            raise MktlabError(say("{who}: nobody could leave without a product here.", who=who))
        return np.column_stack(columns)


@dataclass(frozen=True)
class Tasks:
    """Choices as numbers: rows in the order of their tasks, tasks in the order of their people."""

    rows: Floats
    first: Ints  # row of each task
    task: Ints  # of each row
    chosen: Ints  # row chosen in each task
    person: Ints  # of each task
    names: pd.Index


def _gone(empty: pd.DataFrame, flags: Sequence[str]) -> pd.Series[bool]:
    """Rows without a product: all but their flags is empty."""
    others = [name for name in empty if name not in flags]
    return empty[others or list(empty)].all(axis=1)


def coding_of(
    choices: pd.DataFrame, attributes: Sequence[str] | None, base: dict[str, str], who: str
) -> Coding:
    need_columns(["task", "chosen"], choices.columns, of=say("{who}: choices", who=who))
    named = [c for c in choices.columns if c not in KEYS] if attributes is None else attributes
    need_columns(named, choices.columns, of=say("{who}: choices", who=who))
    told = [str(name) for name in named if attributes is not None or choices[name].notna().any()]
    levels: dict[str, tuple[str, ...]] = {}
    spans: dict[str, tuple[float, float]] = {}
    flags = tuple(name for name in told if set(choices[name].dropna()) <= {True, False})
    gone = _gone(choices[told].isna(), flags)
    for name in told:
        seen = choices.loc[~gone, name].dropna()
        if seen.nunique() < 2:
            problem = say(
                "{who}: {name} is the same in all products shown, so nothing tells what it is "
                "worth; leave it out of attributes.",
                who=who,
                name=name,
            )
            raise MktlabError(problem)
        if pd.api.types.is_numeric_dtype(seen.infer_objects()):
            spans[name] = (float(seen.min()), float(seen.max()))
            continue
        known = sorted(set(seen.astype("str")))
        first = base.get(name, known[0])
        if first not in known:
            problem = say(
                "{who}: base: {name} has no level {first!r}; choose among {known}.",
                who=who,
                name=name,
                first=first,
                known=", ".join(known),
            )
            raise MktlabError(problem)
        levels[name] = (first, *(level for level in known if level != first))
    if not told:
        raise MktlabError(say("{who}: choices has no attribute; add one, such as price.", who=who))
    return Coding(levels, spans, bool(gone.any()), flags)


def tasks_of(choices: pd.DataFrame, coding: Coding, who: str) -> Tasks:
    """Choices as numbers, checked: two alternatives or more in each task, of which one is
    chosen."""
    need_columns(["task", "chosen"], choices.columns, of=say("{who}: choices", who=who))
    keys = [key for key in KEYS[:2] if key in choices]
    table = choices.sort_values(keys, kind="stable")
    table = table.assign(chosen=table["chosen"].astype(bool))
    number = np.asarray(table.groupby(keys, sort=True, dropna=False).ngroup(), dtype=np.int64)
    first = np.flatnonzero(np.diff(number, prepend=-1))
    size, chosen = np.bincount(number), np.bincount(number, weights=table["chosen"])
    for wrong, what in (
        (chosen != 1, say("has not exactly one chosen alternative")),
        (size < 2, say("has one alternative only, which is no choice")),
    ):
        if wrong.any():
            named = table.iloc[first][keys].astype(str).agg("/".join, axis=1)
            refuse(pd.Series(wrong, named), what, who)
    names, person = np.unique(table[keys[0]].to_numpy()[first], return_inverse=True)
    return Tasks(
        coding.encode(table, who),
        first,
        number,
        np.flatnonzero(table["chosen"]),
        np.asarray(person, dtype=np.int64),
        pd.Index(names, name=keys[0]),
    )


def refuse(wrong: pd.Series[bool], what: str, who: str) -> None:
    """Refuse where some row is wrong, and say where the first is."""
    if wrong.any():
        problem = say_many(
            "{who}: {n} row or task {what}, the first is {first}; mend it or leave it out.",
            "{who}: {n} rows or tasks {what}, the first is {first}; mend them or leave them out.",
            int(wrong.sum()),
            who=who,
            what=what,
            first=wrong.index[wrong.to_numpy()][0],
        )
        raise MktlabError(problem)


def chances(utility: Floats, data: Tasks) -> Floats:
    """Chance of each alternative of its task."""
    odds = np.exp(utility - np.maximum.reduceat(utility, data.first)[data.task])
    return np.asarray(odds / np.add.reduceat(odds, data.first)[data.task])
