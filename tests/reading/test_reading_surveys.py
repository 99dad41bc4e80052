"""Answers to surveys of SurveyMonkey and Hotjar: two rows of headers, nobody's name or words."""

import csv
import io
import shutil
import zipfile

import pandas as pd
import pytest
from exported import EXPORTS, read, refused, separated, text_of, told
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reading_there_and_back import MOST

from mktlab.reading import read_folder
from mktlab.reading.layout import two_rows


def answers(folder, name):
    shutil.copy(EXPORTS / f"{name}.csv", folder)
    return read(folder)


SECRET = ("ann", "invented", "192.0.2", "+33", "0a1b2c3d", "cart", "good", "très bon")


@pytest.mark.parametrize("name", ["surveymonkey", "surveymonkey_expanded", "hotjar_surveys"])
def test_no_name_address_or_word_of_people_is_kept_or_told(tmp_path, name):
    reading = answers(tmp_path, name)
    table = reading.tables["survey_responses"]
    assert list(table) == ["response_id", "responded_date", "nps"]
    text = (table.to_csv() + told(reading)).lower()
    assert not [word for word in SECRET if word in text]


def test_words_around_a_score_and_answers_that_are_empty(tmp_path):
    reading = answers(tmp_path, "surveymonkey")
    assert reading.tables["survey_responses"]["nps"].tolist() == [10, 7, 0]
    assert "1 row left out, without nps (the first at line 6)" in told(reading)
    assert "its headers stand in two rows" in told(reading)


def test_days_are_those_on_which_people_ended(tmp_path):
    days = answers(tmp_path, "surveymonkey").tables["survey_responses"]["responded_date"]
    assert days.dt.strftime("%m-%d").tolist() == ["01-30", "01-31", "02-02"]


def test_condensed_and_expanded_columns_are_read_alike(tmp_path):
    reading = answers(tmp_path, "surveymonkey_expanded")
    assert reading.tables["survey_responses"]["nps"].tolist() == [9, 4, 10]
    assert "Please rank the brands: Our own" in told(reading)


def test_ids_that_name_people_become_pseudonyms(tmp_path):
    text = (EXPORTS / "surveymonkey_expanded.csv").read_text(encoding="utf-8")
    for number in "123":
        text = text.replace(f"1150000000{number}", f"p{number}@invented.example")
    (tmp_path / "answers.csv").write_text(text)
    reading = read(tmp_path)
    assert reading.personal == {"response_id": "mail"}
    assert "response_id (mail) would name people" in "\n".join(reading.notes)


def test_a_survey_without_that_question_is_refused_and_says_which_it_may_be(tmp_path):
    text = text_of("hotjar_surveys").replace("recommend us\nto", "buy again\nfrom")
    (tmp_path / "Answers.csv").write_text(text)
    said = refused(tmp_path)
    assert "no question whether people would recommend" in said
    line = 'nps = "How likely are you to buy again\\nfrom a friend or colleague?"'
    assert line in said
    (tmp_path / "columns.toml").write_text(
        '[survey_responses]\nfile = "Answers.csv"\nresponse_id = "Number"\n'
        f'responded_date = "Date Submitted"\n{line}\nkeep = []\n'
    )
    reading = read_folder(tmp_path, checked=False)
    assert reading.tables["survey_responses"]["nps"].dropna().tolist() == [10, 6, 9]


def test_words_about_recommending_are_no_score(tmp_path):
    text = (EXPORTS / "surveymonkey.csv").read_text(encoding="cp1252")
    text = text.replace("recommend<br>our coffee to a friend", "buy again")
    (tmp_path / "a.csv").write_text(text)
    assert "Save as > Export file > All responses data" in refused(tmp_path)


def test_numbers_that_begin_anew_in_each_survey_of_hotjar_are_all_kept(tmp_path):
    shutil.copy(EXPORTS / "hotjar_surveys.csv", tmp_path / "January.csv")
    (tmp_path / "April.csv").write_text(text_of("hotjar_surveys").replace("2024-04", "2024-05"))
    with zipfile.ZipFile(tmp_path / "again.zip", "w") as archive:
        archive.writestr("survey.csv", text_of("hotjar_surveys"))
    reading = read(tmp_path)
    table = reading.tables["survey_responses"]
    assert len(table) == 6
    assert "left out, which a later file has too, as they are" in told(reading)


def test_answers_of_two_tools_are_joined(tmp_path):
    for name in ("surveymonkey", "hotjar_surveys"):
        shutil.copy(EXPORTS / f"{name}.csv", tmp_path)
    assert sorted(read(tmp_path).tables["survey_responses"]["nps"]) == [0, 6, 7, 9, 10, 10]


