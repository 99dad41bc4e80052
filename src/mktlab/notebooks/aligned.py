"""Tables of a page for people who hear them, and numbers under one another for those who look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import Tag

_NUMBER = re.compile(r"[-+−]?[€$]?\s?\d[\d.,\s]*\s?[%€$]?|NaN|nan|NaT|<NA>|–|")


def _name_the_index(table: Tag) -> None:
    """Merge the second row of headers, in which pandas puts the index's name, into the first."""
    rows = [row.find_all(["th", "td"]) for row in table.select("thead tr")]
    if len(rows) != 2 or len(rows[0]) != len(rows[1]):
        return
    pairs = list(zip(*rows, strict=True))
    if any(upper.get_text(strip=True) and lower.get_text(strip=True) for upper, lower in pairs):
        return
    for upper, lower in pairs:
        if lower.get_text(strip=True):
            upper.replace_with(lower.extract())
    table.select("thead tr")[1].decompose()


def align(table: Tag) -> None:
    """Say what each header is a header of, and put numbers under one another."""
    for attribute in ("border", "style"):
        table.attrs.pop(attribute, None)
    _name_the_index(table)
    for header in table.find_all("th"):
        in_head = header.find_parent("thead") is not None
        if not header.get_text(strip=True):
            header.name = "td"
        elif in_head:
            header["scope"] = "colgroup" if int(str(header.get("colspan", "1"))) > 1 else "col"
        else:
            header["scope"] = "rowgroup" if int(str(header.get("rowspan", "1"))) > 1 else "row"
    rows = [row.find_all(["th", "td"], recursive=False) for row in table.find_all("tr")]
    body = [cells for cells in rows if cells and not cells[0].find_parent("thead")]
    width = max((len(cells) for cells in rows), default=0)
    for place in range(1, width + 1):  # from the right: a header over several rows is on the left
        values = [cells[-place].get_text(strip=True) for cells in body if len(cells) >= place]
        if any(values) and all(_NUMBER.fullmatch(value) for value in values):
            for cells in rows:
                if len(cells) == width or (cells in body and len(cells) >= place):
                    classes = cells[-place].get_attribute_list("class")
                    cells[-place]["class"] = " ".join([*filter(None, classes), "num"])
