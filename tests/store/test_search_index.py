"""A real cluster finds what the predicate finds: case tables, random trees, orders, pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest

from booruql import sites
from booruql.analysis import analyse
from booruql.app.cli import main
from booruql.ast.nodes import (
    And,
    Between,
    Boost,
    Compare,
    Count,
    Exists,
    Fuzzy,
    Glob,
    InNetwork,
    Key,
    Node,
    Not,
    OneOf,
    Op,
    Or,
    Page,
    Phrase,
    Place,
    Position,
    Search,
    Some,
    Wild,
)
from booruql.backends import elastic, predicate
from booruql.documents import Document
from booruql.engine import api
from booruql.errors import ConfigError, QueryError
from booruql.passes.order import total
from booruql.passes.simplify import simplify
from booruql.schema import Field, Kind, Table, table
from booruql.sites import Resource
from booruql.store import open_source
from booruql.store.elastic import load
from booruql.store.search_index import SearchIndex
from booruql.store.search_server import Refused, Server

POSTS = sites.load("danbooru").resource()
IMAGES = sites.load("furbooru").resource()
NUMBERS = count()
NAMES = ("a", "b", "ab", "aab", "bA", "a*b", "cat_ear", "cats", "Éa", "σς", "a%b", "a_b", "a\\b", "a?", "", "🦊", "ca", "abc")
TEXTS = (
    "The foxes are running",
    "a quick brown fox",
    "foxglove, and the running man",
    "",
    "fox in the woods",
    "it's the",
    "狐と犬 🦊 e.g. a_b",
)
PHRASES = (
    "foxes",
    "the fox",
    "run",
    "fox of the wood",
    "fox wood",
    "the",
    "",
    "brown FOX's",
    "狐と",
    "a_b",
    "quick fox",
    "running man",
)
DAY = 86_400_000_000


@pytest.fixture(scope="module")
def server(opensearch: str) -> Iterator[Server]:
    found = Server(opensearch)
    yield found
    found.close()


@pytest.fixture
def index(server: Server) -> Iterator[SearchIndex]:
    found = SearchIndex(server, f"booruql-test-{next(NUMBERS)}")
    yield found
    found.drop()


def fill(index: SearchIndex, resource: Resource, documents: Sequence[Document], **options: Any) -> None:
    index.create(resource, {}, **{"shards": 2, "replicas": 0, **options})
    assert list(index.load((row["id"], elastic.index_document(row, resource)) for row in documents)) == []
    index.refresh()


# --- random posts and trees, from so few values that they meet


class Chance:
    """Rows and trees over a table, by a seed."""

    def __init__(self, seed: int, resource: Resource, *, extremes: bool = True) -> None:
        self.random, self.resource, self.extremes = Random(seed), resource, extremes
        self.pick = self.random.choice

    def value(self, field: Field) -> Any:
        match field.kind:
            case Kind.INT | Kind.ID:
                return self.pick((-1, 0, 1, 2, 3, 7, *((2_147_483_647, -2_147_483_648) if self.extremes else ())))
            case Kind.INSTANT:
                return self.pick((0, 1_000, 999_000, 1_000_000, DAY, 1_700_000_000_123_000, -DAY, -62_135_596_800_000_000))
            case Kind.FLOAT | Kind.FLOAT32:
                return self.pick((0.0, 0.1, 0.5, 1.0, 1.7000000476837158, 1.7, 16 / 9, 1e38, -2.5))
            case Kind.BOOL:
                return self.pick((True, False))
            case Kind.IP:
                return self.pick(("10.0.0.1", "10.0.0.77", "10.1.2.3", "2001:db8::1", "::ffff:10.0.0.1"))
            case Kind.TEXT:
                return self.pick(TEXTS)
        return self.pick(field.values or NAMES)

    def bound(self, field: Field) -> Any:
        """A value, or one beside those that rows have, or beyond the type."""
        value = self.value(field)
        if field.kind is Kind.INSTANT:
            return value + self.pick((0, 0, 0, 1, -1, 1_000, 500_000))
        if field.kind is Kind.INT:
            return self.pick((value, value, value, 1 << 40, -(1 << 70)))
        return value

    def fields(self, entity: Table) -> list[Field]:
        chosen = self.resource.fields if entity is self.resource.table and self.resource.fields else entity.fields
        return [entity.fields[name] for name in chosen if entity.fields[name].kind is not Kind.JSON]

    def row(self, entity: Table, number: int, below: int = 1) -> Document:
        row = Document(id=number)
        for field in self.fields(entity):
            if field.name == "id" or self.random.random() < 0.3:
                continue
            row[field.name] = (
                frozenset(self.value(field) for _ in range(self.pick((0, 1, 2, 3)))) if field.many else self.value(field)
            )
        if below:
            for name in (name for name in self.resource.nested if "." not in name):
                related = table(entity.relations[name].entity)
                row[name] = tuple(self.row(related, number * 10 + at, 0) for at in range(self.pick((0, 0, 1, 2, 3))))
        return row

    def tree(self, entity: Table, depth: int = 3, related: bool = True) -> Node:
        if depth == 0 or self.random.random() < 0.3:
            return self.leaf(entity, related)
        below = [self.tree(entity, depth - 1, related) for _ in range(self.pick((2, 2, 3)))]
        return self.pick((And(tuple(below)), Or(tuple(below)), Not(below[0]), Boost(below[0], 2)))

    def leaf(self, entity: Table, related: bool) -> Node:
        nested = [name for name in self.resource.nested if "." not in name]
        if related and nested and self.random.random() < 0.25:
            name = self.pick(nested)
            where = self.tree(table(entity.relations[name].entity), 1, False)
            return self.pick((Some(name, where), self.ranged(Count(name, where), lambda: self.pick((0, 1, 2, 3)))))
        return self.asked(self.pick([field for field in self.fields(entity) if related or not field.many]))

    def asked(self, field: Field) -> Node:
        name, value = field.name, self.value(field)
        if self.random.random() < 0.1 and field.kind is not Kind.TEXT:
            return Exists(name)
        match field.kind:
            case Kind.BOOL:
                return Compare(name, Op.EQ, value)
            case Kind.IP:
                return InNetwork(name, self.pick(("10.0.0.1", "10.0.0.0/24", "10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0")))
            case Kind.TEXT:
                return Phrase(name, self.pick(PHRASES))
            case Kind.KEYWORD | Kind.TAG:
                fuzzy = Fuzzy(name, self.pick(NAMES), self.pick((0, 0.5, 1, 2, 5, 0.9)))
                parts = (Wild.RUN, Wild.ONE, "a", "b", "A", "é", "\\", "*", "σ", "a_")
                pattern = tuple(self.pick(parts) for _ in range(self.random.randint(1, 4)))
                return self.pick((Compare(name, Op.EQ, value), self.several(field), fuzzy, Glob(name, pattern)))
            case Kind.ID:
                return self.pick((Compare(name, Op.EQ, value), self.several(field)))
        return self.pick((Compare(name, Op.EQ, value), self.several(field), self.ranged(name, lambda: self.bound(field))))

    def several(self, field: Field) -> Node:
        return OneOf(field.name, tuple(dict.fromkeys(self.value(field) for _ in range(self.pick((1, 2, 3))))))

    def ranged(self, operand: Any, bound: Any) -> Node:
        if self.random.random() < 0.5:
            return Compare(operand, self.pick(tuple(Op)), bound())
        return Between(operand, bound(), bound(), self.pick((True, False)), self.pick((True, False)))


def compiled(search: Search, resource: Resource) -> dict[str, Any] | None:
    """The body, None for what the engine has no exact form for."""
    try:
        return elastic.compile(search, resource)
    except QueryError as problem:
        assert problem.code in ("E501", "E502"), problem
        return None


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("resource", (POSTS, IMAGES), ids=("danbooru", "furbooru"))
def test_random_trees_find_what_the_predicate_finds(index: SearchIndex, resource: Resource, seed: int) -> None:
    chance = Chance(seed, resource)
    documents = [chance.row(resource.table, number) for number in range(1, 40)]
    fill(index, resource, documents)
    trees = [simplify(chance.tree(resource.table)) for _ in range(400)]
    asked = [(tree, body) for tree in trees if (body := compiled(Search("", "", tree), resource)) is not None]
    assert len(asked) > 300
    for at in range(0, len(asked), 100):
        some = asked[at : at + 100]
        for (tree, body), ids in zip(some, index.search_many([body for _, body in some]), strict=True):
            test = predicate.compile(Search("", "", tree), resource).test
            assert sorted(ids) == [row["id"] for row in documents if test(row)], (tree, body)


# --- orders and pages


def orders(resource: Resource) -> list[Key]:
    kinds = (Kind.INT, Kind.INSTANT, Kind.FLOAT, Kind.FLOAT32, Kind.KEYWORD)
    chosen = resource.fields or tuple(resource.table.fields)
    plain = [field.name for field in map(resource.table.fields.__getitem__, chosen) if field.kind in kinds and not field.many]
    keys: list[Any] = [*plain[:40], Place((7, 3, 99, 12, 1))]
    if "comments" in resource.nested:
        keys += [Count("comments"), Count("notes", Compare("is_active", Op.EQ, True)), Position("favorites", "id")]
        keys += resource.latest.values()
    else:
        keys += [Position("galleries", "position", Compare("gallery_id", Op.EQ, 7))]
    return [Key(by, down, first) for by in keys for down in (False, True) for first in (False, True)]


@pytest.mark.parametrize("resource", (POSTS, IMAGES), ids=("danbooru", "furbooru"))
def test_orders_are_those_of_the_predicate(index: SearchIndex, resource: Resource) -> None:
    chance = Chance(7, resource, extremes=False)  # the engine sorts the greatest integer among the missing
    documents = [chance.row(resource.table, number) for number in range(1, 60)]
    fill(index, resource, documents)
    for key in orders(resource):
        if isinstance(key.by, Place) and (key.nulls_first or key.descending):
            continue
        search = total(Search("", "", Exists("id"), order=(key,)))
        wanted = predicate.run(search, resource, documents).ids
        assert index.run(search, resource) == (tuple(wanted), len(documents)), key


def test_pages_fit_together_beyond_the_window(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booruql.store.search_index.WINDOW", 7)
    chance = Chance(1, POSTS, extremes=False)
    documents = [chance.row(POSTS.table, number, below=0) for number in range(1, 60)]
    fill(index, POSTS, documents)
    for key in (Key("score", True), Key("duration", False, True), Key("rating"), Key("created_at", True), Key(Place((5, 50)))):
        search = total(Search("", "", Exists("id"), order=(key,)))
        every = predicate.run(search, POSTS, documents).ids
        assert index.run(search, POSTS)[0] == tuple(every), key
        for page in (Page(1), Page(3), Page(9), Page(99), Page(before=20), Page(after=20)):
            paged = Search(
                "", "", Exists("id"), order=search.order if page.before is page.after else (Key("id", True),), page=page, size=5
            )
            found = predicate.run(paged, POSTS, documents)
            assert index.run(paged, POSTS) == (tuple(found.ids), found.total), (key, page)


# --- percolation


@pytest.mark.parametrize("resource", (POSTS, IMAGES), ids=("danbooru", "furbooru"))
def test_stored_queries_find_the_posts_they_ask_for(server: Server, index: SearchIndex, resource: Resource) -> None:
    chance = Chance(5, resource)
    server.ask("PUT", index.name, elastic.percolator_mapping(resource, replicas=0))
    searches = [Search("", "", simplify(chance.tree(resource.table))) for _ in range(300)]
    asked = [search for search in searches if compiled(search, resource) is not None]
    assert list(index.load((at, elastic.percolator_document(search, resource)) for at, search in enumerate(asked))) == []
    index.refresh()
    tests = [predicate.compile(search, resource).test for search in asked]
    posts = [chance.row(resource.table, number) for number in range(1, 30)]
    for post, found in zip(posts, index.search_many([elastic.percolate(post, resource) for post in posts]), strict=True):
        assert sorted(found) == [at for at, test in enumerate(tests) if test(post)]


@pytest.mark.parametrize("suite", ("danbooru_match", "furbooru_match", "bronibooru_match"))
def test_every_case_passes_on_the_cluster(suite: str, shared: Path, opensearch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOORUQL_OPENSEARCH_URL", opensearch)
    command = [sys.executable, str(shared / "tools" / "replay.py"), suite, "--via", "elastic", "--show", "3"]
    done = subprocess.run([*command, "--cmd", f"{sys.executable} -m booruql"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


# --- an index as a source


DEMO = Path(__file__).parents[2] / "src" / "booruql" / "demo"


@pytest.fixture
def indexed(opensearch: str, index: SearchIndex) -> Iterator[str]:
    """The URL of an index with the demo's posts."""
    url = f"{opensearch}/{index.name}"
    with open_source(DEMO / "danbooru_posts.jsonl.gz") as source:
        assert list(load(source, url, shards=2, replicas=0)) == []
    yield url