def test_a_workbook_with_two_rows_of_headers_is_read_as_its_text(tmp_path):
    rows = list(csv.reader(io.StringIO((EXPORTS / "surveymonkey.csv").read_text("cp1252"))))
    frame = pd.DataFrame(rows).replace("", None)
    frame[9] = [int(cell) if str(cell).isdigit() else cell for cell in frame[9]]
    frame.to_excel(tmp_path / "answers.xlsx", index=False, header=False)
    table = read(tmp_path).tables["survey_responses"]
    assert table["nps"].tolist() == [10, 7, 0]
    assert table["response_id"].tolist()[0] == "11400000001"


MUTATIONS = {
    "UTF-16 with tabs": lambda t: separated(t, "\t").encode("utf-16"),
    "a mark of order": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "semicolons": lambda t: separated(t, ";").encode(),
    "sep=;": lambda t: b"sep=;\n" + separated(t, ";").encode(),
    "CRLF": lambda t: t.replace("\n", "\r\n").encode(),
    "Windows letters": lambda t: t.replace("Espresso", "Café à l’Œuvre").encode("cp1252"),
    "empty lines below": lambda t: (t + "\n,,,\n\n").encode(),
    "nothing below the questions": lambda t: "".join(
        [*t.splitlines(keepends=True)[:2], "," * 14 + "\n", *t.splitlines(keepends=True)[3:]]
    ).encode(),
}


@pytest.mark.parametrize("how", MUTATIONS)
def test_a_changed_file_is_read_as_the_same(tmp_path, how):
    text = (EXPORTS / "surveymonkey.csv").read_text(encoding="cp1252")
    (tmp_path / "survey_responses.csv").write_bytes(MUTATIONS[how](text))
    table = read_folder(tmp_path).tables["survey_responses"]
    assert table["nps"].tolist() == [10, 7, 0]
    assert table["responded_date"].dt.day.tolist() == [30, 31, 2]


def test_a_table_whose_rows_continue_is_none_of_two_rows_of_headers():
    assert not two_rows(["Order", "Day", "Item", ""], ["1", "", "Tea", "2"])
    assert not two_rows(["1001", "2024-01-31", "Tea", ""], ["", "", "Coffee", "2"])
    assert not two_rows(["Order", "Day", "Item"], ["", "", "Tea"])


NAME = st.text("abc é<>?\n,;\"'", min_size=1, max_size=12).map(lambda text: f"Q{text}q")
QUESTIONS = st.lists(st.tuples(NAME, st.lists(NAME, max_size=4)), min_size=1, max_size=4)
SCORES = st.lists(st.none() | st.integers(0, 10), min_size=1, max_size=8).filter(
    lambda scores: any(score is not None for score in scores)
)


@settings(max_examples=MOST)
@given(QUESTIONS, SCORES, st.sampled_from([",", ";", "\t"]), st.booleans())
def test_answers_written_below_two_rows_and_read_are_the_same(
    tmp_path_factory, questions, scores, separator, worded
):
    folder = tmp_path_factory.mktemp("answers")
    above = ["Respondent ID", "Collector ID", "Start Date", "End Date", "Would you recommend us?"]
    below = ["", "", "", "", "Response"]
    for number, (question, options) in enumerate(questions):
        above += [f"{number} {question}", *[""] * max(len(options) - 1, 0)]
        below += [f"{n} {o}" for n, o in enumerate(options)] or ["Response"]
    lines = []
    for number, score in enumerate(scores):
        day = pd.Timestamp("2024-01-13") + pd.Timedelta(hours=31 * number)
        said = "" if score is None else f"{score} - words" if worded else str(score)
        cells = [f"x {place}" if (place + number) % 3 else "" for place in range(len(above) - 5)]
        lines.append([f"{10**10 + number}", "1", f"{day}", f"{day}", said, *cells])
    with (folder / "survey_responses.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=separator).writerows([above, below, *lines])
    table = read_folder(folder).tables["survey_responses"]
    kept = [place for place, score in enumerate(scores) if score is not None]
    assert table["nps"].tolist() == [scores[place] for place in kept]
    assert table["response_id"].tolist() == [str(10**10 + place) for place in kept]


# Clicks on the elements of a page


def test_each_file_of_clicks_is_a_page_by_its_name(tmp_path):
    for page in ("home desktop", "home phone"):
        shutil.copy(EXPORTS / "hotjar_clicks.csv", tmp_path / f"{page}.csv")
    reading = read(tmp_path)
    table = reading.tables["element_clicks"]
    assert table.groupby("page")["clicks"].sum().to_dict() == {
        "home desktop": 1000,
        "home phone": 1000,
    }
    assert set(table["element"]) == {
        "#buy > span",
        "nav > a:nth-child(2), nav > b",
        ".total",
        "body",
    }
    assert "page is the name of the file" in told(reading)
    assert "page_clicks" in told(reading)
