"""Records of Philomena sites, brought into the form that the search sees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from booruql import sites
from booruql.sites._philomena import wilson_score
from booruql.sites._philomena_names import slug, unslug

FURBOORU = sites.load("furbooru")

API: dict[str, Any] = {
    "id": 812,
    "created_at": "2024-05-06T11:08:09Z",
    "updated_at": "2024-05-07T04:00:00",
    "first_seen_at": "2024-05-06T11:08:09Z",
    "width": 1600,
    "height": 900,
    "size": 204800,
    "animated": False,
    "duration": 0.04,
    "format": "png",
    "name": "Kite.PNG",
    "sha512_hash": "ab",
    "tags": ["artist:kite painter", "oc:pip", "red kite", "safe"],
    "tag_ids": [7, 8, 41, 1],
    "uploader": "Ash",
    "uploader_id": 5,
    "upvotes": 5,
    "downvotes": 1,
    "faves": 3,
    "source_url": "https://Art.example/w/77",
    "source_urls": ["https://Art.example/w/77", ""],
    "duplicate_of": None,
}


def test_an_api_record_has_what_the_index_would_hold() -> None:
    found = FURBOORU.resource().read(API)
    want = {
        "created_at": 1714993689000000,
        "updated_at": 1715054400000000,
        "pixels": 1_440_000,
        "file_size": 204800,
        "duration": 0.0,
        "file_name": "Kite.PNG",
        "original_format": "png",
        "uploader": "ash",
        "favorite_count": 3,
        "sources": frozenset({"https://art.example/w/77"}),
        "source_count": 1,
        "tag_names": frozenset(API["tags"]),
        "tag_ids": frozenset({7, 8, 41, 1}),
        "tag_count": 4,
        "tag_count_origin": 1,
        "tag_count_oc": 1,
        "tag_count_rating": 1,
        "tag_count_spoiler": 0,
        "duplicate_id": None,
    }
    assert {name: found[name] for name in want} == want
    assert found["aspect_ratio"] == pytest.approx(16 / 9)
    assert found["wilson_score"] == pytest.approx(0.3364632234194165)
    assert not {"tag_count_species", "favorited_by_ids", "galleries", "file_ext"} & found.keys()


def test_tags_were_one_text_once() -> None:
    assert FURBOORU.resource().read({"id": 1, "tags": "fox, red fox"})["tag_names"] == {"fox", "red fox"}


def test_tags_may_come_with_their_aliases_and_categories() -> None:
    tags = [{"name": "fox", "category": "species", "aliases": ["vulpine"]}, {"name": "meme", "category": "content-fanmade"}]
    found = FURBOORU.resource().read({"id": 1, "tags": tags})
    assert found["tag_names"] == {"fox", "vulpine", "meme"}
    assert found["tags"] == {"fox", "meme"}
    assert (found["tag_count"], found["tag_count_species"], found["tag_count_content_fanmade"]) == (2, 1, 1)


def test_a_document_of_the_index_is_read_too() -> None:
    row = {
        "id": 1,
        "tags": ["fox"],
        "namespaced_tags": {"name": ["fox", "vulpine"]},
        "species_tag_count": 7,
        "galleries": [{"id": 3, "position": 2}],
        "favourited_by_user_ids": [1, 2],
        "hidden_from_users": True,
        "duration": 3.5,
        "animated": True,
    }
    found = FURBOORU.resource().read(row)
    assert found["tag_names"] == {"fox", "vulpine"}
    assert found["tag_count_species"] == 7
    assert found["galleries"] == ({"post_id": 1, "gallery_id": 3, "position": 2},)
    assert (found["favorited_by_ids"], found["is_hidden"], found["duration"]) == ({1, 2}, True, 3.5)


def test_wilson_scores_are_those_of_real_records(shared: Path) -> None:
    for line in (shared / "data/philomena_images_sample.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert wilson_score(record["upvotes"], record["downvotes"]) == pytest.approx(record["wilson_score"], abs=1e-9)


def test_index_documents_agree_with_what_is_derived(shared: Path) -> None:
    rows = json.loads((shared / "cases/furbooru_images.json").read_text(encoding="utf-8"))["images"]
    read = FURBOORU.resource().read
    derived = ("pixels", "aspect_ratio", "wilson_score", "tag_count")
    for row in rows:
        stored = read(row)
        bare = read({key: value for key, value in row.items() if key not in derived})
        for name in derived:
            assert bare[name] == pytest.approx(stored[name]), (row["id"], name)


@pytest.mark.parametrize("name", ["artist:a.b-c", "-dash-", "-plus-", "a+b/c\\d", "fire, water and earth", ":3"])
def test_slugs_are_read_back(name: str) -> None:
    assert unslug(slug(name)) == name


def read(entity: str, record: dict[str, Any]) -> dict[str, Any]:
    return FURBOORU.resource(entity).read(record)


def test_comments_of_the_api_and_of_the_index() -> None:
    api = read(
        "comments", {"id": 1, "image_id": 2, "user_id": None, "author": "Anonymous #1A2B", "created_at": "1970-01-01T00:00:01Z"}
    )
    assert (api["is_anonymous"], api["post_id"], api["created_at"]) == (True, 2, 1_000_000)
    stored = read("comments", {"id": 1, "posted_at": "1970-01-01T00:00:01Z", "anonymous": False, "image_tag_ids": [3]})
    assert (stored["is_anonymous"], stored["created_at"], stored["post_tag_ids"]) == (False, 1_000_000, {3})


def test_tags_of_the_api_name_their_relations_by_slugs() -> None:
    found = read(
        "tags",
        {
            "id": 1,
            "name": "artist:kite painter",
            "images": 12,
            "aliased_tag": None,
            "aliases": ["artist-colon-kite+p"],
            "implied_tags": [],
            "spoiler_image_uri": None,
        },
    )
    assert (found["aliases"], found["alias_of"], found["is_alias"]) == ({"artist:kite p"}, None, False)
    assert (found["namespace"], found["name_in_namespace"], found["category"]) == ("artist", "kite painter", "origin")
    assert found["slug"] == "artist-colon-kite+painter"
    assert read("tags", {"name": "x", "images": 0, "aliased_tag": "red fox", "aliases": []})["alias_of"] == "red fox"


def test_system_filters_are_public() -> None:
    found = read("filters", {"id": 1, "name": "Default", "system": True, "public": False, "hidden_tag_ids": [1, 2]})
    assert (found["is_public"], found["is_system"], found["name"], found["hidden_count"]) == (True, True, "default", 2)


@pytest.mark.parametrize("site", ["furbooru", "derpibooru"])
def test_every_word_reads_a_field_of_its_table(site: str) -> None:
    for resource in sites.load(site).resources.values():
        for word in resource.vocabulary("moderator").values():
            assert not word.field or word.field in resource.table.fields, (resource.name, word.name)
            assert word.help
            assert word.sample


def test_derpibooru_differs_where_it_is_known_to() -> None:
    derpibooru = sites.load("derpibooru").resource()
    assert derpibooru.columns["tag_names"] == "tags"
    assert {"hides", "my"} <= derpibooru.vocabulary("anonymous").keys()
    assert not {"hides", "my"} & FURBOORU.resource().vocabulary("anonymous").keys()