def test_an_index_answers_as_the_file_that_it_was_loaded_from(indexed: str) -> None:
    with open_source(DEMO / "danbooru_posts.jsonl.gz") as source, open_source(indexed) as found:
        for query in (
            "cat",
            "*o* -cat order:score",
            "score:>10 order:favcount",
            "id:<50 limit:3",
            "order:id",
            "filetype:png,jpg",
        ):
            for page in (None, 1, 2, "b30", "a30"):
                wanted, got = source.search(query, page=page, via="predicate"), found.search(query, page=page)
                assert (got.ids, got.total, got.next_page) == (wanted.ids, wanted.total, wanted.next_page), (query, page)
        assert list(found.search("cat", limit=5).records) == list(source.search("cat", limit=5).records)
        with pytest.raises(QueryError, match="does not carry"):
            found.search("pool:any")


def test_a_load_goes_on_where_it_stopped(indexed: str, index: SearchIndex) -> None:
    every = index.count()
    meta = index.meta()
    assert meta is not None
    for number in range(1, 20):
        index.server.ask("DELETE", f"{index.name}/_doc/{number}?refresh=true")
    index.note({**meta, "loaded_to": 15})
    heard: list[int] = []
    with open_source(DEMO / "danbooru_posts.jsonl.gz") as source:
        assert list(load(source, indexed, progress=heard.append)) == []
        kept = [row for row in index.run(Search("", "", Exists("id")), POSTS)[0] if row < 20]
        assert kept == [16, 17, 18, 19]
        assert heard[-1] == every
        assert list(load(source, indexed, restart=True)) == []
    assert index.count() == every
    with open_source(DEMO / "furbooru_images.jsonl.gz") as other, pytest.raises(ConfigError, match="holds posts of danbooru"):
        list(load(other, indexed))


