"""Derpibooru, Philomena's first site: Furbooru with what is known to differ. Its comments, posts and galleries differ more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from booruql.sites._philomena import IMAGES, make_resources, recognises
from booruql.sites._philomena_entities import FILTERS, TAGS
from booruql.sites.site import Resource, Site, Word

_HIDES = Word("hides", "int", "hide_count", "number of users who hid it for themselves", "2")


def _with_my(resource: Resource) -> Resource:
    """Whoever is not logged in has `my:` too: the site refuses it then."""
    (my,) = resource.words["user"]
    return replace(resource, words={**resource.words, "anonymous": (*resource.words["anonymous"], my)})


_images = _with_my(IMAGES)
_IMAGES = replace(
    _images,
    words={**_images.words, "anonymous": (*_images.words["anonymous"], _HIDES)},
    columns={**IMAGES.columns, "tag_names": "tags", "hide_count": "hides"},
    fields=(*IMAGES.fields, "hide_count"),
    index_types={**IMAGES.index_types, "duplicate_id": "keyword", "is_hidden": "boolean"},
)


def _recognises(record: Mapping[str, Any]) -> bool:
    return recognises(record) and "hides" in record


SITE = Site(
    name="derpibooru",
    syntax="philomena",
    resources=make_resources(_IMAGES, (TAGS, _with_my(FILTERS))),
    default_entity="images",
    page_size=15,
    max_page_size=50,
    recognises=_recognises,
)
