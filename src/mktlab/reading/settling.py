"""The settings that the cells of any table need, each with its reason and with counts and money.

`Settling.rest` adds currencies, the order of day and month, the decimal sign, the day that weeks
begin on, and the spellings of one word. What orders need beside is in `settling_orders`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from mktlab.reading.choosing import Choice, amounts, rows_and_money, share, values_alike
from mktlab.reading.dates import parse_days
from mktlab.reading.numbers import Floats, by_sign, by_word, code, column_of, is_text, parse_numbers
from mktlab.reading.problems import counted
from mktlab.reading.settings import ORDERS, WEEKDAYS
from mktlab.reading.text_table import TextTable
from mktlab.reading.writing import Line, Proposal, Raw
from mktlab.schema import Table
from mktlab.show.words import say, say_many
from mktlab.spelling import plain


@dataclass
class Settling:
    """Adds settings to a proposal, in the order in which they depend on each other."""

    table: Table
    sheet: TextTable
    cells: dict[str, Any]
    choice: Choice
    proposal: Proposal
    money: Floats = field(default_factory=lambda: np.empty(0))
    currency: str = ""
    column: str = ""
    where: str = ""
    codes: pd.Series[Any] = field(default_factory=lambda: pd.Series(dtype="object"))

    @property
    def said(self) -> dict[str, Any]:
        """What a person has written of the table."""
        return self.proposal.said

    def first(self) -> None:
        """What comes before the columns; orders have more to settle."""

    def covers(self, column: str) -> bool:
        """Whether a required column comes from somewhere else than a header of its own."""
        return column == "revenue" and ("amount" in self.said or "amount" in self.proposal)

    def numbers(self, header: str) -> Floats:
        """A column as amounts, as far as they are amounts."""
        return amounts(self.sheet.columns[header], str(self.said.get("decimal", "")))

    def preset(self, key: str) -> Any:
        """What the preset says of a setting, or None."""
        return self.proposal.preset.settings.get(key) if self.proposal.preset else None

    def why(self, key: str) -> str:
        """The reason that the preset has for a line."""
        return self.proposal.preset.why.get(key, "") if self.proposal.preset else ""

    def told(self, rows: Any) -> str:
        """The count and money of rows."""
        rows = np.asarray(rows, bool)
        money = float(np.nansum(self.money[rows])) if len(self.money) == len(rows) else None
        return rows_and_money(int(rows.sum()), money, self.currency)

    def _currency(self, header: str) -> str:
        """The currency of the amounts under this header, if they have one and the file tells it."""
        columns = self.sheet.columns
        self.column = column_of(columns, self.choice.headers.values(), header)
        if self.column:
            self.codes = pd.Series(by_word(columns[self.column]))
        elif header and (signs := by_sign(columns[header], "")) is not None:
            self.codes = pd.Series(signs)
        counts = self.codes[self.codes != ""].value_counts()
        self.where = say("the sign of {header}", header=header)
        if not len(counts):
            self.where = say("the header {header}", header=header)
            spelled = re.findall(r"[A-Za-z]{3}|[€£$¥]", header)
            if named := next((c for word in spelled if (c := code(word))), ""):
                return named
            for other, cells in self.cells.items():  # the same amounts, as people read them
                if share(cells.drop_null(), "[€£$¥]") > 0.9:
                    self.where = say("the sign of {header}", header=other)
                    signs = by_sign(pa.chunked_array([cells]), "")
                    found = {sign for sign in (() if signs is None else signs) if sign}
                    return found.pop() if len(found) == 1 else ""
        return str(counts.index[0]) if len(counts) == 1 else ""

    def rest(self) -> None:
        """What any table may need."""
        if self.table.name != "orders":
            money = [c.name for c in self.table.columns if c.kind == "money"]
            named = [h for name in money if (h := self.choice.headers.get(name))]
            if named:
                self.currency = self._currency(named[0])
                self._currencies()
        if (keep := self.preset("keep")) is not None:
            self._keep(keep)
        self._zone()
        self._orders_of_days()
        self._decimal()
        self._weeks()
        for column in self.table.columns:
            header = self.choice.headers.get(column.name)
            if header and column.kind == "text" and column.name not in ("comment", "email"):
                alike = values_alike(self.cells[header])
                if alike and len(alike) <= 20:
                    self.proposal.spellings[column.name] = alike

    def _keep(self, names: list[str]) -> None:
        wanted = {plain(name) for name in names}
        used = set(self.choice.headers.values())
        used |= {line.value for line in self.proposal.lines if isinstance(line.value, str)}
        kept = [h for h in self.cells if plain(h) in wanted and h not in used]
        dropped = [h for h in self.cells if h not in kept and h not in used]
        if dropped:
            few = ", ".join(dropped[:4]) + (", ..." if len(dropped) > 4 else "")
            told = say_many(
                "{n} other column is not read ({few}): add its header to read it.",
                "{n} other columns are not read ({few}): add a header to read it.",
                len(dropped),
                few=few,
            )
            self.proposal.add("keep", kept, told)

    def _currencies(self) -> None:
        if "rates" in self.said or "currency" in self.said:
            return
        rows = self.codes[self.codes != ""]
        counts = rows.value_counts()
        if self.currency:
            told = say("as {where} says.", where=self.column or self.where)
            self.proposal.folder.append(Line("currency", self.currency, [told]))
        if len(counts) < 2:
            return
        converted = self.proposal.preset.one_currency if self.proposal.preset else {}
        if converted and "revenue" not in self.said and self._converted(converted, len(counts)):
            return
        home = str(counts.index[0])
        why = say(
            "{n} currencies, which are never added up: {told}. Say what one of each is worth in "
            "the currency of the report.",
            n=len(counts),
            told=counted({str(code): n for code, n in counts.items()}),
        )
        self.proposal.folder.append(Line("currency", home, [why], sure=False, must=True))
        rates = Raw("{ " + ", ".join(f"{c} = ..." for c in counts.index if c != home) + " }")
        self.proposal.folder.append(Line("rates", rates, [], sure=False, must=True))

    def _converted(self, names: dict[str, str], several: int) -> bool:
        """Take the columns that the export has converted into one currency itself."""
        spelled = {plain(h): h for h in self.sheet.columns}
        found = {key: spelled[plain(name)] for key, name in names.items() if plain(name) in spelled}
        if set(found) != set(names):
            return False
        codes = {c for c in by_word(self.sheet.columns[found["currency"]]) if c}
        if len(codes) != 1:
            return False
        for line in [line for line in self.proposal.lines if line.key in found]:
            self.proposal.lines.remove(line)
        self.currency, self.column = codes.pop(), found["currency"]
        told = say("as {where} says.", where=self.column)
        self.proposal.folder.append(Line("currency", self.currency, [told]))
        for key, header in found.items():
            self.choice.headers[key] = header
            why = say("{n} currencies, which the export has converted into one.", n=several)
            self.proposal.add(key, header, why if key != "currency" else "")
        self.money = self.numbers(found["revenue"])
        return True

    def _zone(self) -> None:
        """Days that are those of UTC become days of the shop's place where a person names it."""
        dated = [c.name for c in self.table.columns if c.kind in ("date", "instant")]
        headers = [h for name in dated if (h := self.choice.headers.get(name)) in self.cells]
        if any(
            re.search(r"\b(UTC|GMT)\b", h)
            or share(self.cells[h].drop_null(), r"\d\d(:\d\d)+([.,]\d+)?(\s?(Z|UTC)|\+00:?00)$")
            > 0.5
            for h in headers
        ):
            told = say("days are those of UTC; say where the shop is to have its own days.")
            self.proposal.add("timezone", "Europe/Paris", told, sure=False)

    def _orders_of_days(self) -> None:
        """Whether day or month comes first, where no cell proves it: as the rows follow in time."""
        dated = [c for c in self.table.columns if c.kind in ("date", "instant")]
        headers = [h for c in dated if (h := self.choice.headers.get(c.name))]
        if "date_order" in self.said or not headers:
            return
        cells = self.sheet.columns[headers[0]]
        if not is_text(cells):
            return
        _, faults = parse_days(cells, "date")
        if not faults or not faults[0].rows.all():
            return
        rising = {}
        for order in ORDERS:
            days, wrong = parse_days(cells, "date", order=order)
            if wrong:
                return
            steps = days.diff().dt.days.dropna()
            rising[order] = max(float((steps >= 0).mean()), float((steps <= 0).mean()))
        best, worse = sorted(ORDERS, key=lambda order: -rising[order])
        if rising[best] > 0.98 and rising[worse] < 0.9 and len(cells) >= 20:
            told = say("no cell proves it, but so the rows follow each other in time.")
            self.proposal.add("date_order", best, told)
        else:
            told = say("no cell proves which comes first: look at one order that you know.")
            self.proposal.add("date_order", ORDERS[0], told, sure=False, must=True)
            self.proposal.add("date_order", ORDERS[1], sure=False)

    def _decimal(self) -> None:
        """The decimal sign, where a column leaves it open: as another has it, else undecided."""
        kinds = {c.name: c.kind for c in self.table.columns}
        found: dict[str, list[tuple[str, str]]] = {"": [], ".": [], ",": []}
        for name, header in self.choice.headers.items():
            cells = pa.chunked_array([self.cells[header]]) if header in self.cells else None
            if cells is None or kinds.get(name) not in ("money", "number", "count"):
                continue
            wrong = [parse_numbers(cells, decimal=sign)[1] for sign in ("", ".", ",")]
            if wrong[0] and not wrong[1] and not wrong[2]:
                found[""].append((header, wrong[0][0].found))
            elif not wrong[0] and bool(wrong[1]) != bool(wrong[2]):
                found[".,"[bool(wrong[1])]].append((header, ""))
        if not found[""]:
            return
        header, unsettled = found[""][0]
        told = say("{header}: {found}.", header=header, found=unsettled)
        if bool(found["."]) != bool(found[","]):
            sign = "." if found["."] else ","
            as_in = say("It is as in {header}.", header=found[sign][0][0])
            self.proposal.add("decimal", sign, told, as_in)
        else:
            self.proposal.add("decimal", ".", told, sure=False, must=True)
            self.proposal.add("decimal", ",", sure=False)

    def _weeks(self) -> None:
        header = self.choice.headers.get("week")
        if not header or "week_starts" in self.said:
            return
        days = parse_days(pa.chunked_array([self.cells[header]]), "date")[0].dropna()
        names = [WEEKDAYS[day] for day in days.dt.day_of_week.unique()]
        if len(names) == 1 and names != ["monday"]:
            told = say("all {n:count} weeks of {header} begin on it.", n=len(days), header=header)
            self.proposal.add("week_starts", names[0], told)
