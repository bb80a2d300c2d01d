"""Filters: stored tags and queries that say what of a post's kind to hide or spoiler, compiled once, asked for each post.

The language is that of the site's search. A Philomena filter (`compile_filter`) hides and spoilers by tag ids and by
multi-line queries; a blacklist (`compile_blacklist`) hides by one search a line. Strings that do not compile follow the site:
a filter's stands for everything, a blacklist's line for nothing; both with a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Any

from booruql import sites
from booruql.ast.nodes import All, Node, OneOf, Or, Search
from booruql.backends import predicate
from booruql.backends.predicate import Predicate
from booruql.backends.predicate.reading import read_post
from booruql.context import Context, Filter
from booruql.engine.api import Closed, close, parse
from booruql.errors import Diagnostic, QueryError, Span
from booruql.passes.simplify import simplify
from booruql.sites import Resource


class Action(Enum):
    """What to do with a post."""

    SHOW = "show"
    SPOILER = "spoiler"
    HIDE = "hide"


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a filter act: the words of the query that held, where they stand, or the tag.

    `rule` names where it comes from: `hidden_tag_ids`, `hidden_complex`, `spoilered_...`, or a blacklist's line number.
    """

    rule: str
    words: str
    span: Span | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.words}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer for one post, and the causes; a post that is shown has none."""

    action: Action
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class _Rule:
    """One reason to act. The spans of `where` are counted in `text`, which begins at `start` of the whole."""

    name: str
    action: Action
    where: Node
    text: str = ""
    tags: tuple[tuple[int, str], ...] = ()
    start: int = 0


@dataclass
class Rules:
    """A compiled filter: `judge(post)` answers hide, spoiler or show."""

    resource: Resource
    rules: tuple[_Rule, ...]
    warnings: tuple[Diagnostic, ...] = ()
    _tests: dict[int, Predicate] = field(default_factory=dict, repr=False)
    """By the identity of the tree, which the predicate keeps alive: hashing a deep tree costs its size."""

    def judge(self, post: Any) -> Judgement:
        """What to do with a post (of any shape that a predicate takes), and why.

        >>> rules = compile_blacklist("cat\\ndog rating:q")
        >>> rules.judge({"id": 1, "tag_string": "cat sky", "rating": "g"}).causes
        (Cause(rule='1', words='cat', span=Span(start=0, end=3)),)
        """
        document = read_post(post, self.resource)
        for action in (Action.HIDE, Action.SPOILER):
            if not self._all[action](document):
                continue
            causes = tuple(cause for rule in self.rules if rule.action is action for cause in self._causes(rule, document))
            return Judgement(action, causes)
        return Judgement(Action.SHOW)

    def hides(self, post: Any) -> bool:
        """Whether the post is to be hidden; the quick question."""
        return self._all[Action.HIDE](post)

    def spoilers(self, post: Any) -> bool:
        """Whether the post is to be spoilered: what is hidden is not."""
        return self._all[Action.SPOILER](post) and not self.hides(post)

    def hidden(self) -> Node:
        """The closed condition of all that is hidden: for other back ends."""
        return self._all[Action.HIDE].search.where

    @cached_property
    def _all(self) -> Mapping[Action, Predicate]:
        return {action: self._predicate(self._union(action)) for action in (Action.HIDE, Action.SPOILER)}

    def _union(self, action: Action) -> Node:
        return simplify(Or(tuple(rule.where for rule in self.rules if rule.action is action)))

    def _predicate(self, where: Node) -> Predicate:
        return predicate.compile(Search("", "", where), self.resource)

    def _test(self, where: Node) -> Predicate:
        found = self._tests.get(id(where))
        if found is None:
            found = self._tests[id(where)] = self._predicate(where)
        return found

    def _causes(self, rule: _Rule, document: Any) -> Iterator[Cause]:
        if not self._test(rule.where)(document):
            return
        if rule.tags:
            yield from (Cause(rule.name, name) for number, name in rule.tags if number in (document["tag_ids"] or ()))
        elif not rule.text:
            yield Cause(rule.name, "everything, because it does not compile")
        else:
            yield from self._alternatives(rule, document)

    def _alternatives(self, rule: _Rule, document: Any) -> Iterator[Cause]:
        parts = rule.where.children if isinstance(rule.where, Or) else (rule.where,)
        for part in parts:
            if self._test(part)(document):
                start, end = part.span or (0, len(rule.text))
                yield Cause(rule.name, rule.text[start:end], Span(rule.start + start, rule.start + end))


# --- Philomena filters


def compile_filter(
    given: Filter, *, site: str = "furbooru", audience: str = "anonymous", context: Context | None = None
) -> Rules:
    """A filter of a Philomena site, ready to judge its images.

    Args:
        given: the filter.
        site: whose filter it is.
        audience: whose fields its queries may use: the site gives them the requester's.
        context: the viewer and the time; the catalog names tags in causes.
    """
    context = context or Context()
    resource = sites.load(site).resource("images")
    warnings: list[Diagnostic] = []
    rules = [
        rule
        for kind, action in (("hidden", Action.HIDE), ("spoilered", Action.SPOILER))
        for rule in _filter_rules(kind, action, given, site, audience, context, warnings)
    ]
    return Rules(resource, tuple(rules), tuple(warnings))


def _filter_rules(
    kind: str, action: Action, given: Filter, site: str, audience: str, context: Context, warnings: list[Diagnostic]
) -> Iterator[_Rule]:
    ids: tuple[int, ...] = getattr(given, f"{kind}_tag_ids")
    text: str = getattr(given, f"{kind}_complex")
    if ids:
        names = context.catalog.tag_names(ids) if context.catalog else {}
        tags = tuple((number, names.get(number, f"tag {number}")) for number in ids)
        yield _Rule(f"{kind}_tag_ids", action, OneOf("tag_ids", ids), tags=tags)
    if not text:
        return
    name = f"{kind}_complex"
    try:
        closed = _closed(text, site, "images_filter", audience, context)
        warnings.extend(closed.warnings)
        yield _Rule(name, action, closed.search.where, text)
    except QueryError as problem:
        message = f"{name} does not compile ({problem.message}), so it stands for everything"
        warnings.append(Diagnostic("W209", message, problem.span, problem.hint, text))
        yield _Rule(name, action, All())


def _closed(text: str, site: str, entity: str | None, audience: str, context: Context) -> Closed:
    loose = replace(context, strict=False, lenient=False)  # a stored text is not the searcher's: its slips are no errors
    return close(parse(text, site=site, entity=entity, audience=audience, limits=context.limits), loose)


# --- blacklists


def compile_blacklist(text: str, *, site: str = "danbooru", context: Context | None = None) -> Rules:
    """A blacklist: each line is a whole search of the site, a post is hidden when any of them finds it.

    The sites' own blacklist scripts read smaller languages than their searches.
    """
    context = context or Context()
    resource = sites.load(site).resource()
    warnings: list[Diagnostic] = []
    rules: list[_Rule] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        query = line.removesuffix("\r")
        if query.strip():
            rules += _blacklist_rule(number, query, start, text, site, context, warnings)
        start += len(line) + 1
    return Rules(resource, tuple(rules), tuple(warnings))


def _blacklist_rule(
    number: int, query: str, start: int, text: str, site: str, context: Context, warnings: list[Diagnostic]
) -> Iterator[_Rule]:
    try:
        closed = _closed(query, site, None, "anonymous", context)
    except QueryError as problem:
        message = f"line {number} does not compile ({problem.message}), so it hides nothing"
        warnings.append(Diagnostic("W210", message, _shifted(problem.span, start), problem.hint, text))
        return
    warnings.extend(replace(warning, span=_shifted(warning.span, start), text=text) for warning in closed.warnings)
    yield _Rule(str(number), Action.HIDE, closed.search.where, query, start=start)


def _shifted(span: Span | None, by: int) -> Span | None:
    return None if span is None else Span(span.start + by, span.end + by)
