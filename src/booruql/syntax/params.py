"""URL parameters: text -> written tree -> typed search. A Term's name is the whole name of its parameter, brackets and all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from booruql import sites
from booruql.ast.nodes import All, And, Compare, Key, Node, Nothing, OneOf, Op, Page, Place, Query, Search, Symbol, Term
from booruql.context import Limits
from booruql.errors import BadValueError, Notes, Span, make_error
from booruql.sites import Resource, Site
from booruql.syntax._folding import extend, listed
from booruql.syntax._lark import Grammar
from booruql.syntax._params_keys import keys, keys_of, related
from booruql.syntax._params_lexer import Name, tokens
from booruql.syntax._params_only import DEPTH, choose
from booruql.syntax._params_types import Asked, boolean, member
from booruql.syntax._values import read_value
from booruql.text import lower

EXTRAS = ("tags", "page", "limit", "only", "random")
_HINTED, _LONGEST = 10, 80
"""How many unknown names are compared with the known ones, and how long ones: what is wrong everywhere needs no hint."""
_KEYS = re.compile(r"\[([^\[\]]*)\]")
_LEADING = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]{1,18})")
_BESIDE = re.compile(r"([ab])([0-9]{1,18})", re.IGNORECASE | re.ASCII)


def _longer(name: Name, key: str) -> Name:
    return Name(f"{name.text}[{key}]", name.span)


GRAMMAR = Grammar(
    "params",
    {
        "nothing": list,
        "first": listed,
        "more": extend,
        "given": lambda name, value: Term(name.text, value[0], span=Span(name.span.start, value[1])),
        "bare": lambda name: Term(name.text, "", span=name.span),
        "key": _longer,
        "list": _longer,
    },
)


def parse(text: str, site: Site, entity: str, limits: Limits) -> Node:
    """The written tree: a Term for each parameter, in order.

    Raises:
        ParseError: an encoded text is none, or a parameter is given both as a value and as a group.
        LimitError: too many characters, parameters or keys of keys.
    """
    terms: list[Term] = GRAMMAR.parse(tokens, text, limits)
    if not terms:
        return All()
    group(terms)
    return And(tuple(terms), Span(0, len(text)))


def check(tree: Node) -> None:
    """The site rejects nothing but single values."""


def extras(tree: Node) -> tuple[tuple[str, str], ...]:
    """What stands beside `search[...]`: the last of each top-level parameter, and the order."""
    found = {}
    for term in terms_of(tree):
        name = "order" if term.name == "search[order]" else str(term.name)
        if name in (*EXTRAS, "order"):
            found[name] = term.text
    return tuple(found.items())


def terms_of(tree: Node) -> Iterator[Term]:
    """The parameters of a written tree."""
    for child in tree.children if isinstance(tree, And) else ():
        assert isinstance(child, Term)
        yield child


# --- names in brackets


@dataclass
class Group:
    """Parameters by key; a leaf is the terms of one name."""

    members: dict[str, Group | list[Term]] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)


def group(terms: list[Term] | tuple[Term, ...]) -> Group:
    """The terms by the keys of their names.

    Raises:
        ParseError: E110, a name is given both as a value and as a group.
        LimitError: E602, keys of keys beyond the site's depth.
    """
    root = Group()
    for term in terms:
        name = str(term.name)
        head, bracket, rest = name.partition("[")
        path = [head, *_KEYS.findall(bracket + rest)]
        is_list = len(path) > 1 and path[-1] == ""
        if is_list:
            path.pop()
        if len(path) > DEPTH + 2:
            message = f"{name[:60]!r} nests deeper than the limit of {DEPTH}"
            raise make_error("E602", message, term.span, hint="ask the related records themselves")
        _put(root, path, term, is_list)
    return root


def _put(root: Group, path: list[str], term: Term, is_list: bool) -> None:
    *above, last = path
    for key in above:
        inner = root.members.setdefault(key, Group())
        if not isinstance(inner, Group):
            raise _both_ways(term)
        root = inner
    found = root.members.setdefault(last, [])
    if isinstance(found, Group):
        raise _both_ways(term)
    if is_list:
        root.lists.add(last)
    found.append(term)


def _both_ways(term: Term) -> Exception:
    return make_error("E110", f"{term.name!r} is given both as a value and as a group", term.span, hint="keep one of them")


# --- typed


@dataclass(frozen=True)
class _Reading:
    site: Site
    resource: Resource
    notes: Notes
    path: str = "search"
    is_raw: bool = False


def read(query: Query, resource: Resource, notes: Notes) -> Search:
    """The typed search. Values that cannot be read match nothing; unknown parameters are passed over with a warning.

    Raises:
        BadValueError: no boolean word where one is due; the site answers an error.
        UnsupportedError: a parameter that has no form here.
    """
    site = sites.load(query.site)
    root = group(list(terms_of(query.where)))
    reading = _Reading(site, resource, notes, is_raw=is_raw(query.where))
    top = {word.name: word for word in resource.requests}
    found: list[Node] = []
    md5 = root.members.get("md5")
    is_one = isinstance(md5, list) and bool(md5[-1].text)
    if resource.name != site.default_entity and not isinstance(root.members.get("search"), Group):
        found += conditions(Group(), reading)
    for name, value in root.members.items():
        if name == "search" and isinstance(value, Group) and resource.name != site.default_entity:
            found += conditions(value, reading)
            continue
        if name == "tags" and is_one:
            continue
        if name not in top or isinstance(value, Group):
            _note_unknown(name, value, ("", top, ""), notes)
            continue
        if top[name].reader not in ("page", "limit", "only", "order"):
            found.append(_top(value, name, reading))
    return _finished(query, resource, root, found, notes)


def _finished(query: Query, resource: Resource, root: Group, found: list[Node], notes: Notes) -> Search:
    site = sites.load(query.site)
    given = {name: value[-1] for name, value in root.members.items() if isinstance(value, list)}
    search = root.members.get("search")
    inner = search.members if isinstance(search, Group) and resource.name != site.default_entity else {}
    order, demands = read_order(inner, resource, notes)
    page = read_page(given["page"].text) if "page" in given else Page()
    most = resource.max_page_size or site.max_page_size
    size = read_limit(given["limit"], most, notes) if "limit" in given else None
    only = choose(given["only"], site, resource, notes) if "only" in given and given["only"].text else None
    return Search(query.site, query.entity, And((*found, *demands)), order, page, size, fields=only)


def _top(terms: list[Term], name: str, reading: _Reading) -> Node:
    word = next(word for word in reading.resource.requests if word.name == name)
    asked = Asked((terms[-1].text,), terms[-1].span, word, reading.resource, reading.notes, name)
    if not asked.text:
        return All()
    if word.reader == "tags":
        literal = Compare("tags", Op.EQ, lower(asked.text.strip()), asked.span)
        return literal if reading.is_raw else Symbol("tags", (asked.text,), asked.span)
    return keys_of(word, name, reading.site)[name].read(asked)


def _note_unknown(name: str, value: Group | list[Term], known: tuple[str, Iterable[str], str], notes: Notes) -> None:
    """Warn of a parameter; `known` are the names that there are, and what stands before and after each."""
    if isinstance(value, Group):
        for key, inner in value.members.items():
            _note_unknown(f"{name}[{key}]", inner, known, notes)
        return
    few = len(notes.warnings) < _HINTED and len(name) <= _LONGEST
    before, names, after = known
    close = get_close_matches(name, [before + one + after for one in names], 1) if few else ()
    hint = f"{close[0]!r} is the nearest name" if close else None
    notes.warn("W208", f"{name!r} is no parameter here and is ignored", value[-1].span, hint=hint)


def conditions(found: Group, reading: _Reading) -> list[Node]:
    """What the keys of one record ask; blank values ask nothing."""
    known = keys(reading.site.name, reading.resource.name)
    result = []
    for name, value in found.members.items():
        if isinstance(value, Group):
            result += _nested(name, value, reading)
            continue
        if name == "order" and reading.path == "search" and reading.resource.orders:
            continue
        terms = [term for term in value if term.text != ""]
        if not terms:
            continue
        if name not in known:
            _note_unknown(f"{reading.path}[{name}]", terms, (f"{reading.path}[", known, "]"), reading.notes)
            continue
        result.append(_read_one(name, terms, name in found.lists, reading))
    result += _defaults(found, reading)
    result += _visible(found, reading)
    return result


def _read_one(name: str, terms: list[Term], is_list: bool, reading: _Reading) -> Node:
    key = keys(reading.site.name, reading.resource.name)[name]
    shown = f"{reading.path}[{name}]"
    if not is_list:
        for term in terms[:-1]:
            reading.notes.warn("W205", f"{shown!r} is given again later", term.span, hint=f"only {terms[-1].text!r} counts")
    texts = tuple(term.text for term in terms) if is_list else (terms[-1].text,)
    return key.read(Asked(texts, terms[-1].span, key.word, reading.resource, reading.notes, shown))


def _nested(name: str, value: Group, reading: _Reading) -> list[Node]:
    """The keys of a related record, or the members of a JSON value."""
    word = next((w for w in reading.resource.parameters if name in (w.name, *w.synonyms)), None)
    path = f"{reading.path}[{name}]"
    if word is not None and word.reader in ("record", "class"):
        inner = replace(reading, resource=reading.site.resource(word.args[1]), path=path)
        found = conditions(value, inner)
        span = next(_spans(value), None)
        asked = Asked((), span, word, reading.resource, reading.notes, path)
        return [related(word, And(tuple(found)), asked)] if found else []
    if word is not None and word.reader == "json":
        return [
            member(Asked((terms[-1].text,), terms[-1].span, word, reading.resource, reading.notes, path), key)
            for key, terms in value.members.items()
            if isinstance(terms, list)
        ]
    names = (word.name for word in reading.resource.parameters)
    _note_unknown(path, value, (f"{reading.path}[", names, "]"), reading.notes)
    return []


def _spans(found: Group) -> Iterator[Span | None]:
    for value in found.members.values():
        if isinstance(value, Group):
            yield from _spans(value)
        else:
            yield value[-1].span


def _defaults(found: Group, reading: _Reading) -> Iterator[Node]:
    """What holds unless a parameter says no; related records are asked without it."""
    for word in reading.resource.parameters if reading.path == "search" else ():
        if word.reader == "unless_no" and word.name not in found.members:
            yield word.args[0]


def _visible(found: Group, reading: _Reading) -> list[Node]:
    """Asking some attributes hides rows that would tell a viewer more than they may know."""
    rules: Mapping[str, tuple[str, ...]] = reading.resource.guards
    result: list[Node] = []
    for rule, guarded in rules.items():
        if not guarded or any(name == key or name.startswith(f"{key}_") for name in found.members for key in guarded):
            result.append(Symbol("visible", (rule,)))
    return result


# --- what is beside the condition


def read_order(
    found: Mapping[str, Group | list[Term]], resource: Resource, notes: Notes
) -> tuple[tuple[Key, ...], tuple[Node, ...]]:
    """The keys of `search[order]`, and what they demand: `custom` asks for the ids of `search[id]`, in their order."""
    default = resource.orders.get("", (Key("id", descending=True),))
    given = found.get("order")
    if not isinstance(given, list) or not given[-1].text:
        return default, ()
    term = given[-1]
    has_custom = any(word.name == "id" and word.reader == "integer" for word in resource.parameters)
    if term.text == "custom" and has_custom:
        ids = _ids(found.get("id"))
        return ((Key(Place(ids)), Key("id", True)), (OneOf("id", ids, term.span),)) if ids else (default, (Nothing(term.span),))
    if term.text not in resource.orders:
        known = ", ".join([word for word in resource.orders if word] + ["custom"] * has_custom)
        message = f"{term.text!r} is no order of {resource.name} and is dropped"
        notes.warn("W204", message, term.span, hint=f"write {known}" if known else None)
        return default, ()
    return resource.orders[term.text], ()


def _ids(given: Group | list[Term] | None) -> tuple[int, ...]:
    """The ids of a list or a single number; nothing else gives an order."""
    if not isinstance(given, list):
        return ()
    try:
        found = read_value("integer", given[-1].text)
    except BadValueError:
        return ()
    return tuple(dict.fromkeys(found.values)) if found.op in ("eq", "in") and None not in found.values else ()


def read_page(text: str) -> Page:
    """A page by number, or `b5` and `a5` for what is before and after an id; anything else is the first.

    >>> read_page("b9"), read_page("junk").number
    (Page(number=1, before=9, after=None), 1)
    """
    beside = _BESIDE.fullmatch(text)
    if beside:
        number = int(beside[2])
        return Page(before=number) if beside[1] in "bB" else Page(after=number)
    digits = _LEADING.match(text)
    return Page(max(1, int(digits[1]) if digits else 1))


def read_limit(term: Term, most: int, notes: Notes) -> int:
    """The rows of a page: leading digits, from 1 to the most that the site gives."""
    digits = _LEADING.match(term.text)
    size = max(1, min(most, int(digits[1]) if digits else 0))
    if not digits or str(size) != term.text:
        notes.warn("W206", f"{term.text!r} is read as {size} rows a page", term.span, hint=f"write 1 to {most}")
    return size


def is_raw(tree: Node) -> bool:
    """Whether `raw` makes the whole of `tags` one tag."""
    return any(term.name == "raw" and term.text == "1" for term in terms_of(tree))


def is_random(query: Query) -> bool:
    """Whether `random` asks for posts by chance."""
    word = next((term for term in terms_of(query.where) if term.name == "random"), None)
    resource = sites.load(query.site).resource(query.entity)
    if word is None or not word.text:
        return False
    return boolean(Asked((word.text,), word.span, resource.requests[0], resource, Notes(), "random"))