def test_the_commands_load_and_search(opensearch: str, index: SearchIndex, capsys: pytest.CaptureFixture[str]) -> None:
    url = f"{opensearch}/{index.name}"
    assert main(["mapping", "--site", "furbooru"]) == 0
    assert '"namespaced_tags"' in capsys.readouterr().out
    assert main(["index", str(DEMO / "furbooru_images.jsonl.gz"), url, "--shards", "1", "--replicas", "0"]) == 0
    assert "0 rejected" in capsys.readouterr().err
    assert main(["search", url, "--ids", "--limit", "3", "safe"]) == 0
    assert len(capsys.readouterr().out.split()) == 3
    assert main(["search", url + "-not", "safe"]) == 2


def test_bodies_are_valid_and_score_nothing(indexed: str, index: SearchIndex) -> None:
    """The engine runs what is sorted by fields as filters: `#` marks them, and no score is ever computed."""
    for query in (
        "cat -dog score:>5 order:score",
        "~cat ~dog ~bird",
        "(cat or score:>50) -bird order:id",
        "-cat",
        "filetype:png,jpg",
    ):
        body = elastic_body(query)
        answer = index.server.ask("POST", f"{index.name}/_validate/query?explain=true", {"query": body["query"]})
        assert answer["valid"], answer
        profile = index.server.ask("POST", f"{index.name}/_search", {**body, "profile": True})["profile"]
        stack = [query for shard in profile["shards"] for query in shard["searches"][0]["query"]]
        while stack:
            query_run = stack.pop()
            assert query_run["breakdown"]["score_count"] == 0, query_run["description"]
            stack.extend(query_run.get("children", ()))


