"""Posts of Hootsuite and Buffer: reach of people, counts of parts, texts without quotes."""

import io
import re
import shutil
import zipfile

import pandas as pd
import pytest
from exported import EXPORTS, read, refused, separated, text_of, told
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reading_there_and_back import MOST

from mktlab.reading import read_folder
from mktlab.reading.problems import TablesNotReadable


def posts(folder, name):
    shutil.copy(EXPORTS / f"{name}.csv", folder)
    return read(folder)


def test_reach_and_the_parts_of_engagement_are_read_and_its_sum_is_not(tmp_path):
    reading = posts(tmp_path, "hootsuite")
    table = reading.tables["social_posts"].set_index("post_id")
    assert table["reach"].tolist() == [1104, 4000, 810]
    assert table[["likes", "shares", "comments"]].sum(axis=1).tolist() == [85, 290, 41]
    assert "Engagement: not read, as the parts of it are counted" in told(reading)
    assert "shares is taken as 0 in 2 rows, as the tool says nothing" in told(reading)
    assert "compare posts of one network" in told(reading)


def test_posts_that_a_network_counts_no_reach_for_are_left_out_and_told(tmp_path):
    reading = posts(tmp_path, "hootsuite")
    assert reading.account.files[0].rows == 4
    assert reading.account.files[0].kept == 3
    assert "1 row left out, without reach (the first at line 8)" in told(reading)


def test_posts_without_any_reach_are_refused_and_say_what_to_click(tmp_path):
    (tmp_path / "a.csv").write_text(text_of("buffer_today").replace("Reach", "Views"))
    assert "no column of reach" in refused(tmp_path)
    assert "a channel that counts reach" in refused(tmp_path)
    text = text_of("hootsuite").splitlines(keepends=True)
    (tmp_path / "a.csv").write_text("".join([text[2], text[-1]]))
    assert "without reach" in refused(tmp_path)
    assert "each Overall and not Daily" in refused(tmp_path)


def test_what_a_post_has_in_all_is_not_what_it_has_in_a_day(tmp_path):
    table = posts(tmp_path, "hootsuite_overall").tables["social_posts"]
    assert table["reach"].tolist() == [2310, 1090]
    text = text_of("hootsuite_overall").replace("(Overall)", "(Daily)")
    text = text.replace("reach (Daily);Post reach (Daily)", "x;Post reach (Daily)")
    (tmp_path / "hootsuite_overall.csv").write_text(text)
    (tmp_path / "columns.toml").unlink()
    assert "no column of reach" in refused(tmp_path)


def test_ids_are_text_and_those_that_a_spreadsheet_rounded_are_refused(tmp_path):
    ids = posts(tmp_path, "hootsuite").tables["social_posts"]["post_id"].tolist()
    assert ids == ["1111111111_22222222222222222", "17900000000000001", "17900000000000002"]
    (tmp_path / "columns.toml").unlink()
    text = text_of("hootsuite").replace("17900000000000001", "1.79E+16")
    (tmp_path / "hootsuite.csv").write_text(text.replace("17900000000000002", "1.79E+16"))
    assert "1.79E+16, whose last digits a spreadsheet has lost" in refused(tmp_path)
    assert "line 6" in refused(tmp_path)


def test_a_header_that_says_gmt_is_no_moment_of_the_place_that_is_named(tmp_path):
    (tmp_path / "columns.toml").write_text('timezone = "Europe/Paris"\n')
    reading = posts(tmp_path, "hootsuite")
    moments = reading.tables["social_posts"]["posted_at"]
    assert moments[0] == pd.Timestamp("2024-01-08 23:30", tz="UTC")
    assert moments.dt.tz_convert("Europe/Paris").dt.day.tolist() == [9, 9, 10]
    assert "moments are" not in told(reading)


def test_moments_of_a_channel_are_those_of_the_place_that_is_named(tmp_path):
    (tmp_path / "columns.toml").write_text('timezone = "Europe/Paris"\n')
    moments = posts(tmp_path, "buffer").tables["social_posts"]["posted_at"]
    assert moments[0] == pd.Timestamp("2024-01-02 20:30:35", tz="UTC")


def test_months_stand_first_though_no_cell_tells(tmp_path):
    text = text_of("buffer").replace("01/13/2024", "01/03/2024").replace("01/14/", "01/04/")
    (tmp_path / "buffer.csv").write_text(text)
    days = read(tmp_path).tables["social_posts"]["posted_at"].dt.strftime("%m-%d").tolist()
    assert days == ["01-02", "01-03", "01-04"]


def test_texts_without_sound_quotes_are_mended_and_told(tmp_path):
    reading = posts(tmp_path, "buffer")
    table = reading.tables["social_posts"]
    assert table["topic"].tolist() == [
        'Looking for a "good", dark roast? 5 of them, here',
        "One, two, three\nand a line",
        "Only quotes",
    ]
    assert table["likes"].tolist() == [55, 27, 8]
    assert set(table["network"]) == {"facebook"}
    assert "2 rows whose texts have commas" in told(reading)
    assert "1 row left out, without posted_at (the first at line 5)" in told(reading)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("01/02/2024 21:30:35", "last week"),
        (",1204,71,", ",many,71,"),
        ("\nand a line,", "\nand,a,line,"),
    ],
)
def test_a_row_that_cannot_be_told_from_its_text_is_refused_with_its_line(tmp_path, old, new):
    (tmp_path / "buffer.csv").write_text(text_of("buffer").replace(old, new))
    assert "a row whose text has commas or lines" in refused(tmp_path)
    assert ("line 3" if "and" in new else "line 2") in refused(tmp_path)


