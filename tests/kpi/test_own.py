"""KPIs that a reader declares are computed, described and shown like those of the course."""

from pathlib import Path

import pytest

import mktlab
from mktlab import dashboard, kpi
from mktlab.kpi.registry import BUILT_IN, KPIS
from mktlab.schema import MktlabError

LINES = {
    "label": "Refund per order",
    "formula": "refunds / orders placed",
    "unit": "currency",
    "direction": "down",
    "numerator": "refunds",
    "denominator": "orders_placed",
}


def declared(name: str = "refund_per_order", **changes: str | None) -> str:
    lines = {key: text for key, text in {**LINES, **changes}.items() if text is not None}
    return f"[{name}]\n" + "".join(f'{key} = "{text}"\n' for key, text in lines.items())


@pytest.fixture
def shop(tmp_path: Path):
    """A shop whose orders come twice a week for a year, one in two refunded by 4."""
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in (3, 10, 17, 24)]
    rows = [f"{n},C{n % 9},{day},20,{4 * (n % 2)}" for n, day in enumerate(days)]
    head = "order_id,customer_id,order_date,revenue,refunded"
    (tmp_path / "orders.csv").write_text("\n".join([head, *rows]))
    yield tmp_path
    mktlab.kpi.registry.use([])


def test_an_own_kpi_is_described_computed_and_shown(shop: Path) -> None:
    (shop / "kpis.toml").write_text(declared())
    company = mktlab.load(shop)
    assert not any("kpis.toml" in note for note in company.notes)
    assert kpi.describe("refund_per_order")["label"].tolist() == ["Refund per order"]
    assert kpi.available(company)[-1] == "refund_per_order"
    assert kpi.compute(company, "refund_per_order")["value"].tolist() == [2.0]
    by_quarter = kpi.compute(company, "refund_per_order", by="quarter")
    assert by_quarter["value"].tolist() == [2.0] * 4
    page = dashboard.show(company, targets={"refund_per_order": 1})
    assert "Refund per order" in page.page.tiles["label"].tolist()
    assert page.page.tiles.set_index("kpi").loc["refund_per_order", "target"] == 1


def test_own_kpis_are_those_of_the_company_loaded_last(shop: Path) -> None:
    (shop / "kpis.toml").write_text(declared())
    mktlab.load(shop)
    assert "refund_per_order" in KPIS
    (shop / "kpis.toml").unlink()
    mktlab.load(shop)
    assert KPIS == BUILT_IN


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (declared(numerator="refund"), r"numerator 'refund' is no measure \(did you mean refunds"),
        (declared(denominator="xyzzy"), "denominator 'xyzzy' is no measure; known are net_sales"),
        (declared(formula=None), r"\[refund_per_order\]: has no formula: add the line"),
        (declared(direction="upward"), "direction is one of up, down, neither"),
        (declared(lable="x"), r"has a line lable \(did you mean label\?\): known are"),
        (declared(label=" "), "label must be a text in double quotes"),
        (declared("revenue"), r"\[revenue\]: is a KPI already: give yours another name"),
        (declared('"Refund %"'), r"\[Refund %\]: is no name: give it small letters"),
        ("label = 3", r"\[label\]: is a single line: write \[label\] and its lines below"),
        ("[broken", "kpis.toml: Expected ']'.*; write lines such as"),
    ],
)
def test_each_mistake_in_it_is_one_sentence(text: str, sentence: str, shop: Path) -> None:
    (shop / "kpis.toml").write_text(text)
    with pytest.raises(MktlabError, match=sentence) as told:
        mktlab.load(shop)
    assert len(str(told.value).splitlines()) == 1
