"""Claims about media plans, what channels add, and where a budget goes."""

import numpy as np
import pandas as pd
import pytest

from mktlab.geo_test import geo_test
from mktlab.promotion import MediaModel, allocate, media_model, media_plan, redrawn
from mktlab.promotion.sampler import Prior, sample
from mktlab.schema import MktlabError

CHANNELS = ["press", "radio", "social"]
ZONES, WEEKS = 13, 156


def shop(seed, per_euro=(0.01, 0.02, 0.0), kept=0.5, follows=0.8, sold=60.0):
    """Sales of 13 zones: spend follows demand, and in some weeks half of them go dark."""
    rng = np.random.default_rng([seed, 25])
    size = rng.dirichlet(np.full(ZONES, 3.0))
    demand = np.exp(0.2 * rng.normal(size=(WEEKS, 1)))
    euros = np.array([100.0, 300.0, 200.0])
    rows, lift = [], np.zeros((WEEKS, ZONES))
    for place, name in enumerate(CHANNELS):
        flight = np.repeat(np.exp(0.45 * rng.normal(size=(WEEKS // 4, ZONES)) - 0.1), 4, axis=0)
        spent = euros[place] * size * flight * demand**follows
        tested = (np.arange(WEEKS) % 33) // 11 == place
        tested &= np.arange(WEEKS) % 11 >= 3
        dark = np.array([rng.permutation(ZONES) < 6 for _ in range(WEEKS // 11 + 1)])
        dark = dark[np.arange(WEEKS) // 11] & tested[:, None]
        spent = np.where(dark, 0.0, spent)
        left, share = np.zeros(ZONES), per_euro[place] * euros[place] / sold
        for week in range(WEEKS):
            left = kept * left + spent[week]
            level = left * (1 - kept) / (euros[place] * size)
            lift[week] += share * 2 * level / (level + 1)
        mark = np.where(dark, "dark", np.where(tested[:, None], "on", "no test"))
        rows += [
            (week, zone, name, spent[week, zone], mark[week, zone])
            for week in range(WEEKS)
            for zone in range(ZONES)
        ]
    ads = pd.DataFrame(rows, columns=["week", "zone", "channel", "spend", "budget_test"])
    today = float(np.dot(per_euro, euros)) / sold
    orders = rng.poisson(sold * size * demand * np.exp(lift - today))
    monday = pd.Timestamp("2023-01-02") + pd.to_timedelta(7 * np.arange(WEEKS), unit="D")
    ads = ads.assign(week=monday[ads["week"]], zone="zone " + ads["zone"].astype(str))
    week, zone = np.indices(orders.shape).reshape(2, -1)
    keys = [
        pd.Index(monday[week], name="week"),
        pd.Index("zone " + zone.astype(str).astype(object), name="zone"),
    ]
    return ads, pd.Series(orders.ravel().astype(float), keys)


@pytest.fixture(scope="module")
def worlds():
    return [(*data, media_model(*data, draws=600)) for data in map(shop, range(6))]


def test_the_model_of_a_large_company_finds_what_each_channel_brings():
    for seed in range(3):
        model = media_model(*shop(seed, per_euro=(2.0, 4.0, 0.0), sold=12_000.0), draws=400)
        found = model.returns()
        assert found.loc["radio", "per_euro"] == pytest.approx(4.0, abs=0.5)
        assert found.loc["social", "per_euro"] < 0.6
        assert found.loc["press", "per_euro"] == pytest.approx(2.0, abs=1.0)
        assert model.kept[:, 1].mean() == pytest.approx(0.5, abs=0.2)


def test_the_model_of_a_small_company_lies_near_its_largest_channel(worlds):
    found = pd.DataFrame([model.returns()["per_euro"] for *_, model in worlds])
    assert 1000 * found["radio"].mean() == pytest.approx(20, abs=6)


def test_plain_weeks_praise_a_channel_that_does_nothing(worlds):
    slopes = []
    for ads, sales, _ in worlds:
        spent = ads[ads["channel"] == "social"].groupby("week")["spend"].sum()
        slopes.append(np.polyfit(spent, sales.groupby("week").sum(), 1)[0])
    assert np.mean(slopes) > 0.05  # in truth 0; radio brings 0.02


def test_a_large_test_elsewhere_decides_where_own_tests_are_weak(worlds):
    ads, sales, own = worlds[0]
    known = pd.DataFrame({"channel": ["press"], "per_euro": [0.03], "error": [0.0005]})
    model = media_model(ads, sales, elsewhere=known, draws=600)
    assert model.returns().loc["press", "per_euro"] == pytest.approx(0.03, abs=0.001)
    rest = ["radio", "social"]
    change = model.returns().loc[rest, "per_euro"] - own.returns().loc[rest, "per_euro"]
    assert change.abs().max() < 0.004


def test_the_same_seed_gives_the_same_model_and_order_of_rows_does_not_matter(worlds):
    ads, sales, model = worlds[0]
    again = media_model(
        ads.sample(frac=1, random_state=1), sales.sample(frac=1, random_state=2), draws=600
    )
    pd.testing.assert_frame_equal(again.returns(), model.returns())


def test_dark_zones_tell_without_the_mark_of_a_test(worlds):
    ads, sales, _ = worlds[0]
    model = media_model(ads.drop(columns="budget_test"), sales, draws=200)
    assert (model.lift >= 0).all()
    assert model.lift.mean() < 0.15


def test_a_test_elsewhere_needs_an_error():
    with pytest.raises(MktlabError, match="its error"):
        media_model(
            *shop(1),
            elsewhere=pd.DataFrame({"channel": ["press"], "per_euro": [0.1], "error": [0.0]}),
        )


def test_the_sampler_gives_back_a_normal_distribution_cut_at_zero():
    rng = np.random.default_rng(1)
    rows = np.zeros((400, 2, 1))
    rows[:200, 0, 0], rows[200:, 1, 0] = 1, 1  # two effects that do not touch each other
    rest = rng.normal(size=400)
    prior = Prior(np.array([0.5, -0.2]), np.array([0.1, 0.1]), np.zeros(2))
    chain = sample(rows, rest, prior, draws=4_000, free=400, seed=1)
    noise = rest @ rest / 400
    for c, cells in enumerate((rest[:200], rest[200:])):
        tight = 200 / noise + 100
        mean = (cells.sum() / noise + 100 * prior.mean[c]) / tight
        grid = np.linspace(0, 1.2, 4001)
        weight = np.exp(-((grid - mean) ** 2) * tight / 2)
        assert chain.size[:, c].mean() == pytest.approx(
            (grid * weight).sum() / weight.sum(), abs=0.005
        )
    assert (chain.size >= 0).all()


def any_model(seed, channels=6, draws=400):
    rng = np.random.default_rng(seed)
    today = pd.Series(rng.uniform(20, 500, channels).round(2), [f"c{i}" for i in range(channels)])
    lift = rng.gamma(1.5, 0.02, channels) * rng.gamma(2, 0.5, (draws, channels))
    return MediaModel(today, 300.0, lift, rng.choice([0.5, 1.0, 2.0], lift.shape), 0 * lift)


@pytest.mark.parametrize("seed", range(40))
def test_a_budget_is_kept_to_the_cent_and_never_worse(seed):
    model = any_model(seed, channels=2 + seed % 6)
    found = allocate(model, within=(0.4, 1.7))
    cents = 100 * found.table[["start", "euros"]]
    assert round(cents["start"].sum()) == round(cents["euros"].sum())
    assert np.allclose(cents, cents.round())
    assert found.gain >= 0
    assert found.table["euros"].between(0.4 * model.today - 0.01, 1.7 * model.today + 0.01).all()
    assert 0 <= found.sure <= 1
    assert found.low <= found.gain <= found.high


def test_the_next_euro_brings_the_same_where_no_bound_holds():
    found = allocate(any_model(3), within=(0, 20))
    free = found.table[found.table["euros"] > 1]
    assert free["next_euro"].max() == pytest.approx(free["next_euro"].min(), rel=0.01)
    many = [
        pd.Series(np.random.default_rng(s).dirichlet(np.ones(6)), found.budget.index)
        for s in range(200)
    ]
    model, total = any_model(3), found.budget.sum()
    best = model.brings(found.budget).mean()
    assert all(model.brings(total * part).mean() <= best + 1e-6 for part in many)


def test_a_bound_of_one_leaves_all_as_it_is():
    model = any_model(5)
    assert allocate(model, within=(1, 1)).budget.equals(model.today)


def test_a_lot_drawn_again_has_a_p_value_like_that_of_its_interval(worlds):
    for ads, sales, _ in worlds[:3]:
        told = geo_test(ads, sales).set_index("channel").loc["radio"]
        lots = redrawn(ads, sales, "radio", draws=1_000)
        assert lots.iloc[0] == pytest.approx(told["lost"])
        assert abs(lots.iloc[1:].mean()) < 0.01
        normal = told["per_euro"] / told["error"]
        assert ((lots >= lots.iloc[0]).mean() < 0.05) == (normal > 1.7) or 1.3 < normal < 2.1


def panel():
    rows = [["Ann", "paper", 1.0, 30], ["Ann", "radio", 0.5, 30], ["Bob", "paper", 0.0, 10]]
    rows += [["Bob", "radio", 0.5, 10]]
    return pd.DataFrame(rows, columns=["person_id", "support", "chance", "persons"])


TARIFFS = pd.DataFrame(
    {"support": ["paper", "radio", "radio"], "insertions": [1, 1, 2], "price": [40.0, 20.0, 30.0]}
)


def test_reaches_do_not_add_and_points_do():
    plan = media_plan(panel(), TARIFFS, {"paper": 1, "radio": 2})
    assert plan["reach"].tolist() == pytest.approx([0.75, 0.75, 1 - 0.25 * 0.25])
    assert plan.loc["together", "reach"] < plan["reach"].iloc[:2].sum()
    assert plan.loc["together", "grp"] == pytest.approx(plan["grp"].iloc[:2].sum())
    assert (100 * plan["reach"] * plan["frequency"]).to_numpy() == pytest.approx(
        plan["grp"].to_numpy()
    )
    assert plan.loc["paper", "per_thousand"] == pytest.approx(1000 * 40 / 30)
    assert plan.loc["together", "price"] == 70


def test_no_insertion_costs_and_reaches_nothing():
    plan = media_plan(panel(), TARIFFS, {"paper": 0, "radio": 1})
    assert plan.loc["paper", ["price", "reach", "grp"]].tolist() == [0, 0, 0]
    assert plan.loc["together", "reach"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: media_plan(panel().drop(columns="chance"), TARIFFS, {}), "chance"),
        (lambda: media_plan(panel(), TARIFFS, {"papers": 1}), "did you mean paper"),
        (lambda: media_plan(panel(), TARIFFS, {"paper": 3}), "no price of 3"),
        (lambda: media_plan(panel().assign(chance=2.0), TARIFFS, {}), "from 0 to 1"),
        (lambda: allocate(any_model(1), pd.Series({"c1": 4.0})), "for each of"),
        (lambda: allocate(any_model(1), within=(2, 3)), "within"),
        (lambda: media_model(shop(1)[0].query("zone == 'zone 1'"), shop(1)[1]), "4 zones"),
        (lambda: media_model(shop(1)[0].drop(columns="zone"), shop(1)[1]), "zone"),
        (lambda: redrawn(*shop(1), "cinema"), "not tested"),
    ],
)
def test_bad_input_gets_one_sentence(call, told):
    with pytest.raises(MktlabError, match=told):
        call()
