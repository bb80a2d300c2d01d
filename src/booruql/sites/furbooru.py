"""Furbooru, a fork of Philomena."""

from __future__ import annotations

from booruql.sites._philomena import RESOURCES, recognises
from booruql.sites.site import Site

SITE = Site(
    name="furbooru",
    syntax="philomena",
    resources=RESOURCES,
    default_entity="images",
    page_size=15,
    max_page_size=50,
    recognises=recognises,
)
