"""URL parameters over a small site dump: what each finds, on both roads."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import booruql
from booruql import sites
from booruql.ast.nodes import Between, Compare, InNetwork, Node, Nothing, Op, Or
from booruql.context import Context, User
from booruql.engine import api
from booruql.errors import LimitError, Notes, QueryError, UnsupportedError
from booruql.store import Source, open_source
from booruql.syntax._params_keys import keys
from booruql.syntax._params_types import TYPES, Asked

NOW = datetime(2013, 1, 10, 12, 0, tzinfo=UTC)
DAYS = ("2011-12-31T23:59:59Z", "2012-01-01T00:00:00Z", "2012-01-01T08:00:00Z", "2012-01-02T00:00:00Z", "2013-01-01T00:00:00Z",
        "2013-01-09T00:00:00Z")  # fmt: skip


def tag(number: int, name: str, count: int, category: int = 0, **more: Any) -> dict[str, Any]:
    day = DAYS[number - 1]
    return {"id": number, "name": name, "post_count": count, "category": category, "created_at": day, "updated_at": day,
            "is_deprecated": number == 4, **more}  # fmt: skip


def post(number: int, tags: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "tag_string": tags, "created_at": DAYS[number - 1], "uploader_id": number % 2 + 1, "score": number * 2,
            "rating": "gsqe"[number % 4], "source": "", "md5": f"{number:032x}", "tag_count": len(tags.split()),
            "file_ext": "png", "image_width": 10, "image_height": 10, "file_size": 10, "fav_count": 0, "has_children": False,
            "is_deleted": False, "is_pending": False, "is_flagged": False, "is_banned": False, **more}  # fmt: skip


DUMP: dict[str, list[dict[str, Any]]] = {
    "posts": [post(1, "cat"), post(2, "cat dog"), post(3, "dog", parent_id=2), post(4, "a*b")],
    "tags": [tag(1, "cat", 100), tag(2, "dog", 200), tag(3, "a*b", 150), tag(4, "Cat_ears", 0, 4), tag(5, "back\\slash", 300, 1),
             tag(6, "abc", 99)],
    "tag_aliases": [{"id": 1, "antecedent_name": "kitty", "consequent_name": "cat", "status": "active", "creator_id": 1},
                    {"id": 2, "antecedent_name": "pup", "consequent_name": "dog", "status": "deleted", "creator_id": 2}],
    "tag_implications": [
        {"id": number, "antecedent_name": first, "consequent_name": second, "status": "active"}
        for number, first, second in (
            (1, "a*b", "none"), (2, "abc", "dog"), (3, "dog", "cat"), (4, "none", "back\\slash"), (5, "Cat_ears", "cat"),
        )
    ],
    "users": [{"id": 1, "name": "Alice", "level": 20, "private_favorites": True},
              {"id": 2, "name": "bob_smith", "level": 40, "private_favorites": False}],
    "comments": [
        {"id": 1, "post_id": 1, "creator_id": 1, "body": "Hello there", "score": 1, "is_deleted": False, "created_at": DAYS[0]},
        {"id": 2, "post_id": 2, "creator_id": 2, "body": "100% *sure*", "score": None, "is_deleted": False,
         "created_at": DAYS[3]},
        {"id": 3, "post_id": 2, "creator_id": 2, "body": "", "score": -3, "is_deleted": True, "created_at": DAYS[5]},
    ],
    "pools": [{"id": 1, "name": "Sky_Story", "category": "series", "is_deleted": False, "post_ids": [3, 1],
               "updated_at": DAYS[1]},
              {"id": 2, "name": "Cats", "category": "collection", "is_deleted": False, "post_ids": [1, 2, 3],
               "updated_at": DAYS[0]}],
    "favorites": [{"id": 1, "user_id": 1, "post_id": 1}, {"id": 2, "user_id": 2, "post_id": 2}],
    "post_flags": [{"id": 1, "post_id": 1, "creator_id": 1, "status": "pending", "reason": "x"},
                   {"id": 2, "post_id": 2, "creator_id": 2, "status": "rejected", "reason": "y"}],
    "artists": [{"id": 1, "name": "alma", "group_name": "Studio", "other_names": ["Alma_K", "AK"], "is_deleted": False},
                {"id": 2, "name": "cat", "group_name": "", "other_names": [], "is_deleted": True}],
    "artist_urls": [{"id": 1, "artist_id": 1, "url": "https://example.com/alma", "is_active": True}],
    "wiki_pages": [{"id": 1, "title": "cat", "body": "About cats", "other_names": ["neko"], "is_deleted": False},
                   {"id": 2, "title": "dog", "body": "", "other_names": [], "is_deleted": True}],
    "dtext_links": [{"id": 1, "model_type": "WikiPage", "model_id": 1, "link_type": "wiki_link", "link_target": "dog"},
                    {"id": 2, "model_type": "Pool", "model_id": 1, "link_type": "wiki_link", "link_target": "cat"}],
    "artist_commentaries": [{"id": 1, "post_id": 1, "original_title": "Hello", "translated_title": ""},
                            {"id": 2, "post_id": 2, "original_title": "", "original_description": ""}],
    "pool_versions": [{"id": 1, "pool_id": 1, "post_ids": [1, 3], "added_post_ids": [1, 3], "version": 1}],
    "post_disapprovals": [{"id": 1, "post_id": 1, "user_id": 1, "reason": "disinterest", "message": "no"},
                          {"id": 2, "post_id": 2, "user_id": 2, "reason": "disinterest", "message": None}],
    "post_votes": [{"id": 1, "post_id": 1, "user_id": 1, "score": 1}, {"id": 2, "post_id": 1, "user_id": 2, "score": 1},
                   {"id": 3, "post_id": 2, "user_id": 2, "score": -1}],
    "favorite_groups": [{"id": 1, "name": "Mine", "creator_id": 1, "is_public": False, "post_ids": [1]},
                        {"id": 2, "name": "Ours", "creator_id": 2, "is_public": True, "post_ids": [1, 2]}],
    "bans": [{"id": 1, "user_id": 1, "duration": 86400.0}, {"id": 2, "user_id": 1, "duration": 604800.0}],
    "media_metadata": [{"id": 1, "post_id": 1, "metadata": {"Artist": "Alma", "Width": 10}}],
    "post_versions": [{"id": 1, "post_id": 1, "version": 1, "added_tags": ["cat", "Dog"], "removed_tags": [], "tags": "cat Dog"},
                      {"id": 2, "post_id": 1, "version": 2, "added_tags": [], "removed_tags": ["Dog"], "tags": "cat"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    path = tmp_path_factory.mktemp("params") / "dump.json"
    path.write_text(json.dumps(DUMP))
    with open_source(path, site="danbooru") as opened:
        yield opened


def search(source: Source, entity: str, text: str, via: str = "predicate", **members: Any) -> list[int]:
    context = replace(Context(now=NOW, catalog=source.catalog), **members)
    closed = api.close(api.params(text, entity=entity), context)
    return list(source.search(closed, via=via, page=closed.search.page, limit=closed.search.size or 1000).ids)


BOTH = pytest.mark.parametrize("via", ["predicate", "sql"])

# --- the lines of the site's own help page

NUMERIC = {
    "100": [1], ">100": [2, 3, 5], ">=100": [1, 2, 3, 5], "<100": [4, 6], "<=100": [1, 4, 6], "100,200,300": [1, 2, 5],
    "100..200": [1, 2, 3],
}  # fmt: skip
DATES = {
    "2012-01-01": [2], ">2012-01-01": [3, 4, 5, 6], ">=2012-01-01": [2, 3, 4, 5, 6], "<2012-01-01": [1], "<=2012-01-01": [1, 2],
    "2012-01-01,2012-01-02": [2, 4], "2012-01-01..2013-01-01": [2, 3, 4, 5],
}  # fmt: skip
COMMON = {
    "page=2&limit=4": [2, 1],
    "page=b3": [2, 1],
    "page=a3": [6, 5, 4],
    "page=a3&limit=2": [5, 4],
    "page=B3": [2, 1],
    "limit=2": [6, 5],
    "search[id]=2,4": [4, 2],
    "search[created_at]=2012-01-01": [2],
    "search[updated_at]=>=2013-01-01": [6, 5],
    "search[order]=custom&search[id]=3,2,1": [3, 2, 1],
    "search[order]=custom&search[id]=5": [5],
    "search[order]=custom&search[id]=1..3": [],
    "search[order]=custom": [],
}


@BOTH
@pytest.mark.parametrize("value", NUMERIC)
def test_numbers_have_ranges(source: Source, value: str, via: str) -> None:
    assert sorted(search(source, "tags", f"search[post_count]={value}", via)) == NUMERIC[value]


@BOTH
@pytest.mark.parametrize("value", DATES)
def test_dates_have_ranges(source: Source, value: str, via: str) -> None:
    assert sorted(search(source, "tags", f"search[created_at]={value}", via)) == DATES[value]


@pytest.mark.parametrize("word", ["true", "t", "yes", "y", "on", "1", "TRUE", "Yes"])
def test_words_for_true(source: Source, word: str) -> None:
    assert search(source, "tags", f"search[is_deprecated]={word}") == [4]


@pytest.mark.parametrize("word", ["false", "f", "no", "n", "off", "0", "FALSE", "Off"])
def test_words_for_false(source: Source, word: str) -> None:
    assert search(source, "tags", f"search[is_deprecated]={word}") == [6, 5, 3, 2, 1]


def test_another_word_is_an_error_as_on_the_site() -> None:
    with pytest.raises(QueryError, match="neither true nor false"):
        api.close(api.params("search[is_deprecated]=maybe", entity="tags"))


WILD = {"a*": [6, 3], "*a*": [6, 5, 4, 3, 1], r"a\*b": [3], r"a\**": [3], r"*\\*": [5], "cat": [1], "c_t": []}


@BOTH
@pytest.mark.parametrize("value", WILD)
def test_stars_are_wildcards_unless_escaped(source: Source, value: str, via: str) -> None:
    assert search(source, "tags", f"search[name_like]={value}", via) == WILD[value]


@BOTH
@pytest.mark.parametrize("text", COMMON)
def test_every_endpoint_has_these(source: Source, text: str, via: str) -> None:
    assert search(source, "tags", text, via) == COMMON[text]


@pytest.mark.parametrize(("entity", "most"), [("posts", 200), ("tags", 1000)])
def test_the_largest_page(entity: str, most: int) -> None:
    def size(text: str) -> int | None:
        return api.close(api.params(text, entity=entity)).search.size

    assert (size("limit=5000"), size("limit=0"), size("limit=x"), size("limit=7x"), size("")) == (most, 1, 1, 7, None)


# --- the endings of each type

FOUND: dict[str, dict[str, list[int]]] = {
    "tags": {
        "search[post_count_not]=>100": [6, 4, 1],
        "search[post_count_not]=junk": [6, 5, 4, 3, 2, 1],
        "search[post_count]=junk": [],
        "search[post_count_eq]=100": [1],
        "search[post_count_eq]=>100": [],
        "search[post_count_not_eq]=100": [6, 5, 4, 3, 2],
        "search[post_count_gt]=150&search[post_count_lt]=300": [2],
        "search[post_count_gteq]=150&search[post_count_lteq]=200": [3, 2],
        "search[post_count]=any": [6, 5, 4, 3, 2, 1],
        "search[post_count]=none": [],
        "search[created_at]=<1w": [6],
        "search[created_at]=1w..2y": [5, 4, 3, 2, 1],
        "search[created_at_gt]=2013-01-01": [6],
        "search[created_at_not]=2012-01-01": [6, 5, 4, 3, 1],
        "search[created_at]=20120101": [2],
        "search[created_at]=soon": [],
        "search[name]=cat": [1],
        "search[name]=Cat": [],
        "search[name_not_eq]=cat": [6, 5, 4, 3, 2],
        "search[name_ilike]=CAT*": [4, 1],
        "search[name_not_like]=*a*": [2],
        "search[name_not_ilike]=CAT*": [6, 5, 3, 2],
        "search[name_present]=yes": [6, 5, 4, 3, 2, 1],
        "search[name_present]=no": [],
        "search[name_array][]=cat&search[name_array][]=dog": [2, 1],
        "search[name_comma]=cat,dog,": [2, 1],
        "search[name_space]=cat++dog": [2, 1],
        "search[name_lower_comma]=CAT,cat_EARS": [4, 1],
        "search[name_lower_array][]=CAT": [1],
        "search[name_lower_space]=CAT+Dog": [2, 1],
        "search[name_matches]=+Cat*": [1],
        "search[name_normalize]=CAT,Dog": [2, 1],
        "search[name_or_alias_matches]=kitt*": [1],
        "search[name_or_alias_matches]=pup": [],
        "search[is_empty]=t": [4],
        "search[hide_empty]=t": [6, 5, 3, 2, 1],
        "search[hide_empty]=f": [6, 5, 4, 3, 2, 1],
        "search[category]=1,4": [5, 4],
        "search[order]=name": [4, 3, 6, 5, 1, 2],
        "search[order]=count": [5, 2, 3, 1, 6, 4],
        "search[order]=date": [6, 5, 4, 3, 2, 1],
        "search[order]=nonsense": [6, 5, 4, 3, 2, 1],
        "search[has_consequent_aliases]=true": [1],
        "search[has_consequent_aliases]=false&search[post_count]=>100": [5, 3, 2],
        "search[consequent_aliases][antecedent_name]=kitty": [1],
        "search[consequent_aliases][creator_name]=alice": [1],
        "search[name]=": [6, 5, 4, 3, 2, 1],
        "search[name]=cat&search[name]=dog": [2],
        "unknown=1&search[nothing]=2": [6, 5, 4, 3, 2, 1],
        "?search%5Bpost_count%5D=%3E100": [5, 3, 2],
    },
    "tag_aliases": {
        "search[name_matches]=*t*": [1],
        "search[status]=ACTIVE": [1],
        "search[antecedent_name_matches]=p*": [2],
        "search[consequent_tag][category]=0": [2, 1],
        "search[category]=0+1": [2, 1],
        "search[has_consequent_tag]=false": [],
        "search[creator_name]=bob*": [2],
        "search[order]=consequent_tag_count": [2, 1],
        "search[order]=consequent_tag_count&page=2&limit=1": [1],
        "search[order]=antecedent_tag_count": [2, 1],
    },
    "tag_implications": {
        "search[order]=antecedent_tag_count": [3, 1, 2, 5, 4],
        "search[order]=consequent_tag_count": [4, 2, 5, 3, 1],
        "search[order]=antecedent_tag_count&search[consequent_tag][post_count]=100": [3, 5],
        "search[order]=antecedent_tag_count&page=2&limit=2": [2, 5],
        "search[order]=antecedent_tag_count&page=b4": [3, 2, 1],
    },
    "comments": {
        "search[post_id]=2": [3, 2],
        "search[score]=none": [2],
        "search[score_not_eq]=1": [],
        "search[score_not]=1": [2],
        "search[creator_id]=2": [2],
        "search[creator_name]=Alice": [1],
        "search[creator_name]=nobody": [],
        "search[post][score]=>2": [3, 2],
        "search[post][uploader][name]=bob_smith": [1],
        "search[post][uploader_name]=bob+smith": [1],
        "search[post][parent][tags]=cat": [],
        "search[post_tags_match]=cat+-dog": [1],
        "search[has_post]=true": [3, 2, 1],
        "search[has_post]=perhaps": [3, 2, 1],
        "search[body_like]=Hello*": [1],
        "search[body_ilike]=*THERE": [1],
        "search[body_present]=true": [2, 1],
        "search[body_matches]=*SURE*": [2],
        r"search[body_like]=*\*sure\*": [2],
        "search[order]=score_asc": [3, 1, 2],
        "search[is_deleted]=true": [3],
    },
    "pools": {
        "search[post_ids_include_any]=2+9": [2],
        "search[post_ids_include_all]=1+3": [1, 2],
        "search[post_ids_include_all]=1+x": [],
        "search[post_ids_include_any_array][]=2": [2],
        "search[post_id_count]=>2": [2],
        "search[post_tags_match]=cat+dog": [2],
        "search[post_tags_match]=-cat": [1, 2],
        "search[post_tags_match]=-cat+parent:2": [1, 2],
        "search[post_tags_match]=a*b+-a": [],
        "search[post_tags_match]=order:score+id:2": [2],
        "search[dtext_links][Pool][post_tags_match]=score:2": [1],
        "search[post_tags_match]=comments:x+id:1&search[is_deleted]=true": [],
        "search[name_contains]=STORY": [1],
        "search[name_contains]=c*": [2],
        "search[category]=Series": [1],
        "search[order]=name": [2, 1],
        "search[order]=post_count": [2, 1],
        "": [1, 2],
    },
    "post_versions": {
        "search[added_tags_include_any]=dog": [],
        "search[added_tags_include_any_lower]=dog": [1],
        "search[added_tags_include_all_lower_array][]=DOG&search[added_tags_include_all_lower_array][]=cat": [1],
        "search[changed_tags]=Dog": [2, 1],
        "search[any_changed_tags]=cat+owl": [1],
        "search[is_new]=false": [2],
        "search[added_tag_count]=2": [1],
    },
    "users": {
        "search[name]=ALI*": [1],
        "search[name]=Bob_Smith": [2],
        "search[name_eq]=alice": [],
        "search[min_level]=30": [2],
        "search[max_level]=30": [1],
    },
    "artists": {
        "search[any_name_matches]=studio": [1],
        "search[any_name_matches]=alma*": [1],
        "search[any_other_name_like]=ak": [1],
        "search[any_name_or_url_matches]=alma_k": [1],
        "search[any_name_or_url_matches]=example.com": [1],
        "search[url_matches]=https://example.com/alma": [1],
        "search[url_matches]=https://example.com": [],
        "search[url_matches]=*example*": [1],
        "search[urls][is_active]=true": [1],
        "search[has_urls]=no": [2],
        "search[has_tag]=yes": [2],
        "search[other_name_count]=>1": [1],
        "search[other_names_include_any]=AK": [1],
        "search[other_names_include_all_lower]=ak+alma_k": [1],
        "search[wiki_page][title]=cat": [2],
        "search[order]=post_count": [2, 1],
    },
    "wiki_pages": {
        "search[title_normalize]=CA*": [1],
        "search[title_or_body_matches]=*CATS": [1],
        "search[other_names_match]=NEKO": [1],
        "search[other_names_present]=no": [2],
        "search[hide_deleted]=yes": [1],
        "search[linked_to]=Dog": [1],
        "search[not_linked_to]=dog": [2],
        "search[dtext_links][link_target]=dog": [1],
        "search[order]=post_count": [2, 1],
    },
    "dtext_links": {
        "search[WikiPage][title]=cat": [1],
        "search[Pool][name]=Sky_Story": [2],
        "search[WikiPage][title]=cat&search[Pool][name]=Sky_Story": [],
        "search[model_type]=Pool&search[WikiPage][title]=cat": [],
        "search[WikiPage]=1": [2, 1],
        "search[linked_tag][post_count]=200": [1],
    },
    "artist_commentaries": {
        "search[original_present]=yes": [1],
        "search[translated_present]=yes": [],
        "search[is_deleted]=yes": [2],
        "search[text_matches]=hel*": [1],
        "search[order]=post_id_asc": [1, 2],
    },
    "pool_versions": {"search[post_id]=3": [1], "search[post_id]=x": [], "search[added_post_id_count]=2": [1]},
    "post_disapprovals": {"search[has_message]=yes": [1], "search[user_id]=1": [], "search[reason]=disinterest": [2, 1]},
    "post_votes": {"": [2], "search[score]=-1": []},
    "favorite_groups": {"": [2], "search[name_contains]=our": [2], "search[post_id_count]=2": [2]},
    "favorites": {"": [2], "search[post_id]=1": [], "search[user_name]=bob*": [2]},
    "post_flags": {
        "search[status]=pending,rejected": [2, 1],
        "search[status_not]=pending": [2],
        "search[status_id]=>0": [2],
        "search[status_id_not]=0": [2],
        "search[status_id_eq]=2": [2],
        "search[status_id]=0..1": [1],
        "search[status_id]=0,1": [1],
        "search[status_id]=>1,0": [2, 1],
        "search[status_id]=0...1": [1],
        "search[status_id]=x": [],
        "search[category]=normal": [2, 1],
        "search[category]=odd": [],
        "search[status]=odd": [],
        "search[creator_id]=1": [],
    },
    "bans": {"search[duration]=1d": [1], "search[duration]=>1d": [2], "search[duration]=1w": [2], "search[duration]=1:00": []},
    "media_metadata": {
        "search[metadata][Artist]=Alma": [1],
        "search[metadata][Width]=10": [1],
        "search[metadata][Width]=11": [],
        "search[metadata_has_key]=Artist": [1],
        "search[has_metadata]=false": [],
    },
    "posts": {
        "tags=cat": [2, 1],
        "tags=cat+order:score_asc": [1, 2],
        "tags=cat+limit:1": [2],
        "tags=cat+limit:1&limit=2": [2, 1],
        "tags=order:id&page=b4": [3, 2, 1],
        "md5=00000000000000000000000000000003&tags=cat": [3],
        "md5=&tags=cat": [2, 1],
        "search[score]=2&tags=dog": [3, 2],
        "": [4, 3, 2, 1],
    },
}


@BOTH
@pytest.mark.parametrize(("entity", "text"), [(entity, text) for entity, rows in FOUND.items() for text in rows])
def test_what_is_found(source: Source, entity: str, text: str, via: str) -> None:
    assert search(source, entity, text, via) == FOUND[entity][text]


def test_a_random_page_is_of_the_page_size(source: Source) -> None:
    assert len(search(source, "posts", "tags=&random=yes&limit=2")) == 2
    assert set(search(source, "posts", "tags=cat&random=yes")) == {1, 2}


FLAGGED = {"normal": [5, 4], "unapproved": [1], "rejected": [3, 2], "deleted": [3, 2, 1], "Deleted": [3, 2, 1], "odd": []}
EDITED = {"yes": [4, 3], "no": [5, 2, 1]}


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """Flags of every reason, and comments that were changed after some time."""
    queue = "Unapproved in three days after returning to moderation queue"
    reasons = ("Unapproved in three days", queue, f"{queue} again", "bad", "unapproved in three days")
    changed = ("2012-01-01T00:00:00Z", "2012-01-01T00:05:00Z", "2012-01-01T00:05:00.001Z", "2012-02-01T02:00:00+02:00", None)
    rows = {
        "posts": [post(1, "cat")],
        "post_flags": [{"id": at, "post_id": 1, "reason": reason} for at, reason in enumerate(reasons, 1)],
        "comments": [
            {"id": at, "post_id": 1, "body": "", "is_deleted": False, "created_at": "2012-01-01T00:00:00Z", "updated_at": when}
            for at, when in enumerate(changed, 1)
        ],
    }
    path = tmp_path_factory.mktemp("marked") / "dump.json"
    path.write_text(json.dumps(rows))
    with open_source(path, site="danbooru") as opened:
        yield opened


@BOTH
def test_flags_have_a_category_by_their_reason(marked: Source, via: str) -> None:
    assert {word: search(marked, "post_flags", f"search[category]={word}", via) for word in FLAGGED} == FLAGGED


@BOTH
def test_comments_are_edited_when_changed_five_minutes_later(marked: Source, via: str) -> None:
    assert {word: search(marked, "comments", f"search[is_edited]={word}", via) for word in EDITED} == EDITED
    assert search(marked, "posts", "tags=comment:x", via) == []
    with pytest.raises(QueryError):
        search(marked, "comments", "search[is_edited]=perhaps", via)


# --- who asks

ALICE, BOB = User(1, "Alice", level=20), User(2, "bob_smith", level=40, role="moderator")


@BOTH
def test_viewers_find_what_they_may_see(source: Source, via: str) -> None:
    def seen(entity: str, text: str, viewer: User) -> list[int]:
        return search(source, entity, text, via, viewer=viewer)

    assert seen("favorites", "", ALICE) == [2, 1]
    assert seen("comments", "search[creator_id]=2", BOB) == [3, 2]
    assert seen("comments", "search[score]=<0", ALICE) == []
    assert seen("comments", "search[score]=<0", BOB) == [3]
    assert seen("post_votes", "", ALICE) == [2, 1]
    assert seen("post_votes", "", User(9, "root", level=50, role="admin")) == [3, 2, 1]
    assert seen("favorites", "", User(9, "root", level=50)) == [2, 1]
    assert seen("favorite_groups", "", ALICE) == [2, 1]
    assert seen("favorite_groups", "", User(9, "root", role="admin")) == [2, 1]
    assert seen("post_disapprovals", "search[user_id]=1", ALICE) == [1]
    assert seen("post_disapprovals", "search[user_id]=1", BOB) == [1]
    assert seen("post_flags", "search[creator_id]=1", ALICE) == [1]
    assert seen("post_flags", "search[creator_id]=>0", BOB) == [2]


def test_the_sites_last_page(source: Source) -> None:
    assert search(source, "tags", "page=1001", site_limits=False) == []
    with pytest.raises(LimitError, match="last one, 1000"):
        search(source, "tags", "page=1001", site_limits=True)
    assert search(source, "tags", "page=1001", site_limits=True, viewer=User(3, "gold", level=30)) == []
    assert search(source, "tags", "page=b2", site_limits=True) == [1]


# --- warnings and errors


def warned(entity: str, text: str) -> list[tuple[str, str]]:
    found = api.close(api.params(text, entity=entity), Context(now=NOW)).warnings
    return [(w.code, text[w.span.start : w.span.end] if w.span else "") for w in found]


WARNED = {
    "search[nam]=x": [("W208", "search[nam]=x")],
    "serch[x][y]=1&page=2": [("W208", "serch[x][y]=1")],
    "search[a][b]=1": [("W208", "search[a][b]=1")],
    "search[post_count]=x": [("W203", "search[post_count]=x")],
    "search[post_count]=1&search[post_count]=2": [("W205", "search[post_count]=1")],
    "search[order]=odd": [("W204", "search[order]=odd")],
    "limit=x": [("W206", "limit=x")],
    "search[has_artist]=x": [("W204", "search[has_artist]=x")],
}


@pytest.mark.parametrize("text", WARNED)
def test_slips_are_warned_of(text: str) -> None:
    assert warned("tags", text) == WARNED[text]


def test_a_warning_is_an_error_in_strict_mode() -> None:
    with pytest.raises(QueryError, match="W208"):
        api.close(api.params("search[nam]=x", entity="tags"), Context(strict=True))


ERRORS = {
    "search[name]=%FF": "E108",
    "search[post_count]=1&search[post_count][x]=1": "E110",
    "search" + "[post]" * 12 + "=1": "E602",
    "search[fuzzy_name_matches]=cat": "E504",
    "search[is_empty]=x": "E301",
    "search[has_wiki_page][x]=1&search[has_wiki_page]=1": "E110",
    "search[wiki_page][has_embedded_media]=1": "E501",
}


@pytest.mark.parametrize("text", ERRORS)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        api.close(api.params(text, entity="tags"))
    assert caught.value.code == ERRORS[text]
    assert caught.value.span is not None


def test_a_tag_search_in_a_parameter_shows_its_place() -> None:
    text = "limit=5&tags=(cat"
    with pytest.raises(QueryError) as caught:
        api.params(text)
    assert caught.value.span is not None
    assert text[caught.value.span.start : caught.value.span.end] == "("
    assert api.close(api.params(text, lenient=True)).search.where == booruql.parse("(cat", lenient=True).where


def test_what_an_index_does_not_embed_is_refused() -> None:
    with pytest.raises(UnsupportedError):
        booruql.elastic(api.params("search[post][score]=>5", entity="comments"))
    body = booruql.elastic(api.params("search[name_matches]=a*&search[post_count]=>10&page=b900&limit=5", entity="tags"))
    assert body["size"] == 5


def test_a_list_that_names_rows_is_followed_by_every_layout() -> None:
    query = api.params("search[post_tags_match]=cat", entity="pools")
    assert "IN (SELECT" in booruql.sql(query, database="mysql").text
    assert "p.post_ids @> ARRAY[p1.id]" in booruql.sql(query, database="postgres", layout="array").text
    with pytest.raises(UnsupportedError) as caught:
        booruql.elastic(query)
    assert caught.value.code == "E502"
    with pytest.raises(UnsupportedError) as caught:
        booruql.sql(query, database="clickhouse")
    assert caught.value.code == "E501"


def test_pages_by_the_count_of_a_related_tag_go_on_behind_their_last_row(source: Source) -> None:
    closed = api.close(api.params("search[order]=antecedent_tag_count", entity="tag_implications"), Context(now=NOW))
    pages: list[tuple[int, ...]] = []
    page = None
    while not pages or page is not None:
        found = source.search(closed, page=page, limit=2)
        pages.append(found.ids)
        page = found.next_page
    assert pages == [(3, 1), (2, 5), (4,)]
    with pytest.raises(UnsupportedError) as caught:
        booruql.elastic(closed)
    assert caught.value.code == "E502"
    assert "owner > ''" in booruql.sql(closed, database="clickhouse").text


def test_our_limits_hold() -> None:
    small = replace(Context().limits, characters=20, terms=2)
    for text in ("a" * 21, "a&b&c"):
        with pytest.raises(LimitError):
            api.params(text, limits=small)


# --- every parameter of every resource

_SITE = sites.load("danbooru")
_KEYS = [(name, key) for name in _SITE.resources for key in keys("danbooru", name)]
_VALUES = ["1", ">1", "1..3", "2,1", "cat", "a*", "true", "no", "any", "none", "2012-01-02", "<1w", "x", "", "*", "Alma"]


@given(rows=st.lists(st.tuples(st.sampled_from(_KEYS), st.sampled_from(_VALUES)), min_size=1, max_size=3))
def test_no_parameter_crashes(rows: list[tuple[tuple[str, str], str]]) -> None:
    entity = rows[0][0][0]
    text = "&".join(f"search[{key}]={value}" for (name, key), value in rows if name == entity)
    try:
        api.close(api.params(text, entity=entity), Context(now=NOW))
    except QueryError as problem:
        assert problem.code.startswith("E")


_SQL = [(name, key) for name, key in _KEYS if name in DUMP and name not in ("media_metadata", "posts") and "regex" not in key]


@given(row=st.sampled_from(_SQL), value=st.sampled_from(_VALUES))
def test_both_roads_agree(source: Source, row: tuple[str, str], value: str) -> None:
    entity, key = row
    text = f"search[{key}]={value}"
    try:
        found = search(source, entity, text)
    except QueryError:
        return
    assert search(source, entity, text, "sql") == found


def test_every_word_has_a_help_a_sample_and_a_reader() -> None:
    for resource in _SITE.resources.values():
        for word in (*resource.parameters, *resource.requests):
            assert word.help and (word.sample or word.reader == "class")
            if word.field and word.reader not in ("record", "class"):
                assert word.field in resource.table.fields, (resource.name, word.name)
            if word.reader in ("record", "class"):
                assert resource.table.relations[word.args[0]].entity == _SITE.resource(word.args[1]).entity
        assert not set(resource.table.fields) & set(resource.table.relations)


def test_every_parameter_is_in_the_docs(root: Path) -> None:
    page = (root / "docs" / "languages.md").read_text(encoding="utf-8")
    for resource in _SITE.resources.values():
        for word in resource.parameters:
            assert f"| `{word.name}` |" in page, (resource.name, word.name)


# --- Bronibooru's own

BRONIBOORU: dict[str, dict[str, list[int]]] = {
    "posts": {
        "tags=cat+-dog": [1],
        "tags=cat+-dog&raw=1": [],
        "tags=A*b&raw=1": [4],
        "tags=score:1..4+order:id&limit=1": [1],
        "tags=limit:1": [4],
        "md5=00000000000000000000000000000003&tags=cat": [3],
        "tags=order:id&page=a1&limit=2": [3, 2],
    },
    "tags": {
        "": [6, 5, 3, 2, 1],
        "search[hide_empty]=no": [6, 5, 4, 3, 2, 1],
        "search[name_matches]=a*": [6, 3],
        "search[name]=cat,dog": [2, 1],
        "search[category]=1": [5],
        "search[category]=>0&search[hide_empty]=no": [6, 3, 2, 1],
        "search[has_wiki]=yes": [2, 1],
        "search[has_wiki]=no&search[order]=name": [3, 6, 5],
        "search[order]=count&limit=2": [5, 2],
    },
    "comments": {
        "search[creator_name]=alice": [1],
        "search[creator_id]=2": [3, 2],
        "search[post_id]=2": [3, 2],
        "search[post_tags_match]=cat+-dog": [1],
        "search[body_matches]=hello*": [1],
    },
    "users": {"search[min_level]=30": [2], "search[name]=ALI*": [1], "search[level]=20": [1]},
    "pools": {"search[name_matches]=sky": [1], "search[is_active]=yes": [1, 2], "search[category]=Series": [1]},
}


@BOTH
@pytest.mark.parametrize(("entity", "text"), [(entity, text) for entity, rows in BRONIBOORU.items() for text in rows])
def test_bronibooru_knows_names_and_single_numbers(source: Source, entity: str, text: str, via: str) -> None:
    closed = api.close(api.params(text, site="bronibooru", entity=entity), Context(now=NOW, catalog=source.catalog))
    found = source.search(closed, via=via, page=closed.search.page, limit=closed.search.size or 1000)
    assert list(found.ids) == BRONIBOORU[entity][text]


def test_bronibooru_has_no_custom_order() -> None:
    found = api.close(api.params("search[order]=custom&search[id]=2,1", site="bronibooru", entity="tags"))
    assert {w.code for w in found.warnings} == {"W204", "W208"}


def test_hostile_parameters_cost_linear_time() -> None:
    fresh = itertools.count()

    def cost(count: int, form: str) -> float:
        text = "&".join(form.format(i) for i in range(count)) + f"&page={next(fresh)}"  # parsed queries are kept
        start = time.process_time()
        api.close(api.params(text, entity="tags", limits=replace(Context().limits, characters=10**7, terms=10**6)))
        return time.process_time() - start

    forms = ("search[post_coun{0}]=1", "search[name_array][]={0}", "search[post_count]={0}", "a{0}[[[[", "search[x{0}][y][z]=1")
    for form in forms:
        small = min(cost(200, form) for _ in range(2))
        assert cost(2_000, form) < 40 * small + 0.2, form


# --- what no resource has yet


def test_addresses_and_identifiers_by_type() -> None:
    posts = sites.load("danbooru").resource()

    def read(type_: str, field: str, ending: str, text: str) -> Node:
        word = sites.Word("a", type_, field, sample="x")
        return TYPES[type_][ending](Asked((text,), None, word, posts, Notes(), "search[a]"))

    assert read("inet", "ip", "", "10.0.0.0/8, 192.0.2.1") == Or((InNetwork("ip", "10.0.0.0/8"), InNetwork("ip", "192.0.2.1")))
    assert read("inet", "ip", "", "here") == Nothing()
    assert read("uuid", "md5", "_eq", "x") == Compare("md5", Op.EQ, "x")
    assert read("float", "duration", "_gt", "1.5") == Compare("duration", Op.GT, 1.5)
    assert read("float", "duration", "_gt", "1..2") == Nothing()
    assert read("float", "duration", "", "2") == Between("duration", 1.9, 2.1)


@pytest.mark.parametrize(
    ("text", "fields"),
    [("id,name", ("id", "name")), ("id,post[id,rating],x", ("id", "post.id", "post.rating", "x")), ("a[b[c]]", ("a.b.c",)),
     ("id,,id", ("id",)), ("]id[", ())],
)  # fmt: skip
def test_chosen_fields(text: str, fields: tuple[str, ...]) -> None:
    assert api.close(api.params(f"only={text}", entity="tags")).search.fields == fields


def test_names_without_values_and_odd_brackets_ask_nothing() -> None:
    assert warned("tags", "search[name]&search[[x]=1&&a") == [("W208", "search[[x]=1"), ("W208", "a")]


def test_a_tag_search_that_does_not_parse_is_told_where_it_is_encoded() -> None:
    text = "tags=(cat+%28"
    with pytest.raises(QueryError) as caught:
        api.params(text)
    assert caught.value.span == (0, len(text))
    with pytest.raises(LimitError):
        api.params("tags=a+b+c", limits=replace(Context().limits, terms=2))


def test_without_a_catalog_users_are_asked_by_their_rows() -> None:
    found = api.close(api.params("search[creator_name]=Bob Smith", entity="comments")).search.where
    assert "bob_smith" in str(found)


def test_warnings_of_a_tag_search_stand_at_its_parameter() -> None:
    assert warned("comments", "limit=5&search[post_tags_match]=scoer:5") == [("W201", "search[post_tags_match]=scoer:5")]


# --- chosen fields

CHOSEN: dict[tuple[str, str], list[dict[str, Any]]] = {
    ("tags", "only=id,category,nme&search[id]=4"): [{"id": 4, "category": 4}],
    ("tags", "only=nme&search[id]=4"): [{}],
    ("tags", "only=name,consequent_aliases[antecedent_name]&search[id]=1,2"): [
        {"name": "dog", "consequent_aliases": []},
        {"name": "cat", "consequent_aliases": [{"antecedent_name": "kitty"}]},
    ],
    ("comments", "only=id,post[id,rating,uploader[name]]&search[id]=1"): [
        {"id": 1, "post": {"id": 1, "rating": "s", "uploader": {"name": "bob_smith"}}}
    ],
    ("comments", "only=updater,id&search[id]=1"): [{"id": 1, "updater": None}],
    ("posts", "tags=dog&only=id,parent[id],comments[id],media_asset"): [
        {"id": 3, "parent": {"id": 2}, "comments": []},
        {"id": 2, "parent": None, "comments": [{"id": 2}, {"id": 3}]},
    ],
    ("posts", "tags=cat&only=id,replacements&limit=1"): [{"id": 2, "replacements": []}, {"id": 1, "replacements": []}],
}


@BOTH
@pytest.mark.parametrize(("entity", "text"), CHOSEN)
def test_records_have_the_chosen_fields(source: Source, entity: str, text: str, via: str) -> None:
    found = source.search(api.close(api.params(text, entity=entity), Context(now=NOW, catalog=source.catalog)), via=via)
    assert list(found.records) == CHOSEN[entity, text]


def test_a_record_keeps_the_related_ones_it_carries(tmp_path: Path) -> None:
    path = tmp_path / "posts.json"
    path.write_text(json.dumps([post(1, "cat", media_asset={"id": 7, "variants": [{"type": "full", "url": "x"}]})]))
    with open_source(path, site="danbooru") as plain:
        found = plain.search(api.params("tags=&only=id,media_asset[variants[type]],comments,parent[id]"))
        assert list(found.records) == [{"id": 1, "media_asset": {"variants": [{"type": "full"}]}, "parent": None}]


def test_an_index_gives_the_chosen_fields_that_it_holds() -> None:
    def chosen(entity: str, only: str) -> Any:
        return booruql.elastic(api.params(f"only={only}", entity=entity)).get("_source")

    assert chosen("posts", "id,fav_count,tag_string,flags[reason],parent[fav_count,flags],file_url,notes[post_tag_ids]") == [
        "id", "fav_count", "tags", "post_flags.reason", "parent.favorite_count", "parent.post_flags",
    ]  # fmt: skip
    assert chosen("tags", "category,name") == ["category_id", "name"]
    assert chosen("comments", "post[id],creator") is False
    assert chosen("tags", "") is None


@pytest.mark.parametrize("page", ["", "&page=b3", "&page=a1&limit=2", "&page=2&limit=1"])
def test_rows_hold_the_chosen_fields_of_one_value(source: Source, page: str) -> None:
    text = f"tags=cat+order:score&only=score,fav_count,tag_string,uploader,uploader_id{page}"
    closed = api.close(api.params(text), Context(now=NOW))
    statement = booruql.sql(closed)
    assert [name for name in statement.columns if name != "score"] == ["id", "fav_count", "uploader_id"]
    rows = source._database().server.ask(statement.text, statement.params)
    for row in rows:
        found = dict(zip(statement.columns, row, strict=True))
        assert found == {"id": found["id"], "score": found["id"] * 2, "fav_count": 0, "uploader_id": found["id"] % 2 + 1}
    assert [row[0] for row in rows] == search(source, "posts", text, "predicate")


def test_chosen_fields_are_no_part_of_a_cursor(source: Source) -> None:
    closed = api.close(api.params("only=name,category&limit=2&search[order]=count", entity="tags"), Context(now=NOW))
    ask, statement = source._database().server.ask, booruql.sql(closed, layout=source.store.layout())  # type: ignore[attr-defined]
    assert statement.columns == ("id", "post_count", "name", "category")
    first = ask(statement.text, statement.params)
    page = statement.page(after=statement.cursor(first[-1]))
    assert [row[2:] for row in (*first, *ask(page.text, page.params))] == [
        ("back\\slash", 1), ("dog", 0), ("a*b", 0), ("cat", 0),
    ]  # fmt: skip


def test_unknown_fields_are_warned_of() -> None:
    found = api.close(api.params("only=id,nam,wiki_page[titel],id[x]", entity="tags")).warnings
    assert [(w.code, w.hint) for w in found] == [
        ("W208", "'name' is the nearest name"), ("W208", "'id' is the nearest name"), ("W208", "'title' is the nearest name"),
    ]  # fmt: skip
    assert not warned("posts", "only=id,disapprovals[reason],tag_string_meta,uploader[name]")
    with pytest.raises(LimitError) as caught:
        api.close(api.params(f"only={'parent[' * 12}id"))
    assert caught.value.code == "E602"