def elastic_body(query: str) -> dict[str, Any]:
    return api.elastic(api.parse(query))


@pytest.mark.parametrize(
    ("clause", "most"),
    (
        (lambda n: Compare("tags", Op.EQ, f"t{n}"), 1024),
        (lambda n: Compare("score", Op.GT, n), 512),
        (lambda n: Some("comments", Compare("creator", Op.EQ, f"a{n}")), 1024),
        (lambda n: Not(Compare("tags", Op.EQ, f"t{n}")), 1023),
    ),
    ids=("tag", "number", "nested", "negation"),
)
def test_clauses_are_counted_as_the_engine_counts_them(index: SearchIndex, clause: Callable[[int], Node], most: int) -> None:
    fill(index, POSTS, [Document(id=1)])
    body = elastic.compile(Search("", "", And(tuple(map(clause, range(most))))), POSTS)
    index.search_many([body])
    with pytest.raises(QueryError, match="1024"):
        elastic.compile(Search("", "", And(tuple(map(clause, range(most + 1))))), POSTS)
    more = elastic.compile(Search("", "", And((clause(9_998), clause(9_999)))), POSTS)["query"]["bool"]
    inner = {key: [*members, *more[key][:1]] for key, members in body["query"]["bool"].items()}
    with pytest.raises(Refused, match=r"maxClauseCount|too many"):
        index.search_many([{"query": {"bool": inner}}])


