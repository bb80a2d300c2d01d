"""Tables of records: columns that tell most, measured in terminal cells."""

from __future__ import annotations

from booruql.app.table import fit, render_records, render_rows
from booruql.errors import cells


def test_posts_of_both_sites_make_a_table() -> None:
    posts = [
        {"id": 7, "created_at": "2024-01-02T03:04:05", "score": 32, "rating": "g", "tag_string": "duck sky"},
        {"id": 12, "created_at": "2024-02-03T03:04:05", "score": -1, "rating": "g", "tag_string": "tea"},
    ]
    assert render_records(posts, 80).splitlines() == [
        "id  posted      score  rating  tags",
        " 7  2024-01-02     32  g       duck sky",
        "12  2024-02-03     -1  g       tea",
    ]
    images = [{"id": 7, "width": 16, "height": 9, "tags": ["safe", "red kite"]}]
    assert render_records(images, 80).splitlines()[1] == " 7  16x9  safe, red kite"


def test_no_line_is_wider_than_the_terminal() -> None:
    rows = [["1", "猫とお茶 " * 20], ["2", "short"]]
    lines = render_rows(["id", "tags"], rows, 40).splitlines()
    assert max(map(cells, lines)) <= 40
    assert lines[1].endswith("…")


def test_a_record_cannot_send_commands_to_the_terminal() -> None:
    assert "\x1b" not in render_records([{"id": 1, "tag_string": "a\x1b[31mb\nc"}], 80)
    assert len(render_records([{"id": 1, "tag_string": "a\nb"}], 80).splitlines()) == 2


def test_missing_members_show_a_dash() -> None:
    assert render_records([{"id": 1, "score": None}, {"id": 2}], 80).splitlines()[1:] == [" 1      -", " 2      -"]


def test_text_is_cut_between_wide_characters() -> None:
    assert fit("猫猫猫", 6) == "猫猫猫"
    assert fit("猫猫猫", 5) == "猫猫…"
    assert fit("猫猫猫", 4) == "猫…"
