"""Many queries, one post: saved queries found by what a post must have to match them. Builds on the predicate."""

from __future__ import annotations

from booruql.backends.percolator.queries import Queries

__all__ = ["Queries"]