# --- analysed text

SAMPLES = (
    "The quick brown fox's tail, foxes' tails", "don't can't won't rock'n'roll O’Neil’s dogs’ can’t’s", "it's IT'S the of and",
    "e.g. U.S.A. example.com foo@bar.com https://example.com/foo_bar?x=1&y=2", "3.14 1,000 1,000.5 v1.2.3 12:30 1st $5 50%",
    "snake_case __x__ _ a.b a,b 1.a a:b a;b a·b a\"b a/b a-b a—b C++ C# .NET", "狐と犬 キツネ ひらがな 한국어 漢字かな 佐々木 ﾎﾟ",
    "🦊 fox🦊fox 👨‍👩‍👧 🇺🇸🇩🇪 🇺 1️⃣ #️⃣ ☺ ☺️ © ™ 👍🏽", "café cafe\u0301 naïve soft\u00adhyphen zero\u200bwidth zwj\u200dx a\u2060b",
    "ไทยภาษา हिन्दी தமிழ் שלום ״א״ ג׳ירף Ａｂ１２ ﬁx İstanbul ΣΑΣ ẞ 𝐀𝐁 Ⅷ ª ½ ①", "x" * 255 + " " + "y" * 600,
    "running runs ran university international organic news skies dying generously 'quoted' ‘curly’ #tag @user",
)  # fmt: skip


def test_words_are_those_of_the_engine(index: SearchIndex) -> None:
    fill(index, POSTS, [])
    for text in SAMPLES:
        answer = index.server.ask("POST", f"{index.name}/_analyze", {"analyzer": "snowball", "text": text})
        assert list(analyse(text)) == [(token["position"], token["token"]) for token in answer["tokens"]]
