"""Every parameter that a resource knows: its attributes with the endings of their types, its related records, its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from booruql.ast.nodes import All, And, Compare, Exists, Glob, Node, Not, OneOf, Op, Or, Some, Symbol
from booruql.errors import BadValueError, make_error
from booruql.sites import Site, Word, load
from booruql.syntax._params_types import (
    TYPES,
    Asked,
    Reader,
    any_run,
    boolean,
    comma,
    read_range,
    singular,
    text_matches,
    words,
)
from booruql.syntax._params_types import condition as range_condition
from booruql.syntax._patterns import read_pattern
from booruql.text import SPACES, lower, trim

_DIGITS = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True)
class Key:
    """What a parameter asks: the word it belongs to and how its value is read."""

    word: Word
    read: Reader


@cache
def keys(site: str, name: str) -> Mapping[str, Key]:
    """The parameters of a resource that take a value, by name; nested ones have words of their own."""
    loaded = load(site)
    resource = loaded.resource(name)
    found: dict[str, Key] = {}
    for word in resource.parameters:
        for spelling in (word.name, *word.synonyms):
            found.update({key: Key(row.word, row.read) for key, row in keys_of(word, spelling, loaded).items()})
    return found


def keys_of(word: Word, name: str, site: Site) -> Mapping[str, Key]:
    if word.reader in SPECIAL:
        return {name: Key(word, SPECIAL[word.reader])}
    if word.reader == "class":
        return {}
    if word.reader == "record":
        return _record_keys(word, name, site)
    found = {name + ending: Key(word, read) for ending, read in TYPES[word.reader].items()}
    if word.reader == "json":
        found[f"has_{name}"] = Key(word, _has_value)
    if word.reader == "array":
        found = _array_keys(word, name, found)
    return found


def _array_keys(word: Word, name: str, plain: Mapping[str, Key]) -> dict[str, Key]:
    """Lists of texts may be asked in any letter case and by regular expression; all lists by their length."""
    found = dict(plain)
    if "integer" in word.args:
        found = {key: row for key, row in found.items() if "_lower" not in key}
    else:
        found[f"any_{singular(name)}_matches_regex"] = Key(word, TYPES["string"]["_regex"])
    count = replace(word, reader="integer", field=f"{singular(word.field)}_count", sample=">5")
    found.update({f"{singular(name)}_count{end}": Key(count, read) for end, read in TYPES["integer"].items()})
    return found


def _has_value(asked: Asked) -> Node:
    found = Exists(asked.field, asked.span)
    return found if boolean(asked) else Not(found, asked.span)


# --- related records


def _record_keys(word: Word, name: str, site: Site) -> Mapping[str, Key]:
    """Whether there is one; by its number, a user's name, a post's tags."""
    _, target, *_ = word.args
    found = {f"has_{name}": Key(word, _has_record)}
    if word.field:
        number = replace(word, reader="integer", sample="1")
        found.update({f"{name}_id{end}": Key(number, read) for end, read in TYPES["integer"].items()})
    if target == "users" and word.field:
        found[f"{name}_name"] = Key(word, _user_name)
    if target == site.default_entity:
        found[f"{name}_tags_match"] = Key(word, _tags_match)
    return found


def related(word: Word, where: Node, asked: Asked) -> Node:
    """Some related record satisfies the condition, and what the relation itself demands."""
    relation, _, *demands = word.args
    if word.reader == "class":
        of = Compare(word.field, Op.EQ, word.name)
        return And((of, Some(relation, where, asked.span)), asked.span)
    return Some(relation, And((where, *demands)) if demands else where, asked.span)


def _has_record(asked: Asked) -> Node:
    word = asked.text.lower()
    if word not in ("true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"):
        asked.notes.warn("W204", f"{asked.text!r} is neither true nor false, so {asked.key!r} is dropped", asked.span)
        return All(asked.span)
    demand = Compare("post_count", Op.GT, 0) if asked.word.args[1] == "tags" else All()
    found = related(asked.word, demand, asked)
    return found if boolean(asked) else Not(found, asked.span)


def _user_name(asked: Asked) -> Node:
    """A user by name, or those whose name matches a pattern."""
    if "*" in asked.text:
        return related(asked.word, Glob("name", read_pattern(normal_name(asked.text)), True), asked)
    return Symbol("user_name", (asked.field, asked.word.args[0], asked.text), asked.span)


def _tags_match(asked: Asked) -> Node:
    return related(asked.word, Symbol("tags_match", (asked.text,), asked.span), asked)


# --- words of their own


def normal_name(text: str) -> str:
    """A name as the site stores it: trimmed, lower case, underscores for blanks.

    >>> normal_name(" Long Hair ")
    'long_hair'
    """
    return "".join("_" if char in SPACES else char for char in lower(trim(text)))


def _glob(field: str, text: str, asked: Asked, fold: bool = False) -> Node:
    return Glob(field, read_pattern(text), fold, asked.span)


def _name_matches(asked: Asked) -> Node:
    return _glob(asked.field, normal_name(asked.text), asked)


def _name_normalize(asked: Asked) -> Node:
    return OneOf(asked.field, tuple(dict.fromkeys(map(normal_name, comma(asked.text)))), asked.span)


def _name_or_alias(asked: Asked) -> Node:
    text = normal_name(asked.text)
    active = Compare("status", Op.EQ, "active")
    alias = Some("consequent_aliases", And((active, _glob("antecedent_name", text, asked))), asked.span)
    return Or((_glob("name", text, asked), alias), asked.span)


def _similar(asked: Asked) -> Node:
    raise make_error("E504", "likeness of names is PostgreSQL's own", asked.span, hint="write search[name_matches]=cat*")


def _is_empty(asked: Asked) -> Node:
    empty = Compare(asked.field, Op.LE, 0, asked.span)
    return empty if boolean(asked) else Not(empty, asked.span)


def _hide(asked: Asked) -> Node:
    """Hides what the word's condition says; false hides nothing."""
    return Not(asked.word.args[0], asked.span) if boolean(asked) else All(asked.span)


