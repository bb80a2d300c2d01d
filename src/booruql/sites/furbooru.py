"""Furbooru, a fork of Philomena."""

from __future__ import annotations

from booruql.sites._philomena import IMAGES, make_resources, recognises
from booruql.sites._philomena_entities import ENTITIES
from booruql.sites.site import Site

SITE = Site(
    name="furbooru",
    syntax="philomena",
    resources=make_resources(IMAGES, ENTITIES),
    default_entity="images",
    page_size=15,
    max_page_size=50,
    recognises=recognises,
)
