"""How a company is found: Maison Solane as published, a learner's own one, or somebody's folder."""

from __future__ import annotations

from pathlib import Path

from mktlab.company import Company
from mktlab.company.package import Description
from mktlab.data.folder import read_company
from mktlab.data.learner_worlds import world
from mktlab.schema import MktlabError
from mktlab.show.formats import use

SOLANE = Path(__file__).resolve().parents[3] / "datasets" / "solane"


def load(source: str | Path = "solane", *, learner: str | int | None = None) -> Company:
    """Load Maison Solane, or the tables of your own company.

    Parameters
    ----------
    source
        "solane", or a folder that holds CSV or Parquet files named after the tables (`orders.csv`,
        `customers.parquet`, ...); any of them will do. Headers of your own are mapped by a file
        `columns.toml` in the folder, with lines such as `[orders]` and `order_id = "N° commande"`.
    learner
        A name or number, for a Maison Solane of this learner's own: the same company and rules,
        but other people and another history, so that estimates differ from a neighbor's. Capital
        letters and spaces at the ends make no difference, and 42 is "42". The first call simulates
        for some seconds and keeps the result in a cache (`mktlab.data.learner_worlds`).

    Returns
    -------
    Company

    Raises
    ------
    TablesNotReadable
        With everything that has to be mended in the folder, in one report.
    MktlabError
        For a learner without a name, or with another source than "solane".
    """
    published = source == "solane"
    if learner is not None and not published:
        raise MktlabError(
            f"load: learner goes with Maison Solane only, not with {str(source)!r}; leave out "
            'learner, or write mktlab.load("solane", learner=...).'
        )
    if learner is not None:
        company = world(learner)
    elif published and not (SOLANE / "datapackage.json").is_file():
        from mktlab.market import simulate

        company = simulate()
    else:
        folder = SOLANE if published else Path(source).expanduser()
        # What is published has been checked; its checksums tell whether it is still the same.
        company = read_company(folder, checked=not (published and Description.of(folder).holds()))
    use(company.currency)
    return company