def _where(asked: Asked) -> Node:
    """The word's condition, or its complement."""
    found: Node = asked.word.args[0]
    return found if boolean(asked) else Not(found, asked.span)


def _when(asked: Asked) -> Node:
    """One of several conditions, by name."""
    found = dict(asked.word.args).get(lower(asked.text))
    return asked.unreadable(f"one of {', '.join(dict(asked.word.args))}") if found is None else found


def _ilike(asked: Asked) -> Node:
    """Any of the word's fields matches, in any letter case."""
    fields = asked.word.args or (asked.field,)
    return Or(tuple(_glob(field, asked.text, asked, True) for field in fields), asked.span)


def _contains(asked: Asked) -> Node:
    text = normal_name(asked.text) if asked.word.args else asked.text
    return Glob(asked.field, any_run(text), True, asked.span)


def _matches_any(asked: Asked) -> Node:
    """Any of the fields: `/a regular expression/`, a pattern, or the whole name in any letter case."""
    fields = asked.word.args or (asked.field,)
    text = asked.text
    if len(text) > 1 and text[0] == text[-1] == "/":
        read = TYPES["string"]["_regex"]
        return Or(tuple(read(_over(field, asked, text[1:-1])) for field in fields), asked.span)
    return Or(tuple(_glob(field, normal_name(text), asked, True) for field in fields), asked.span)


def _over(field: str, asked: Asked, text: str | None = None) -> Asked:
    return replace(asked, word=replace(asked.word, field=field), texts=asked.texts if text is None else (text,))


def _text_any(asked: Asked) -> Node:
    return Or(tuple(text_matches(_over(field, asked)) for field in asked.word.args), asked.span)


def _url(asked: Asked) -> Node:
    """An address of the artist: a regular expression, a pattern, an address, or a part of one."""
    text = asked.text
    if len(text) > 1 and text[0] == text[-1] == "/":
        return Some("urls", TYPES["string"]["_regex"](_over("url", asked, text[1:-1])), asked.span)
    whole = text.startswith(("http://", "https://")) and "*" not in text
    return Some("urls", Glob("url", read_pattern(text) if whole else any_run(text), True, asked.span), asked.span)


def _name_or_url(asked: Asked) -> Node:
    looks = asked.text.startswith(("http://", "https://", "/")) or "." in asked.text
    return _url(asked) if looks else _matches_any(asked)


def _lower(asked: Asked) -> Node:
    return Compare(asked.field, Op.EQ, lower(asked.text), asked.span)


