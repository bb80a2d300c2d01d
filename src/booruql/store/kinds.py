"""Which table a bare record belongs to, by its members: files of tags, pools, comments have records of their own shape."""

from __future__ import annotations

from booruql.sites import Site
from booruql.store.files import stem
from booruql.store.records import TABLES, Item, Record

SHAPES: tuple[tuple[str, str | None, frozenset[str]], ...] = tuple(
    (table, site, frozenset(members.split()))
    for table, site, members in (
        ("tag_aliases", None, "antecedent_name consequent_name"),
        ("tags", "danbooru", "name post_count category"),
        ("tags", "furbooru", "name images slug"),
        ("pools", "danbooru", "name post_ids category"),
        ("favorite_groups", "danbooru", "name post_ids creator_id"),
        ("galleries", "furbooru", "title thumbnail_id spoiler_warning"),
        ("filters", "furbooru", "hidden_complex spoilered_complex"),
        ("comments", "furbooru", "body image_id"),
        ("note_versions", "danbooru", "note_id post_id body"),
        ("notes", "danbooru", "body post_id x y"),
        ("comments", "danbooru", "body post_id creator_id"),
        ("artist_commentaries", "danbooru", "post_id original_title translated_title"),
        ("post_flags", "danbooru", "post_id reason is_resolved"),
        ("post_appeals", "danbooru", "post_id reason status"),
        ("post_votes", "danbooru", "post_id user_id score"),
        ("users", "danbooru", "name level"),
        ("favorites", "danbooru", "user_id post_id"),
    )
)
"""Table, the only site that has it in this shape, and the members that tell it; the first that fits counts."""


def table_of(item: Item, site: Site) -> str | None:
    """The table of an item that names none; None: the site's main one."""
    if item.table is not None:
        return item.table
    if site.recognises(item.record):
        return None
    named = stem(item.path)
    if named in TABLES and named not in site.resources:
        return named
    found = shape_of(item.record)
    if found is None:
        return named if named in TABLES and named != site.resource().name else None
    if found[0] == "tag_aliases" and "implication" in named:
        return "tag_implications"
    return found[0]


def shape_of(record: Record) -> tuple[str, str | None] | None:
    """Table and site of a record that is no post."""
    if "tag_string" in record or "sha512_hash" in record:
        return None
    return next(((table, site) for table, site, members in SHAPES if members <= record.keys()), None)
