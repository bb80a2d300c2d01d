"""Percolation: queries are the documents, and a post asks which of them find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from booruql.ast.nodes import Page, Search
from booruql.backends.elastic.compiler import compile
from booruql.backends.elastic.mapping import index_document, mapping
from booruql.sites import Resource

FIELD = "query"
"""The member of a stored document that holds the query."""


def percolator_mapping(resource: Resource, *, shards: int = 1, replicas: int = 1) -> dict[str, Any]:
    """The body that creates an index of queries: the members that they ask, and the query itself."""
    body = mapping(resource, shards=shards, replicas=replicas)
    body["mappings"]["properties"][FIELD] = {"type": "percolator"}
    return body


def percolator_document(search: Search, resource: Resource) -> dict[str, Any]:
    """A query as a document of such an index. Order and page are no part of it.

    Raises:
        UnsupportedError: a leaf that the engine cannot answer exactly.
    """
    return {FIELD: compile(Search(search.site, search.entity, search.where, page=Page()), resource)["query"]}


def percolate(document: Mapping[str, Any], resource: Resource) -> dict[str, Any]:
    """The search request that finds the stored queries which match a document (our field names)."""
    return {"query": {"percolate": {"field": FIELD, "document": index_document(document, resource)}}}
