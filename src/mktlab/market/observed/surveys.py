"""What people say when they are asked: the satisfaction survey and the awareness panel.

Both are asked of people and answered by some. Who is delighted or angry answers more often than who
is neither, and people who know no brand say that they do: the tables are clean, the answers human.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from mktlab.market.advertising import known_share
from mktlab.market.demand import ANSWER_ABOVE
from mktlab.market.draws import Flags, Floats, Ints, normals, uniforms
from mktlab.market.observed import comments
from mktlab.market.observed.sales import customer_ids, days, labels, numbered
from mktlab.market.prices import START
from mktlab.market.rivals import OURS, RIVALS
from mktlab.market.state import History, Week
from mktlab.market.world import CAFE_ZONES, SEGMENTS

DRIVERS = dict(zip(comments.RATINGS, (0.38, 0.22, 0.16, 0.14, 0.10), strict=True))
"""Rating -> its weight in a customer's satisfaction."""
RESPONSE = 0.13
PANEL = 600
SPONTANEOUS = 0.40  # of those who know a brand, who names it unaided
OVERCLAIM = 0.04  # of those who do not, who say they do
BRANDS = {**{rival.name: rival.awareness for rival in RIVALS[:2]}, "Maison Ordelle": 0.0}
"""Other brands of the panel -> share who know them; nobody can know the last: it does not exist."""
COMMENTS = 0.34  # share who write one
COMPLAINS = 0.06  # more of those who answer 6 or less
ROUNDER = np.array([0, 0, 0, 0, 5, 5, 5, 8, 8, 10, 10])
"""Score -> the one that some say instead: never across the cuts of the net promoter score."""
SAY_IT = np.array([0, 0.7, 0.5, 0.3, 0.5, 0, 0.5, 0.35, 0, 0.35, 0])
"""Score -> share who say the rounder one."""
OUTRIGHT = 0.03  # of those who would answer 6 or less, who say 0 to make themselves heard


class Answers(NamedTuple):
    """Answers to the survey: an entry per respondent."""

    who: Ints
    day: Ints
    nps: Ints
    ratings: Floats  # (respondents, drivers), missing for what a person does not meet
    writes: Flags  # a comment


def survey_responses(history: History) -> pd.DataFrame:
    """The quarterly survey: all customers are asked, some answer."""
    answers, about = _survey(history)
    table = pd.DataFrame(
        {
            "response_id": _response_ids(answers),
            "customer_id": customer_ids(answers.who),
            "responded_date": days(answers.day),
            "nps": answers.nps,
            **dict(zip(DRIVERS, answers.ratings.T, strict=True)),
        }
    )
    text = pd.Series(comments.written(about), index=table.index[answers.writes], dtype="str")
    return table.assign(comment=text)


def comment_topics(history: History) -> pd.DataFrame:
    """What each comment of the survey is about, its language and tone."""
    answers, about = _survey(history)
    return pd.DataFrame(
        {
            "response_id": _response_ids(answers)[answers.writes].reset_index(drop=True),
            "topic": labels(comments.TOPICS, about.topic),
            "language": labels(("en", "fr"), about.french.astype(np.int64)),
            "tone": labels(comments.TONES, about.tone),
        }
    )


def _response_ids(answers: Answers) -> pd.Series[str]:
    return numbered("R", np.arange(1, len(answers.who) + 1), 6)


def _survey(history: History) -> tuple[Answers, comments.Subjects]:
    """All answers, and what the comments among them are about."""
    minutes = comments.waits(history)
    parts = [
        _answers(history, number, week, minutes)
        for number, week in enumerate(history.weeks)
        if week.satisfaction is not None
    ]
    if not parts:
        nobody = np.zeros(len(history.people), dtype=bool)
        first = replace(history.weeks[0], satisfaction=nobody.astype(np.float32), customers=nobody)
        parts = [_answers(history, 0, first, minutes)]
    answers, about = zip(*parts, strict=True)
    return (
        Answers._make(map(np.concatenate, zip(*answers, strict=True))),
        comments.Subjects._make(map(np.concatenate, zip(*about, strict=True))),
    )


