"""An export that is too coarse is named, and the refusal says what to click for a better one."""

import zipfile

import pytest
from exported import read, refused, text_of

from mktlab.reading import read_folder

COARSE = {
    "Hootsuite": ("Date (GMT),Page followers (Daily)\n2024-01-08,120\n2024-01-09,118\n", "Overall"),
    "Buffer": ("hour,engagements\n0,12\n1,3\n", "Posts > Export > CSV"),
    "SurveyMonkey": ("Answer Choices,Responses\nYes,12\nNo,3\n", "All responses data"),
    "AB Tasty": ("Variation,Visitors,Chances to win\nOriginal,12,3%\nB,13,97%\n", "Data Explorer"),
}


@pytest.mark.parametrize("tool", COARSE)
def test_a_report_that_adds_things_up_is_named_and_says_what_to_click(tmp_path, tool):
    text, click = COARSE[tool]
    (tmp_path / "report.csv").write_text(text)
    said = refused(tmp_path)
    assert f"a report of {tool} that adds them up" in said
    assert click in said
    with zipfile.ZipFile(tmp_path / "report.zip", "w") as archive:
        archive.writestr("a.csv", text)
        archive.writestr("b.csv", "x,y\n1,2\n3,4\n")
    (tmp_path / "report.csv").unlink()
    assert click in refused(tmp_path)


def test_beside_the_list_in_the_same_zip_it_is_not_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "report.zip", "w") as archive:
        archive.writestr("account_metrics.csv", COARSE["Hootsuite"][0])
        archive.writestr("posts.csv", text_of("hootsuite"))
    assert len(read(tmp_path).tables["social_posts"]) == 3


def test_a_table_that_a_person_has_mapped_is_not_refused(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "hour,likes,day,by\n1,5.50,2024-01-08,a\n2,6,2024-01-09,b\n"
    )
    (tmp_path / "columns.toml").write_text(
        '[orders]\norder_id = "hour"\nrevenue = "likes"\norder_date = "day"\ncustomer_id = "by"\n'
    )
    assert read_folder(tmp_path).tables["orders"]["revenue"].sum() == 11.5
