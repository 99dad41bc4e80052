"""Claims about workload: what is called fitting can be handed out, and hours count once."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from mktlab import workload
from mktlab.schema import MktlabError

SKILLS = ["a", "b", "c"]


def drawn(seed):
    rng = np.random.default_rng(seed)
    team = pd.DataFrame(rng.integers(0, 4, (4, 3)), columns=SKILLS)
    team = team.assign(person=list("wxyz"), hours=35.0, daily_work=rng.integers(25, 36, 4) * 1.0)
    return team, pd.DataFrame(rng.integers(0, 14, (2, 3)) * 1.0, columns=SKILLS)


def can_be_handed_out(team, work):
    """A plan of hours, person by person and skill by skill, exists."""
    able = (team[SKILLS] >= workload.ALONE).to_numpy()
    free, need = workload.free_hours(team, weeks=3).to_numpy(), work[SKILLS].sum().to_numpy()
    people, skills = able.shape
    by_person = np.kron(np.eye(people), np.ones(skills))
    by_skill = np.kron(np.ones(people), np.eye(skills))
    bounds = [(0, None if can else 0) for can in able.ravel()]
    plan = linprog(np.zeros(able.size), by_person, free, by_skill, need, bounds)
    return plan.status == 0


def test_work_fits_exactly_where_it_can_be_handed_out():
    answers = []
    for seed in range(60):
        team, work = drawn(seed)
        lacking = workload.shortage(team, work, skills=SKILLS, weeks=3)
        answers.append(lacking.empty)
        assert lacking.empty == can_be_handed_out(team, work), seed
        assert lacking["missing"].is_monotonic_decreasing
    assert 5 < sum(answers) < 55


def test_nobody_has_less_than_no_hours():
    team, _ = drawn(1)
    assert (workload.free_hours(team.assign(daily_work=40.0)) == 0).all()


def test_bad_input_gets_a_sentence():
    team, work = drawn(1)
    with pytest.raises(MktlabError, match="no column d"):
        workload.shortage(team, work, skills=["d"])
    with pytest.raises(MktlabError, match="no column hours"):
        workload.free_hours(team.drop(columns="hours"))
