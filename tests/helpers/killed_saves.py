"""Saves a company over another again and again, killed at every touch of the disk in turn.

Run with a folder and `whole`, `beside` (a file of somebody's lies there too) or `new` (nothing is
there yet). Prints a line for each moment: what is loaded after the kill, and what after the same
save once more.
"""

import os
import shutil
import signal
import sys
from pathlib import Path

import pandas as pd

from mktlab.company import Company, Truth
from mktlab.company.description import Description
from mktlab.data.load import load
from mktlab.schema import MktlabError

TOUCHES = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


def company(name: str, amount: float) -> Company:
    day = pd.to_datetime(["2024-01-05"]).astype("datetime64[us]")
    orders = {"order_id": ["1"], "customer_id": ["1"], "order_date": day, "revenue": [amount]}
    people = pd.DataFrame({"customer_id": ["1"], "joined_date": day, "own": [amount]})
    tables = {
        "customers": people.assign(email_opt_in=True, loyalty_member=True),
        "orders": pd.DataFrame(orders).assign(
            status="paid", refunded=0.0, discount=0.0, shipping=0.0
        ),
    }
    truth = Truth({"rates": pd.DataFrame({"rate": [amount]})}, {"rate": amount}, {})
    return Company(tables, name=name, truth=truth)


def found(folder: Path) -> str:
    try:
        loaded = load(folder)
    except MktlabError as problem:
        told = str(problem)
        return "half" if "half written" in told else "none" if "no such folder" in told else told
    amounts = {*loaded.orders["revenue"], *loaded.customers["own"], *loaded.truth.rates["rate"]}
    whole = len(amounts) == 1 and Description.of(folder).holds() and not loaded.notes
    return loaded.name if whole and loaded.truth.parameters["rate"] in amounts else "mixed"


def main(place: Path, way: str) -> None:
    old, new, folder = company("old", 1.0), company("new", 2.0), place / "folder"
    for moment in range(1, 1000):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        if way != "new":
            old.save(folder)
        if way == "beside":
            (folder / "photos").mkdir()
            (folder / "photos" / "cat.jpg").write_bytes(b"meow")
        child = os.fork()
        if not child:
            left = iter(range(1, moment))

            def killed(event: str, _args: object, left=left) -> None:
                if event in TOUCHES and next(left, None) is None:
                    os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(killed)
            new.save(folder)
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            return
        after = found(folder)
        new.save(folder)
        tidy = not [path for path in place.rglob("*") if path.name.startswith(".mktlab")]
        kept = way != "beside" or (folder / "photos" / "cat.jpg").is_file()
        sys.stdout.write(f"{after} {found(folder) if tidy and kept else 'untidy'}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