def test_of_the_charts_of_a_zip_that_of_all_posts_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "Shop.zip", "w") as archive:
        top = "".join(text_of("buffer").splitlines(keepends=True)[:2])
        archive.writestr("Shop-csv/top-posts-20240101-to-20240131.csv", top)
        archive.writestr("Shop-csv/hourly-20240101-to-20240131.csv", "hour,likes\n1,2\n2,4\n")
        archive.writestr("Shop-csv/posts-20240101-to-20240131.csv", text_of("buffer"))
    reading = read(tmp_path)
    assert len(reading.tables["social_posts"]) == 3
    assert "its other files are not added up" in told(reading)


def test_posts_of_two_tools_are_joined_and_a_later_file_of_one_counts(tmp_path):
    for name in ("hootsuite", "buffer"):
        shutil.copy(EXPORTS / f"{name}.csv", tmp_path)
    later = text_of("hootsuite").replace("5000,4000,290,250", "5200,4100,300,260")
    (tmp_path / "hootsuite_z.csv").write_text(later)
    reading = read(tmp_path)
    table = reading.tables["social_posts"].set_index("post_id")
    assert len(table) == 6
    assert table.loc["17900000000000001", "reach"] == 4100
    assert "1 row left out, which a later file has too, with other cells" in told(reading)
    assert "2 rows left out, which a later file has too, as they are" in told(reading)


MUTATIONS = {
    "UTF-16 with tabs": lambda t: separated(t, "\t").encode("utf-16"),
    "a mark of order": lambda t: b"\xef\xbb\xbf" + t.encode(),
    "semicolons": lambda t: separated(t, ";").encode(),
    "sep=;": lambda t: b"sep=;\n" + separated(t.partition('2024"')[2].lstrip(",\n"), ";").encode(),
    "CRLF": lambda t: t.replace("\n", "\r\n").encode(),
    "thousands with a narrow blank": lambda t: t.replace('"1,', '"1\u202f').encode(),
    "days in words": lambda t: re.sub(
        r"(?m)^2024-01-(\d\d) ([\d:]+)", r'"Jan \1, 2024 \2"', t
    ).encode(),
}


@pytest.mark.parametrize("how", MUTATIONS)
def test_a_changed_file_is_read_as_the_same(tmp_path, how):
    (tmp_path / "social_posts.csv").write_bytes(MUTATIONS[how](text_of("hootsuite")))
    table = read_folder(tmp_path).tables["social_posts"]
    assert table["reach"].tolist() == [1104, 4000, 810]
    assert table["post_id"].tolist()[1] == "17900000000000001"


def test_a_workbook_is_read_as_its_text(tmp_path):
    frame = pd.read_csv(io.StringIO(text_of("hootsuite")), skiprows=2, dtype="str")
    frame["Reach"] = frame["Reach"].str.replace(",", "").astype(float)
    frame["Date (GMT)"] = pd.to_datetime(frame["Date (GMT)"])
    frame.to_excel(tmp_path / "posts.xlsx", index=False, startrow=2)
    table = read(tmp_path).tables["social_posts"]
    assert table["reach"].tolist() == [1104, 4000, 810]
    assert table["posted_at"][0] == pd.Timestamp("2024-01-08 23:30", tz="UTC")


TEXTS = st.text("ab é,;\n'\"1:/", max_size=20).map(lambda text: f"c{text}c")
POSTS = st.lists(
    st.tuples(TEXTS, st.integers(0, 500_000), st.integers(1, 10**6), st.integers(0, 999)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=MOST)
@given(POSTS, st.booleans())
def test_texts_without_sound_quotes_are_read_as_they_were_or_refused(
    tmp_path_factory, rows, quoted
):
    folder, start = tmp_path_factory.mktemp("posts"), pd.Timestamp("2023-01-01")
    lines = ["id,type,text,date,reach,engagements,comments,likes,shares,media"]
    for number, (text, minutes, reach, likes) in enumerate(rows):
        shown = f'"{text}"' if quoted else text
        at = start + pd.Timedelta(minutes=minutes)
        counts = f"{reach},{likes + 3},2,{likes},1"
        lines.append(f"5e{number:010},text,{shown},{at:%m/%d/%Y %H:%M:%S},{counts},")
    (folder / "social_posts.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    try:
        table = read_folder(folder).tables["social_posts"]
    except TablesNotReadable as problem:
        assert "a row whose text has commas or lines" in str(problem)
        assert any("\n" in text for text, *_ in rows)
        return
    assert table["post_id"].tolist() == [f"5e{number:010}" for number in range(len(rows))]
    assert table["reach"].tolist() == [row[2] for row in rows]
    assert table["likes"].tolist() == [row[3] for row in rows]
    alike = [re.sub('"+', '"', text) for text in table["topic"]]  # "" may be one quote or two
    assert alike == [re.sub('"+', '"', row[0]) for row in rows]
