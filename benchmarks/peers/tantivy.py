"""tantivy, a search engine in the process: opaque tokens without positions, numbers as fast fields."""

from __future__ import annotations

from typing import Any

from benchmarks.peers import TOP, Posts, need
from benchmarks.progress import track
from benchmarks.workload import Expression

_NUMBERS = ("id", "created_at", "score", "favorite_count", "width")
_BUFFER = 600_000_000  # bytes
_FAR = 1 << 60


class Tantivy:
    """Queries are made and run within what is timed, as in the other engines."""

    def __init__(self, posts: Posts) -> None:
        self.package = need("tantivy")
        self.numbers, self.queries = posts.numbers, posts.queries
        schema = self.package.SchemaBuilder()
        schema.add_text_field("t", stored=False, tokenizer_name="whitespace", index_option="basic")
        for name in _NUMBERS:
            schema.add_integer_field(name, stored=False, indexed=True, fast=True)
        schema.add_text_field("rating", stored=False, tokenizer_name="raw", index_option="basic")
        self.schema = schema.build()
        folder = posts.folder / "tantivy"
        folder.mkdir()
        index = self.package.Index(self.schema, path=str(folder))
        self._fill(index, posts)
        index.reload()
        self.searcher = index.searcher()

    def _fill(self, index: Any, posts: Posts) -> None:
        writer = index.writer(heap_size=_BUFFER, num_threads=2)
        corpus = posts.corpus
        starts, tags = corpus.starts.tolist(), [f"t{tag}" for tag in corpus.tags.tolist()]
        columns = {name: corpus.columns[name].tolist() for name in (*_NUMBERS, "rating")}
        for at in track(range(corpus.size), "tantivy: posts"):
            document = self.package.Document()
            document.add_text("t", " ".join(tags[starts[at] : starts[at + 1]]))
            document.add_text("rating", columns["rating"][at])
            for name in _NUMBERS:
                document.add_integer(name, columns[name][at])
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    def count(self, at: int) -> int:
        found: int = self.searcher.search(self._query(at), 1, count=True).count
        return found

    def newest(self, at: int) -> list[int]:
        return [key for key, _ in self.searcher.search(self._query(at), TOP, count=False, order_by_field="id").hits]

    def close(self) -> None: ...

    def _query(self, at: int) -> Any:
        return self.package.Query.const_score_query(self._made(self.queries[at]), 1.0)

    def _made(self, e: Expression) -> Any:
        query, occur = self.package.Query, self.package.Occur
        match e:
            case {"tag": name}:
                return query.term_query(self.schema, "t", f"t{self.numbers[name]}", "basic")
            case {"any": names}:
                return query.boolean_query([(occur.Should, self._made({"tag": name})) for name in names])
            case {"or": members}:
                return query.boolean_query([(occur.Should, self._made(member)) for member in members])
            case {"field": _}:
                return self._range(e)
            case {"not": _}:
                return query.boolean_query([(occur.Must, query.all_query()), (occur.MustNot, self._made(e["not"]))])
        return query.boolean_query(
            [(occur.MustNot, self._made(m["not"])) if "not" in m else (occur.Must, self._made(m)) for m in e["and"]]
        )

    def _range(self, e: Expression) -> Any:
        query, integer = self.package.Query, self.package.FieldType.Integer
        name, op, value = e["field"], e["op"], e["value"]
        if name == "rating":
            return query.term_query(self.schema, name, value, "basic")
        if op == "between":
            return query.range_query(self.schema, name, integer, *value)
        low, high = (value, _FAR) if op[0] == ">" else (-_FAR, value)
        return query.range_query(self.schema, name, integer, low, high, include_lower=op != ">", include_upper=op != "<")


def open_posts(posts: Posts) -> Tantivy:
    return Tantivy(posts)
