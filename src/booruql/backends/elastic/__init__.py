"""Elasticsearch and OpenSearch: a closed search -> a request body, and the index that the body expects."""

from booruql.backends.elastic.compiler import MAX_WINDOW, compile, query_of
from booruql.backends.elastic.mapping import index_document, mapping
from booruql.backends.elastic.percolator import percolate, percolator_document, percolator_mapping
from booruql.backends.elastic.spelling import spell_instant, spell_pattern

__all__ = [
    "MAX_WINDOW",
    "compile",
    "index_document",
    "mapping",
    "percolate",
    "percolator_document",
    "percolator_mapping",
    "query_of",
    "spell_instant",
    "spell_pattern",
]
