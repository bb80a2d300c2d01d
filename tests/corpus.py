"""Posts with everything around them, made by chance from a seed: nulls, text beyond ASCII, pools, comments, favourites."""

from __future__ import annotations

import random
from typing import Any

from booruql.backends.sql.values import round32
from booruql.documents import Document
from booruql.schema import Field, Kind, Table, table
from tests.strategies import NAMES

TEXTS = (
    *NAMES, "", " ", "a ", "Ab", "ß", "İi", "ΣΑΣ", "quo'te", 'dou"ble', "back\\slash", "new\nline", "tab\there", "--x",
    "{p1:Int8}", "100%", "\U0001f431 cat", "é", "e\u0301", "\uffff", "%s", ":p1", "?", "$1",
)  # fmt: skip
HOSTILE = (
    "'; DROP TABLE posts; --", "\\'; --", "/* */", "a\0b", "\0", "\x1a", "%%", "%(p1)s", "{p1:String}", "${1}", "\\N", "\\x41",
    "\\0", "]", "[a-z]", "(?i)a", "\u202e", "$$", "`", "U&'\\0041'", "0x41", "NULL", "!%", "\u2028", "\\" * 99, "*", "**",
    "a' OR 'a'='a", "t1 OR t2", "t1 | t2", "!t1", '"a" <-> b:*', "\b\f\r", "x" * 1_000_000, "\\" * 70_000, "\U0001f431" * 300,
)  # fmt: skip
"""Text that would mean something to a database if it were no value."""
HELD = tuple(text for text in HOSTILE if "\0" not in text and len(text) < 1000)
TAGS = (
    *NAMES,
    *(text for text in HELD if text.isprintable() and not {" ", ","} & set(text) and len(text) < 200),
    "OR",
    "NOT",
    "named",
    "t1",
    "12",
    "ẞ",
)
AROUND = ("comments", "pools", "favorites", "notes", "gallery_items", "post_flags", "post_appeals", "artist_commentaries")
Tables = dict[str, tuple[Table, list[Document]]]


def make_tables(posts: Table, size: int, seed: int = 1) -> Tables:
    """Documents by entity, linked by the relations of their schemas."""
    chance = random.Random(seed)
    found: Tables = {"posts": (posts, [_post(posts, number + 1, size, chance) for number in range(size)])}
    found["tags"] = (table("tags"), [Document(id=n, name=name, post_count=1) for n, name in enumerate(TAGS, 1)])
    for entity in AROUND:
        schema = table(entity)
        rows = [_row(schema, number + 1, size, chance) for number in range(size)]
        found[entity] = (schema, rows)
    link(found)
    return found


def _post(schema: Table, number: int, size: int, chance: random.Random) -> Document:
    post = _row(schema, number, size, chance)
    tags = frozenset(chance.sample(TAGS, chance.randint(0, 9)))
    post["tags"] = tags
    post["tag_names"] = tags | {f"alias_of_{name}" for name in tags if chance.random() < 0.8}
    post["tag_ids"] = frozenset(TAGS.index(name) + 1 for name in tags)
    return post


def _row(schema: Table, number: int, size: int, chance: random.Random) -> Document:
    row = Document()
    for name, field in schema.fields.items():
        if name == "id":
            row[name] = number
        elif name.endswith("post_id") or name in ("parent_id", "post_ids"):
            some = frozenset(chance.randint(1, size) for _ in range(chance.randint(0, 4)))
            row[name] = some if field.many else _maybe(field, chance.randint(1, size), chance)
        elif field.many:
            row[name] = frozenset(_value(field, chance) for _ in range(chance.randint(0, 3)))
        else:
            row[name] = _maybe(field, _value(field, chance), chance)
    return row


def _maybe(field: Field, value: Any, chance: random.Random) -> Any:
    return None if field.nullable and chance.random() < 0.3 else value


def _value(field: Field, chance: random.Random) -> Any:
    match field.kind:
        case Kind.INT | Kind.ID:
            return chance.choice((-1, 0, 1, 2, 3, 7, 2_147_483_647))
        case Kind.INSTANT:
            return chance.choice((0, 1, 86_400_000_000, 1_700_000_000_000_000, 1_700_000_000_000_001))
        case Kind.FLOAT | Kind.FLOAT32:
            value = chance.choice((0.0, 0.1, 0.5, 1.0, 1.7000000476837158, 1.7, 2.5, -1.5, 1e20))
            return round32(value) if field.kind is Kind.FLOAT32 else value
        case Kind.BOOL:
            return chance.random() < 0.5
        case Kind.JSON:
            return None
        case _:
            return chance.choice(field.values or (*TEXTS, *HELD))


def link(tables: Tables) -> None:
    """Give documents their related rows."""
    for schema, documents in tables.values():
        for relation in schema.relations.values():
            index: dict[Any, list[Document]] = {}
            for row in tables[relation.entity][1] if relation.entity in tables else ():
                value = row[relation.other]
                for one in value if isinstance(value, frozenset) else (value,):
                    index.setdefault(one, []).append(row)
            for document in documents:
                own = document[relation.own]
                document[relation.name] = tuple(index.get(own, ())) if own is not None else ()