def response_chance(satisfaction: Floats) -> Floats:
    """Chance to answer the survey: the delighted most, then the angry.

    >>> response_chance(np.array([7.0, 9.0])).round(3).tolist()  # .13 and .13 exp(.36 + .2)
    [0.13, 0.228]
    """
    above = satisfaction - 7
    return np.asarray(np.minimum(RESPONSE * np.exp(0.18 * above + 0.05 * above**2), 0.9))


def lumped(score: Ints, lot: Floats) -> Ints:
    """Scores as people say them: many like round numbers, and some of the angry say 0 outright.

    Nobody crosses a cut of the net promoter score (6 to 7, 8 to 9), so it stays as it is; `lot`
    holds a number between 0 and 1 for each.

    >>> lumped(np.array([9, 9, 6, 6, 6]), np.array([0.1, 0.9, 0.1, 0.9, 0.98])).tolist()
    [10, 9, 5, 6, 0]
    """
    said = np.where(lot < SAY_IT[score], ROUNDER[score], score)
    return np.where((score <= 6) & (lot >= 1 - OUTRIGHT), 0, said)


def _answers(
    history: History, number: int, week: Week, minutes: Floats
) -> tuple[Answers, comments.Subjects]:
    people, seed = history.people, history.seed
    assert week.satisfaction is not None
    assert week.customers is not None
    lot = uniforms(seed, "survey", 11 * len(people), week=number).reshape(-1, 11)
    asked = np.flatnonzero(week.customers)
    felt = week.satisfaction[asked].astype(float)
    responds = lot[asked, 0] < response_chance(felt)
    who, felt = asked[responds], felt[responds]
    chance = lot[who]
    style = 0.7 * normals(uniforms(seed, "answer style", len(people))[who])
    score = np.rint(felt + ANSWER_ABOVE + 0.8 * style + 1.3 * normals(chance[:, 1])).clip(0, 10)
    nps = lumped(score.astype(np.int64), uniforms(seed, "lumps", len(people), week=number)[who])
    ratings = _ratings(felt, style, chance[:, 2:8])
    local = people.segment[who] == [s.name for s in SEGMENTS].index("local")
    ratings[local, 2] = np.nan  # who buys at the counter gets no parcel
    ratings[~np.isin(people.zone[who], CAFE_ZONES), 3:] = np.nan
    day = 7 * number + (7 * chance[:, 8]).astype(np.int64)
    writes = chance[:, 9] < COMMENTS + COMPLAINS * (nps <= 6)
    about = comments.subjects(
        history,
        number,
        who[writes],
        day[writes],
        nps=nps[writes],
        ratings=ratings[writes],
        mood=chance[writes, 10],
        minutes=minutes,
    )
    return Answers(who, day, nps, ratings, writes), about


def _ratings(felt: Floats, style: Floats, chance: Floats) -> Floats:
    """Ratings whose weighted mean is the satisfaction, but for style, a halo and rounding."""
    weights = np.array(list(DRIVERS.values()))
    apart = 0.9 * normals(chance[:, :5])
    apart -= (apart @ weights)[:, None]
    halo = 0.8 * normals(chance[:, 5])
    said = felt[:, None] + apart + halo[:, None] + 0.5 * style[:, None]
    return np.asarray(np.rint(said).clip(0, 10))


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


def survey_margin(history: History) -> float:
    """Half of the 95% interval of the net promoter score in the last quarterly survey, in points.

    1.96 times the standard error of a mean of 100 (promoter), 0 and −100 (detractor).
    """
    told = survey_responses(history)
    week = told["responded_date"] > told["responded_date"].max() - pd.Timedelta(weeks=1)
    said = told.loc[week, "nps"]
    score = 100.0 * ((said >= 9).astype(int) - (said <= 6).astype(int))
    return float(1.96 * score.std(ddof=0) / np.sqrt(len(score)))
