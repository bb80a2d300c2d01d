"""Queries over every word of both languages: the predicate, the index, SQL and the percolator, which have to agree."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import site_dumps
from benchmarks.results import Found, Table
from benchmarks.setting import Setting
from benchmarks.timing import Job, Protocol, measure
from booruql import Context, Filter, Percolator, User, close, parse, sites
from booruql import open as open_source
from booruql.engine.api import Closed
from booruql.errors import BadValueError
from booruql.store import Source

_QUERIES = 50
"""Of each site."""
_POSTS, _LEAST = 2_000, 200
_PATIENCE = 0.1
_WAYS = ("predicate", "index", "sql")
_ASKED = 100  # posts of the percolator
_VALUES = {
    "danbooru": {
        "uploader": ("albert", "any", "none"), "approver": ("any", "bea"), "child": ("any", "none"), "saved": ("all",),
        "parent": ("any", "none", "12"), "pool": ("any", "1", "sky_story"), "ordpool": ("1",), "favgroup": ("1",),
        "ordfavgroup": ("1",), "body": ("lake", "any"), "commentary": ("translated", "fox"),
        "source": ("https://example.com/*", "none"),
        "unaliased": ("kitty", "cat"), "status": ("pending", "deleted", "any"),
    },
    "furbooru": {
        "date": ("2025", "3 days ago", "2024-01"), "literal": ("bea", "a*", "albrt~1", "image/*"), "gallery": ("5", "1"),
        "filter": ("2",), "float": ("1.5", "0.9", "12.5"), "numeric": ("5", "1"), "phrase": ("fox", "running foxes", "lake"),
        "int": ("2", "50"),
    },
}  # fmt: skip
"""Values that some posts have, by the kind of word; the word's own sample where there is none."""
_ROOT = ("order", "ordfav", "ordpool", "ordfavgroup", "limit")
"""Readers of words that stand for themselves only: they order, or say how many."""
_LEFT_OUT = ("random", "limit")
"""What gives other posts each time, and what gives fewer."""
_FORMS = {"int": ("{}:{}", "{}.gt:{}", "{}:{}~10"), "float": ("{}:{}~0.1", "{}.gte:{}"), "date": ("{}.gte:{}", "{}:{}")}
"""How Furbooru's words are written that compare."""
_TAGS = {
    "danbooru": ("cat", "long_h*", "kitty", "sky_(art)", "owl"),
    "furbooru": ("fox", "vulpine", "wol~1", "red*", "species:owl"),
}


def run(setting: Setting) -> Found:
    """Each site, over a dump with relations."""
    size = max(_LEAST, min(_POSTS, setting.posts // 10))
    found: Found = {}
    for site in ("danbooru", "furbooru"):
        found |= _site(site, getattr(site_dumps, site)(size), setting)
    return found


def make_queries(site: str, seed: int = 3) -> list[str]:
    """Fifty queries that have every word at least once."""
    pick = Random(seed)
    words = [(name, word) for name, word in sites.load(site).resource().vocabulary().items() if word.reader not in _LEFT_OUT]
    pick.shuffle(words)
    most = -(-len(words) // _QUERIES)
    words += words[: most * _QUERIES - len(words)]
    return [_query(site, words[at::_QUERIES], pick) for at in range(_QUERIES)]


def _query(site: str, words: Sequence[tuple[str, Any]], pick: Random) -> str:
    """The words, some forbidden, some as an alternative to a tag."""
    joined = {"danbooru": " ", "furbooru": ", "}[site]
    terms, orders = [], []
    for name, word in words:
        value = pick.choice(_VALUES[site].get(word.reader, (word.sample,)))
        forms = _FORMS if site == "furbooru" else {}
        term = pick.choice(forms.get(word.reader, ("{}:{}",))).format(name, value)
        if word.reader in _ROOT:
            orders.append(term)
        else:
            tag = pick.choice(_TAGS[site])
            terms.append(pick.choice((term, f"-{term}", f"({term} or {tag})" if site == "danbooru" else f"({term} || {tag})")))
    if not terms or pick.random() < 0.5:
        terms.append(pick.choice(("", "-")) + pick.choice(_TAGS[site]))
    return joined.join(terms + orders[:1])


def _site(site: str, dump: Mapping[str, Any], setting: Setting) -> Found:
    with tempfile.TemporaryDirectory(prefix="booruql-") as room:
        path = Path(room, "dump.json")
        path.write_text(json.dumps(dump), encoding="utf-8")
        with open_source(path, site=site) as source:
            texts = make_queries(site)[:: setting.every]
            closed = [close(parse(text, site=site), _context(source)) for text in texts]
            return {
                f"{site}, a query": _queries(source, texts, closed, setting),
                f"{site}, a post": _saved(source, texts, setting),
            }


def _context(source: Source) -> Context:
    viewer = User(1, "albert", level=30)
    filters = {2: Filter(2, public=True, hidden_tag_ids=(1,), hidden_complex="score.lt:0")}
    return Context(now=site_dumps.NOW, viewer=viewer, catalog=source.catalog, filters=filters)


def _queries(source: Source, texts: Sequence[str], closed: Sequence[Closed], setting: Setting) -> Table:
    for text, one in zip(texts, closed, strict=True):
        found = {way: source.search(one, via=way).ids for way in _WAYS}
        assert len(set(found.values())) == 1, (text, found)
    jobs: dict[str, Job] = {way: partial(_search, source, closed, way) for way in _WAYS}
    label = f"{source.site.name}, whole vocabulary"
    taken = measure(jobs, len(texts), setting.rounds, label=label, protocol=Protocol(patience=_PATIENCE))
    size, met = len(source.documents(closed[0].resource.entity)), sum(bool(source.search(one).ids) for one in closed)
    notes = [f"{size:,} posts, {len(texts)} queries, {met} find some: all ids, in order; planning and compiling included"]
    return Table(taken, notes=notes)


def _search(source: Source, closed: Sequence[Closed], way: str, at: int) -> object:
    return source.search(closed[at], via=way).ids


def _saved(source: Source, texts: Sequence[str], setting: Setting) -> Table:
    context = _context(source)
    percolator, refused = Percolator(site=source.site.name, catalog=source.catalog), []
    closed = {}
    for number, text in enumerate(texts):
        try:
            percolator.add(number, text)
            closed[number] = close(parse(text, site=source.site.name), context)
        except BadValueError:  # a saved query knows the filters of the catalog alone
            refused.append(text)
    posts = source.documents(source.site.resource().entity)
    matched = [percolator.match(post, context=context) for post in posts]
    for number, one in closed.items():
        found = set(source.search(one, via="predicate").ids)
        assert {post["id"] for post, ids in zip(posts, matched, strict=True) if number in ids} == found, texts[number]
    asked = posts[:: max(1, len(posts) // _ASKED)][:_ASKED]
    jobs: dict[str, Job] = {"percolator": lambda at: percolator.match(asked[at], context=context)}
    taken = measure(jobs, len(asked), setting.rounds, label=f"{source.site.name}, whole vocabulary, posts")
    notes = [f"{len(closed)} saved queries; relative times and the viewer are bound once"]
    return Table(taken, per="post", notes=[*notes, *(f"left out: {text}" for text in refused)])
