"""Printed forms of trees: `sexp`, `tree` and `json` of every state; `infix`, `written`, `normal` and `cnf` of tag search.

All are linear in the tree (the clauses of `cnf` apart, which are capped) and none recurses over it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from typing import Any, NamedTuple, get_args

from booruql.ast.fold import children, depth, fold
from booruql.ast.nodes import All, And, Boost, Count, Given, Leaf, Node, Not, Nothing, Opt, Or, Query, Symbol, Term, Unknown
from booruql.ast.normal import clauses, joined, trimmed
from booruql.errors import ConfigError, make_error
from booruql.text import SPACES

_WORDS: dict[type, str] = {And: "and", Or: "or", Not: "not", Opt: "opt", Boost: "boost", Unknown: "unknown", Given: "given"}
_NODES = (*get_args(Node), *get_args(Leaf))
_JSON_DEPTH = 300  # what readers and writers of JSON manage; deeper trees have the other forms
_BLANKS = frozenset(SPACES)
_Link = tuple[Any, ...]


def query(found: Query, form: str, limit: int = 400) -> Any:
    """A parsed query in one of the forms: text, or JSON values for `json`.

    Raises:
        ConfigError: there is no such form.
        LimitError: `cnf` would have more clauses than `limit`, or the tree is too deep for `json`.
    """
    if form == "cnf":
        return cnf(found.where, limit)
    if form not in FORMS:
        raise ConfigError(f"no form {form!r}; known: cnf, {', '.join(FORMS)}")
    return FORMS[form](found.where)


def sexp(node: Node) -> str:
    """One line for any state; for tag search the site's own s-expression.

    >>> sexp(And((Term(None, "cat"), Not(Term("user", "a b")))))
    '(and cat (not user:"a b"))'
    """
    return _flat(fold(node, _sexp_part))


def _sexp_part(node: Node, below: tuple[_Link, ...]) -> _Link:
    word = _WORDS.get(type(node))
    if word is None:
        return (_leaf(node),)
    head = f"({word} {node.factor}" if isinstance(node, Boost) else f"({word}"
    parts = [part for child in below for part in (" ", child)]
    if isinstance(node, Given):
        parts += (" ", sexp(node.condition))
    return (head, *parts, ")")


def _flat(link: _Link) -> str:
    """The text of nested tuples of text: every part is copied once, however deep it stands."""
    out: list[str] = []
    stack: list[Any] = [link]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            out.append(part)
        else:
            stack.extend(reversed(part))
    return "".join(out)


def _leaf(node: Node) -> str:
    match node:
        case All():
            return "all"
        case Nothing():
            return "none"
        case Term(wild=True):
            return f"(wildcard {node.text})"
        case Term():
            return term(node)
        case _:
            said = (getattr(node, f.name) for f in fields(node) if f.name not in ("span", "factor"))
            return f"({' '.join([type(node).__name__.lower(), *(_value(value) for value in said if value is not False)])})"


def term(found: Term) -> str:
    """A term as the site prints it: in quotes where it was quoted or holds white space.

    >>> term(Term("source", 'say "hi"'))
    'source:"say \\\\"hi\\\\""'
    """
    if found.name is None:
        return found.text
    if found.quoted or not _BLANKS.isdisjoint(found.text):
        escaped = found.text.replace('"', '\\"')
        return f'{found.name}:"{escaped}"'
    return f"{found.name}:{found.text}"


def _value(value: Any) -> str:
    match value:
        case Enum():
            return str(value.value)
        case Count():
            return f"(count {value.relation} {sexp(value.where)})"
        case str():
            plain = value and _BLANKS.isdisjoint(value) and not any(c in '()[]"' for c in value)
            return value if plain else json.dumps(value, ensure_ascii=False)
        case tuple():
            return f"[{' '.join(map(_value, value))}]"
        case bool() | None:
            return json.dumps(value)
        case _:
            return sexp(value) if isinstance(value, _NODES) else str(value)


def infix(node: Node) -> str:
    """The form of saved searches. It does not always read back to the same tree; `written` does.

    >>> a, b, c = (Term(None, x) for x in "abc")
    >>> infix(And((Not(And((a, b))), Opt(c))))
    '-(a b) ~c'
    """
    return "" if isinstance(node, All) else _flat(fold(node, _infix_part)[0])


def _infix_part(node: Node, below: tuple[tuple[_Link, int], ...]) -> tuple[_Link, int]:
    """The text, and how many children the node has."""
    match node:
        case Not() | Opt():
            mark = "-" if isinstance(node, Not) else "~"
            bare = not children(node.child)
            return (mark, below[0][0]) if bare else (mark, "(", below[0][0], ")"), 1
        case And() | Or():
            gap = " " if isinstance(node, And) else " or "
            parts = [part for text, count in below for part in (gap, ("(", text, ")") if count > 1 else text)]
            return tuple(parts[1:]), len(below)
        case Term(wild=True):
            return (node.text,), 0
        case _:
            return (_leaf(node),), 0


def written(node: Node) -> str:
    """Tag search that reads back to the same tree.

    >>> a, b = (And((Term(None, x),)) for x in "ab")
    >>> written(Or((a, And((Opt(Or((a, b))), Term("user", "x y"))))))
    'a or ~(a or b) user:x\\\\ y'
    """
    return _flat(fold(node, _written_part).whole)


class _Part(NamedTuple):
    """A printed part: as a list without parentheses, alone, as a member of a list; the last word alone and as a member.

    A last word is None where any `)` may follow it.
    """

    bare: _Link
    whole: _Link
    member: _Link
    last: str | None
    member_last: str | None = None


def _written_part(node: Node, below: tuple[_Part, ...]) -> _Part:
    match node:
        case Not() | Opt():
            return _word(("-" if isinstance(node, Not) else "~", below[0].member), below[0].member_last)
        case And():
            bare: tuple[Any, ...] = tuple(part for child in below for part in (" ", child.member))[1:]
            whole: tuple[Any, ...]
            if len(below) == 2 and all(isinstance(child, And) for child in node.children):
                whole, last = (below[0].bare, " and ", below[1].whole), below[1].last
            else:
                whole, last = bare, below[-1].member_last
            return _Part(bare, whole, _group(whole, last), last)
        case Or():
            first = below[0].member if isinstance(node.children[0], Or) else below[0].whole
            whole = (first, *(part for child in below[1:] for part in (" or ", child.whole)))
            return _Part(whole, whole, _group(whole, below[-1].last), below[-1].last)
        case Term(name=str(), quoted=False):
            return _word((f"{node.name}:{node.text}".replace(" ", "\\ "),), None)
        case Term(name=None):
            return _word((node.text,), node.text)
        case All():
            return _word(("",), None)
        case _:
            return _word((_leaf(node),), None)


def _word(text: _Link, last: str | None) -> _Part:
    return _Part(text, text, text, last, last)


def _group(text: _Link, last: str | None) -> _Link:
    """A blank keeps `)` off a word that would take it for its own."""
    return ("(", text, " )" if last and "(" in last and not last.endswith(")") else ")")


def normal(node: Node) -> str:
    """The s-expression of the normalised tree (aliases apart, which need a catalog).

    >>> normal(And((And((Opt(Term(None, "a")),)),)))
    'a'
    """
    return sexp(trimmed(node))


def cnf(node: Node, limit: int = 400) -> str:
    """The sorted conjunctive normal form.

    >>> cnf(Or((Term(None, "b"), Not(And((Term(None, "c"), Term(None, "a")))))))
    '(or (not a) (not c) b)'

    Raises:
        LimitError: it has more clauses than `limit`.
    """
    found = [sexp(clause[0]) if len(clause) == 1 else f"(or {' '.join(map(sexp, clause))})" for clause in clauses(node, limit)]
    return found[0] if len(found) == 1 else f"(and {' '.join(found)})"


def tree(node: Node) -> str:
    """One node a line, indented: for the eyes.

    >>> print(tree(And((Term(None, "cat"), Not(Term(None, "dog"))))))
    and
      cat
      not
        dog
    """
    lines: list[str] = []
    stack = [(node, 0)]
    while stack:
        current, level = stack.pop()
        head = _WORDS.get(type(current)) or _leaf(current)
        lines.append("  " * min(level, _JSON_DEPTH) + head)
        stack.extend((child, level + 1) for child in reversed(children(current)))
    return "\n".join(lines)


def to_json(node: Node) -> Any:
    """JSON values, chains of one kind joined: `{"and": [...]}`, `{"not": ...}`, `{"tag": "cat", "start": 0, "end": 3}`.

    Raises:
        LimitError: the tree is too deep for readers of JSON.
    """
    found = joined(node)
    if depth(found) > _JSON_DEPTH:
        raise make_error("E602", f"the tree is deeper than the limit of JSON, {_JSON_DEPTH}", node.span, hint="print it as sexp")
    return fold(found, _json_part)


def _json_part(node: Node, below: tuple[Any, ...]) -> Any:
    word = _WORDS.get(type(node))
    place = {"start": node.span[0], "end": node.span[1]} if node.span else {}
    match node:
        case And() | Or():
            return {word: list(below), **place}
        case Boost():
            return {word: below[0], "factor": node.factor, **place}
        case Given():
            return {word: below[0], "condition": sexp(node.condition), **place}
        case Not() | Opt() | Unknown():
            return {word: below[0], **place}
        case Term(name=None):
            return {"wildcard" if node.wild else "tag": node.text, **place}
        case Term():
            return {"field": node.name, "value": node.text, "quoted": node.quoted, **place}
        case All() | Nothing():
            return {_leaf(node): True, **place}
        case Symbol():
            return {"symbol": node.word, "args": [_value(arg) for arg in node.args], **place}
        case _:
            said = {f.name: _plain(getattr(node, f.name)) for f in fields(node) if f.name != "span"}
            return {type(node).__name__.lower(): said, **place}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case str() | bool() | int() | float() | None:
            return value
        case tuple():
            return [_plain(part) for part in value]
        case _:
            return _value(value)


FORMS: dict[str, Callable[[Node], Any]] = {
    "sexp": sexp,
    "normal": normal,
    "infix": infix,
    "written": written,
    "tree": tree,
    "json": to_json,
}
