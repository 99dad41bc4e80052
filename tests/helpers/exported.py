"""What tests of tools' exports share: the files, and what one command makes of a folder of them."""

import csv
import io
from pathlib import Path

from mktlab.folder_check import check
from mktlab.reading import read_folder

EXPORTS = Path(__file__).parents[1] / "reading" / "exports"


def text_of(name):
    return (EXPORTS / f"{name}.csv").read_text(encoding="utf-8")


def read(folder):
    """The tables of a folder after one command, and all that was told."""
    lines, well = check(folder, save=True)
    assert well, "\n".join(lines)
    return read_folder(folder)


def separated(text, separator):
    """The same rows with another separator."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


def told(reading):
    return "\n".join(reading.account.lines())


def refused(folder):
    """What `mktlab check` says of a folder that cannot be read."""
    lines, well = check(folder, save=False)
    assert not well
    return " ".join(" ".join(lines).split())
