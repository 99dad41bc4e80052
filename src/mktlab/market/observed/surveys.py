"""What people say when they are asked: the satisfaction survey and the awareness panel.

Both are asked of people and answered by some. Who is delighted or angry answers more often than who
is neither, and people who know no brand say that they do: the tables are clean, the answers human.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mktlab.market.advertising import known_share
from mktlab.market.demand import ANSWER_ABOVE
from mktlab.market.draws import Floats, normals, uniforms
from mktlab.market.observed.sales import customer_ids, days, numbered
from mktlab.market.prices import START
from mktlab.market.rivals import OURS, RIVALS
from mktlab.market.state import History, Week
from mktlab.market.world import ONLINE, SEGMENTS

DRIVERS = {"quality": 0.38, "value": 0.22, "delivery": 0.16, "service": 0.14, "ambience": 0.10}
"""Rating -> its weight in a customer's satisfaction."""
RESPONSE = 0.13
PANEL = 600
SPONTANEOUS = 0.40  # of those who know a brand, who names it unaided
OVERCLAIM = 0.04  # of those who do not, who say they do
BRANDS = {**{rival.name: rival.awareness for rival in RIVALS[:2]}, "Maison Ordelle": 0.0}
"""Other brands of the panel -> share who know them; nobody can know the last: it does not exist."""
_WORDS = {
    "quality": ("the coffee tastes flat", "wonderful coffee"),
    "value": ("too dear for what it is", "good value"),
    "delivery": ("my parcel was late", "fast delivery"),
    "service": ("nobody answered me", "very kind staff"),
    "ambience": ("crowded and loud", "a lovely place"),
}


def survey_responses(history: History) -> pd.DataFrame:
    """The quarterly survey: all customers are asked, some answer."""
    parts = [
        _answers(history, number, week)
        for number, week in enumerate(history.weeks)
        if week.satisfaction is not None
    ]
    if not parts:
        return _no_answers()
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "response_id", numbered("R", np.arange(1, len(table) + 1), 6))
    return table


def response_chance(satisfaction: Floats) -> Floats:
    """Chance to answer the survey: the delighted most, then the angry.

    >>> response_chance(np.array([7.0, 9.0])).round(3).tolist()  # .13 and .13 exp(.36 + .2)
    [0.13, 0.228]
    """
    above = satisfaction - 7
    return np.asarray(np.minimum(RESPONSE * np.exp(0.18 * above + 0.05 * above**2), 0.9))


def _answers(history: History, number: int, week: Week) -> pd.DataFrame:
    people, seed = history.people, history.seed
    assert week.satisfaction is not None
    assert week.customers is not None
    lot = uniforms(seed, "survey", 11 * len(people), week=number).reshape(-1, 11)
    asked = np.flatnonzero(week.customers)
    felt = week.satisfaction[asked].astype(float)
    answers = lot[asked, 0] < response_chance(felt)
    who, felt = asked[answers], felt[answers]
    chance = lot[who]
    style = 0.7 * normals(uniforms(seed, "answer style", len(people))[who])
    nps = np.rint(felt + ANSWER_ABOVE + 0.8 * style + 1.3 * normals(chance[:, 1]))
    ratings = _ratings(felt, style, chance[:, 2:8])
    table = pd.DataFrame(
        {
            "customer_id": customer_ids(who),
            "responded_date": days(7 * number + (7 * chance[:, 8]).astype(int)),
            "nps": nps.clip(0, 10).astype(np.int64),
            **{name: ratings[:, place] for place, name in enumerate(DRIVERS)},
        }
    )
    local = people.segment[who] == [s.name for s in SEGMENTS].index("local")
    table.loc[local, "delivery"] = np.nan  # who buys at the counter gets no parcel
    table.loc[people.zone[who] == ONLINE, ["service", "ambience"]] = np.nan
    return table.assign(comment=_comments(table, chance[:, 9], chance[:, 10]))


def _ratings(felt: Floats, style: Floats, chance: Floats) -> Floats:
    """Ratings whose weighted mean is the satisfaction, but for style, a halo and rounding."""
    weights = np.array(list(DRIVERS.values()))
    apart = 0.9 * normals(chance[:, :5])
    apart -= (apart @ weights)[:, None]
    halo = 0.8 * normals(chance[:, 5])
    said = felt[:, None] + apart + halo[:, None] + 0.5 * style[:, None]
    return np.asarray(np.rint(said).clip(0, 10))


def _comments(table: pd.DataFrame, talks: Floats, mood: Floats) -> pd.Series[str]:
    ratings = table[list(DRIVERS)].fillna(7.0).to_numpy()
    low, high = ratings.argmin(axis=1), ratings.argmax(axis=1)
    unhappy = table["nps"].to_numpy() <= 6 + (mood < 0.2)
    words = np.array(list(_WORDS.values()))
    said = np.where(unhappy, words[low, 0], words[high, 1])
    return pd.Series(said, dtype="str").where(talks < 0.35)


def _no_answers() -> pd.DataFrame:
    columns = {"response_id": "str", "customer_id": "str", "responded_date": "datetime64[us]"}
    columns |= {"nps": "int64", **dict.fromkeys(DRIVERS, "float64"), "comment": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})


def awareness(history: History) -> pd.DataFrame:
    """The panel: 600 other people each month are asked which brands they know."""
    start = pd.Timestamp(START)
    end = start + pd.Timedelta(weeks=len(history.weeks))
    months = pd.date_range(start, end - pd.offsets.MonthBegin(), freq="MS", unit="us")
    rows = []
    for month in months:
        week = min(((month - start).days + 14) // 7, len(history.weeks) - 1)
        known = {OURS: known_share(history.weeks[week].awareness), **BRANDS}
        number = month.year * 12 + month.month
        for place, (brand, share) in enumerate(known.items()):
            lot = uniforms(history.seed, f"panel {place}", PANEL, week=number)
            aided = lot < share + OVERCLAIM * (1 - share)
            rows.append((month, brand, PANEL, int((lot < SPONTANEOUS * share).sum()), aided.sum()))
    columns = ["month", "brand", "asked", "spontaneous", "aided"]
    table = pd.DataFrame(rows, columns=columns).astype({"brand": "str"})
    return table.astype({"month": "datetime64[us]", "spontaneous": "int64", "aided": "int64"})