def _category_ids(asked: Asked) -> Node:
    """Categories of the second tag, by number, with blanks between."""
    numbers = tuple(int(word) for word in words(asked.text) if word.isdecimal() and word.isascii() and len(word) < 10)
    return Some("consequent_tag", OneOf("category_id", numbers, asked.span), asked.span)


def _links(asked: Asked) -> Node:
    """The text links to a page."""
    target = Compare("link_target", Op.EQ, normal_name(asked.text), asked.span)
    of = Compare("model_type", Op.EQ, asked.word.args[0])
    return Some("dtext_links", And((of, Compare("link_type", Op.EQ, "wiki_link"), target)), asked.span)


def _no_links(asked: Asked) -> Node:
    return Not(_links(asked), asked.span)


def _level(op: str) -> Reader:
    return lambda asked: TYPES["integer"][op](replace(asked, word=replace(asked.word, reader="integer")))


def _unless_no(asked: Asked) -> Node:
    found: Node = asked.word.args[0]
    return All(asked.span) if asked.text == "no" else found


def _number(asked: Asked) -> Node:
    """The digits that the value begins with, else 0; no ranges."""
    digits = _DIGITS.match(asked.text)
    return Compare(asked.field, Op.EQ, int(digits[0]) if digits else 0, asked.span)


def _name_list(asked: Asked) -> Node:
    return OneOf(asked.field, comma(asked.text), asked.span)


def _yes(asked: Asked) -> Node:
    """The word's condition for yes, its complement for no, nothing for any other word."""
    found: Node = asked.word.args[0]
    return {"yes": found, "no": Not(found, asked.span)}.get(asked.text, All(asked.span))


def _user(asked: Asked) -> Node:
    return Symbol("user_name", (asked.field, asked.word.args[0], asked.text), asked.span)


def _post_tags(asked: Asked) -> Node:
    """A tag search finds the post, or one of the posts."""
    relation = asked.word.args[0] if asked.word.args else "post"
    return Some(relation, Symbol("tags_match", (asked.text,), asked.span), asked.span)


def _all_items(asked: Asked) -> Node:
    """Every tag was added or removed."""
    return And(tuple(_either(text, asked) for text in words(asked.text)), asked.span)


def _any_item(asked: Asked) -> Node:
    found = tuple(_either(text, asked) for text in words(asked.text))
    return Or(found, asked.span)


def _either(text: str, asked: Asked) -> Node:
    return Or(tuple(Compare(field, Op.EQ, text, asked.span) for field in asked.word.args), asked.span)


def _first_word(asked: Asked) -> Node:
    """A part of the first word."""
    first = words(asked.text)[:1]
    return Glob(asked.field, any_run(first[0]), True, asked.span) if first else All(asked.span)


def _item(asked: Asked) -> Node:
    """The list has the number."""
    try:
        return range_condition(read_range("integer", asked.text, asked.span), asked)
    except BadValueError:
        return asked.unreadable("number")


def _refused(asked: Asked) -> Node:
    raise make_error("E501", f"{asked.key!r} has no form here", asked.span, hint="leave it out")


def _ignored(asked: Asked) -> Node:
    """A word that no condition follows from."""
    return All(asked.span)


SPECIAL: Mapping[str, Callable[[Asked], Node]] = {
    "name_matches": _name_matches, "name_normalize": _name_normalize, "name_or_alias": _name_or_alias, "similar": _similar,
    "is_empty": _is_empty, "hide": _hide, "where": _where, "when": _when, "ilike": _ilike, "contains": _contains,
    "matches_any": _matches_any, "text_any": _text_any, "url": _url, "name_or_url": _name_or_url, "lower": _lower,
    "category_ids": _category_ids, "links": _links, "no_links": _no_links, "least": _level("_gteq"), "most": _level("_lteq"),
    "all_items": _all_items, "any_item": _any_item, "first_word": _first_word, "item": _item,
    "unless_no": _unless_no, "number": _number, "name_list": _name_list, "yes_no": _yes, "user": _user, "post_tags": _post_tags,
    "refused": _refused, "ignored": _ignored, "like": lambda asked: _glob(asked.field, asked.text, asked),
    "tags": lambda asked: Symbol("tags_match", (asked.text,), asked.span),
}  # fmt: skip
"""Readers of words that are no attribute."""
