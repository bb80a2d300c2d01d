"""The shipped demo data is what its generator makes, and has the shapes that the sites' APIs answer."""

from __future__ import annotations

import gzip
import json
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from booruql import demo
from tools import make_demo

Row = dict[str, Any]
CATEGORIES = ("general", "artist", "character", "copyright", "meta")


def read_rows(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def posts() -> list[Row]:
    return read_rows(demo.DANBOORU_POSTS)


@pytest.fixture(scope="module")
def images() -> list[Row]:
    return read_rows(demo.FURBOORU_IMAGES)


def test_the_files_are_what_the_generator_makes() -> None:
    made = make_demo.make_files()
    assert gzip.decompress(demo.DANBOORU_POSTS.read_bytes()).decode() == made["danbooru_posts.jsonl"]
    assert gzip.decompress(demo.FURBOORU_IMAGES.read_bytes()).decode() == made["furbooru_images.jsonl"]
    assert demo.DANBOORU_SITE.read_text(encoding="utf-8") == made["danbooru_site.json"]


def test_posts_are_consistent(posts: list[Row]) -> None:
    for post in posts:
        parts = [post[f"tag_string_{category}"].split() for category in CATEGORIES]
        assert post["tag_string"].split(" ") == sorted(chain.from_iterable(parts))
        assert [post[f"tag_count_{category}"] for category in CATEGORIES] == [len(part) for part in parts]
        assert post["tag_count"] == sum(map(len, parts))
        assert post["score"] == post["up_score"] + post["down_score"]
        assert ("md5" in post) is ("file_url" in post) is (not post["is_banned"])


def test_parents_and_children_know_each_other(posts: list[Row]) -> None:
    parents = {post["parent_id"] for post in posts} - {None}
    assert parents == {post["id"] for post in posts if post["has_children"]}


def test_images_are_consistent(images: list[Row]) -> None:
    names: dict[int, str] = {}
    for image in images:
        assert len(image["tags"]) == len(image["tag_ids"]) == image["tag_count"] == len(set(image["tags"]))
        assert all(names.setdefault(*pair) == pair[1] for pair in zip(image["tag_ids"], image["tags"], strict=True))
        assert image["score"] == image["upvotes"] - image["downvotes"]
        assert (image["uploader"] is None) is (image["uploader_id"] is None)
        assert image["aspect_ratio"] == image["width"] / image["height"]
        assert 0 <= image["wilson_score"] < 1


def test_the_data_shows_what_searches_are_about(posts: list[Row], images: list[Row]) -> None:
    assert len(posts) == len(images) >= 300
    assert any(not post["tag_string"].isascii() for post in posts)
    assert {"gif", "mp4", "webm", "png", "jpg"} <= {post["file_ext"] for post in posts}
    assert any(post["media_asset"]["duration"] for post in posts)
    assert any(post["is_deleted"] for post in posts)
    assert any(image["name"] is None for image in images)


def test_wilson_score_of_the_example_record() -> None:
    assert make_demo.wilson_score(5, 1) == pytest.approx(0.3364632234194165, abs=1e-12)
    assert make_demo.wilson_score(0, 3) == 0
