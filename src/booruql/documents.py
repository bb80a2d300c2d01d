"""A post as its site's search sees it. Imports nothing of ours."""

from __future__ import annotations

from typing import Any


class Document(dict[str, Any]):
    """Values by our field names: instants in microseconds, many-valued fields as frozensets, related rows as tuples of documents.

    What is absent is missing, as None is; so any field may be asked. Made by `booruql.document(record)`; posts that
    are asked often are best kept in this form.

    >>> Document(score=5)["width"] is None
    True
    """

    __slots__ = ()

    def __missing__(self, field: str) -> None:
        return None
