"""The tables and indexes of a store, as SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from booruql.backends.sql.layouts.join import Join
from booruql.schema import Field, Kind, Table, table
from booruql.schema.field import make_table
from booruql.sites import Site
from booruql.store.shapes import ROW_KEY, Shape
from booruql.store.tables import schema_of


class Index(NamedTuple):
    """An index of a store: its name, the table and columns."""

    name: str
    columns: str
    is_unique: bool = False

    def create(self) -> str:
        """The statement that makes it where it is not there."""
        return f'CREATE {"UNIQUE " if self.is_unique else ""}INDEX IF NOT EXISTS "{self.name}" ON {self.columns}'


FIRST = (
    "CREATE TABLE booru (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    "CREATE TABLE posts_tags (post_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (post_id, tag_id)) WITHOUT ROWID",
    "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT, name_folded TEXT, uses INTEGER NOT NULL DEFAULT 0)",
    "CREATE TABLE tag_names (name TEXT NOT NULL, tag_id INTEGER NOT NULL, name_folded TEXT NOT NULL,"
    " PRIMARY KEY (name, tag_id)) WITHOUT ROWID",
    "CREATE TABLE rejects (number INTEGER PRIMARY KEY, path TEXT, line INTEGER, byte INTEGER, reason TEXT, text TEXT)",
    "CREATE TABLE seen (entity TEXT NOT NULL, page INTEGER NOT NULL, bits BLOB, PRIMARY KEY (entity, page)) WITHOUT ROWID",
)
"""What every store has. The ids of `tags` come of the names, below 0; links above 0 are numbers that posts give."""
BY_TAG = Index("posts_tags_by_tag", "posts_tags (tag_id, post_id)", is_unique=True)
"""Unique, so that the planner asks it whether a post has a tag: a tag's own entries lie together, a post's key does not."""
TAG_INDEXES = (
    BY_TAG,
    Index("tags_by_name", "tags (name)"),
    Index("tags_by_uses", "tags (uses, name)"),
    Index("tag_names_by_tag", "tag_names (tag_id)"),
)
_ORDERED = ("score", "favorite_count", "created_at", "updated_at", "uploader_id")
_RARE = ("parent_id", "approver_id", "pixiv_id", "md5")
_MARKED = ("is_pending", "is_flagged", "is_deleted")


def make_tables(shape: Shape) -> Iterator[str]:
    """The tables of an entity, without what is made after loading."""
    columns = [f'"{c.name}" {c.type}{" PRIMARY KEY" if c.name == "id" else ""}' for c in shape.columns]
    key = [] if shape.has_id else [f"{ROW_KEY} INTEGER PRIMARY KEY"]
    yield f'CREATE TABLE "{shape.stored}" ({", ".join(key + columns)})'
    for field in shape.sides:
        folded = ", value_folded TEXT" if shape.layout.is_folded(field) else ""
        name, type_ = f"{shape.name}_{field.name}", shape.dialect.column_type(field)
        members = f"owner_id INTEGER NOT NULL, value {type_}{folded}, PRIMARY KEY (owner_id, value)"
        yield f'CREATE TABLE "{name}" ({members}) WITHOUT ROWID'
    if shape.name == "tags":
        yield _listed_tags(shape)


def make_raw(entity: str) -> str:
    """The table of an entity's records as they came."""
    return f'CREATE TABLE IF NOT EXISTS "raw_{entity}" (id INTEGER PRIMARY KEY, updated INTEGER NOT NULL, record TEXT NOT NULL)'


def _listed_tags(shape: Shape) -> str:
    """The tags that are searched themselves: those of a tag table, else those that posts carry."""
    names = [column.name for column in shape.columns]
    own = {"id": "id", "name": "name", "name_folded": "name_folded", "post_count": "uses"}
    listed = ", ".join(f't."{name}" AS "{name}"' for name in names)
    carried = ", ".join(f'{own.get(name, "NULL")} AS "{name}"' for name in names)
    again = "EXISTS (SELECT 1 FROM tag_rows AS o WHERE o.name = t.name AND o.id > 0)"
    return (
        f"CREATE VIEW listed_tags AS SELECT {listed} FROM tag_rows AS t WHERE t.id > 0 OR NOT {again} UNION ALL "
        f"SELECT {carried} FROM tags WHERE name IS NOT NULL AND NOT EXISTS (SELECT 1 FROM tag_rows)"
    )


def make_indexes(site: Site, shape: Shape) -> Iterator[Index]:
    """The indexes of an entity."""
    if shape.name == "tags":
        yield Index("tag_rows_by_name", "tag_rows (name)")
    for field in shape.sides:
        name = f"{shape.name}_{field.name}"
        yield Index(f"{name}_by_value", f'"{name}" (value, owner_id)')
    own = [name for name in _link_columns(site, shape) if name not in _RARE]
    if shape.name == "posts":
        own += _ORDERED
        for name in _RARE:
            yield Index(f"posts_by_{name}", f'posts ("{name}") WHERE "{name}" IS NOT NULL')
        for name in _MARKED:
            yield Index(f"posts_by_{name}", f'posts ("{name}") WHERE "{name}"')
    for name in dict.fromkeys(own):
        yield Index(f"{shape.name}_by_{name}", f'"{shape.stored}" ("{name}")')


def _link_columns(site: Site, shape: Shape) -> Iterator[str]:
    """Columns by which other entities, or this one, find its rows."""
    for relation in table(site.resource().entity).relations.values():
        if relation.entity == shape.name and relation.other != "id" and not shape.schema.fields[relation.other].many:
            yield relation.other


def tags_schema(site: Site) -> Table:
    """The tag table's schema: the entity's own where it is known, else what catalogs need."""
    found = schema_of(site, "tags")
    needed = (
        Field("id", Kind.INT, "number of the tag"),
        Field("name", Kind.TAG, "name of the tag", nullable=True),
        Field("category", Kind.INT, "kind of tag", nullable=True),
        Field("post_count", Kind.INT, "posts that have it", nullable=True),
    )
    fields = dict(found.fields) if found else {}
    return make_table("tags", {**{f.name: f for f in needed}, **fields}.values(), found.relations.values() if found else ())


def listed(layout: Join) -> Join:
    """The layout with the tags of this store."""
    from dataclasses import replace

    return replace(layout, listed_tags="listed_tags")
