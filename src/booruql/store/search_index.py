"""An index on an OpenSearch or Elasticsearch cluster: made, loaded and searched. `_id` is the record's id."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from booruql.ast.nodes import Page, Search, Special
from booruql.backends import elastic
from booruql.errors import ConfigError
from booruql.sites import Resource
from booruql.store.search_server import BUSY, Pauses, Refused, Server

Stored = Mapping[str, Any]
Row = tuple[int, Stored]
BATCH_ROWS, BATCH_BYTES = 1_000, 4_000_000
WINDOW = 10_000  # what every index lets `from` and `size` reach, and the rows of one answer
RECORD = "record"
"""The member of a stored document that keeps the record as it came."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that the server did not take."""

    id: int
    reason: str

    def __str__(self) -> str:
        return f"record {self.id}: {self.reason}"


class SearchIndex:
    """One index by name."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name

    # --- the index itself

    def create(self, resource: Resource, meta: Mapping[str, Any], *, shards: int = 5, replicas: int = 1) -> None:
        """Make the index with the mapping that compiled bodies expect. One that is there already stays as it is."""
        body = elastic.mapping(resource, shards=shards, replicas=replicas)
        body["mappings"]["properties"][RECORD] = {"type": "object", "enabled": False}
        body["mappings"]["_meta"] = {"booruql": dict(meta)}
        try:
            self.server.ask("PUT", self.name, body)
        except Refused as problem:
            if problem.kind != "resource_already_exists_exception":
                raise

    def drop(self) -> None:
        """Delete the index if it is there."""
        self.server.ask("DELETE", f"{self.name}?ignore_unavailable=true")

    def meta(self) -> dict[str, Any] | None:
        """What `create` and `note` wrote; None when the index is not there.

        Raises:
            ConfigError: the index is none that `booruql index` made.
        """
        try:
            answer = self.server.ask("GET", f"{self.name}/_mapping")
        except Refused as problem:
            if problem.status == 404:
                return None
            raise
        found = next(iter(answer.values()))["mappings"].get("_meta", {}).get("booruql")
        if found is None:
            raise ConfigError(f"index {self.name!r} was not made by booruql index")
        return dict(found)

    def note(self, meta: Mapping[str, Any]) -> None:
        """Keep facts about the index in its mapping."""
        self.server.ask("PUT", f"{self.name}/_mapping", {"_meta": {"booruql": dict(meta)}})

    def refresh(self) -> None:
        """Make what was stored visible to searches."""
        self.server.ask("POST", f"{self.name}/_refresh")

    def count(self) -> int:
        """How many documents it holds."""
        found: int = self.server.ask("GET", f"{self.name}/_count")["count"]
        return found

    # --- loading

    def load(self, rows: Iterable[Row], *, progress: Callable[[int], None] = lambda done: None) -> Iterator[Refusal]:
        """Store documents by id, in batches; yields those that the server refused. `progress` hears after every batch.

        What is sent twice is stored once, so a load may be repeated from any point.
        """
        done = 0
        for batch in _batches(rows):
            yield from self._send(batch)
            done += len(batch)
            progress(done)

    def _send(self, batch: list[tuple[int, bytes]]) -> Iterator[Refusal]:
        pauses = Pauses(self.server.patience)
        while batch:
            try:
                answer = self.server.ask("POST", f"{self.name}/_bulk", b"".join(lines for _, lines in batch))
            except Refused as problem:
                if problem.status != 413 or len(batch) == 1:
                    raise
                yield from self._send(batch[: len(batch) // 2])
                batch = batch[len(batch) // 2 :]
                continue
            again = []
            for row, item in zip(batch, answer["items"], strict=True):
                status, error = item["index"]["status"], item["index"].get("error")
                if status == 429 or status >= 500:
                    again.append(row)
                elif error:
                    yield Refusal(row[0], _reason(error))
            if again and not pauses.pause():
                raise ConfigError(f"the search server was busy or away for {self.server.patience:g} s")
            batch = again

    # --- searching

    def run(self, search: Search, resource: Resource) -> tuple[tuple[int, ...], int]:
        """Ids of the page in order, and how many match in all."""
        if any(key.by is Special.RANDOM for key in search.order) and search.seed is None:
            search = replace(search, seed=random.randrange(1, 1 << 31))
        body = elastic.compile(search, resource)
        start, size = body.pop("from", 0), body.pop("size", None)
        if size is None or start + size > WINDOW:
            ids, total = self._walk(body, start, size)
        else:
            ids, total = self._read(self._ask({**body, "from": start, "size": size, "track_total_hits": True}))
        if search.page.before is not None or search.page.after is not None:
            every = {"query": elastic.compile(replace(search, page=Page()), resource)["query"], "size": 0}
            total = self._read(self._ask({**every, "track_total_hits": True}))[1]
        if search.page.after is not None:
            ids.reverse()
        if search.sample is not None:
            total = min(total, search.sample)
        return tuple(ids), total

    def _walk(self, body: Mapping[str, Any], start: int, size: int | None) -> tuple[list[int], int]:
        """Every match from `start` on, or so many, page by page: each begins after the last row of the one before."""
        body = {**body, "sort": _spelled(body.get("sort", [])), "size": WINDOW, "track_total_hits": True}
        ids: list[int] = []
        total = None
        while size is None or len(ids) < start + size:
            answer = self._ask(body)
            found, counted = self._read(answer)
            total = counted if total is None else total
            ids += found
            if len(found) < WINDOW:
                break
            body = {**body, "search_after": answer["hits"]["hits"][-1]["sort"], "track_total_hits": False}
        return ids[start : None if size is None else start + size], total or 0

    def _ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of all shards; a part of them is no answer."""
        return self.server.ask("POST", f"{self.name}/_search?allow_partial_search_results=false", {**body, "_source": False})

    def _read(self, answer: Mapping[str, Any]) -> tuple[list[int], int]:
        hits = answer["hits"]
        return [int(hit["_id"]) for hit in hits["hits"]], hits.get("total", {}).get("value", 0)

    def search_many(self, bodies: Sequence[Mapping[str, Any]]) -> list[list[int]]:
        """Ids for many bodies in one request; none may find more than one answer holds."""
        head = json.dumps({"allow_partial_search_results": False})
        lines = [f"{head}\n{json.dumps({'size': WINDOW, **body, '_source': False})}\n" for body in bodies]
        pauses = Pauses(self.server.patience)
        while True:
            answers = self.server.ask("POST", f"{self.name}/_msearch", "".join(lines).encode())["responses"]
            problem = next((answer for answer in answers if "error" in answer), None)
            if problem is None:
                return [self._read(answer)[0] for answer in answers]
            if problem["status"] not in BUSY or not pauses.pause():
                raise Refused(problem["status"], problem["error"]["type"], _reason(problem["error"]))

    def records(self, ids: Sequence[int]) -> Iterator[Mapping[str, Any]]:
        """The records as they came, in that order; what is not there is left out."""
        for at in range(0, len(ids), BATCH_ROWS):
            wanted = {"ids": [str(number) for number in ids[at : at + BATCH_ROWS]]}
            answer = self.server.ask("POST", f"{self.name}/_mget?_source_includes={RECORD}", wanted)
            yield from (found["_source"][RECORD] for found in answer["docs"] if found.get("found"))

    def common(self, field: str, pattern: str, limit: int) -> list[str]:
        """The values of a keyword field that match a regular expression of Lucene, most common first, then by name."""
        terms = {"field": field, "include": pattern, "size": limit, "shard_size": max(limit, 10_000)}
        terms["order"] = [{"_count": "desc"}, {"_key": "asc"}]
        answer = self._ask({"size": 0, "aggs": {"values": {"terms": terms}}})
        return [bucket["key"] for bucket in answer["aggregations"]["values"]["buckets"]]


def _spelled(keys: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Sort keys that say where missing values go: where none does, OpenSearch loses rows of `search_after` (seen in 2.19)."""
    spelled = [{name: {"missing": "_last", **how} if name != "_score" else how for name, how in key.items()} for key in keys]
    return [*spelled] or [{"id": {"order": "asc", "missing": "_last"}}]


def _batches(rows: Iterable[Row]) -> Iterator[list[tuple[int, bytes]]]:
    """Rows as lines of a bulk request, so many or so large at a time."""
    batch: list[tuple[int, bytes]] = []
    size = 0
    for number, document in rows:
        head = json.dumps({"index": {"_id": str(number)}})
        lines = f"{head}\n{json.dumps(document)}\n".encode()
        if batch and (len(batch) == BATCH_ROWS or size + len(lines) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((number, lines))
        size += len(lines)
    if batch:
        yield batch


def _reason(error: Mapping[str, Any]) -> str:
    cause = error.get("caused_by") or {}
    return ": ".join(str(part) for part in (error.get("reason"), cause.get("reason")) if part)
