"""Posts with the fields of the synthetic ones."""

from __future__ import annotations

from dataclasses import replace

from booruql.schema import Table, table
from booruql.sites import Resource

FIELDS = ("id", "tags", "score", "favorite_count", "rating", "width", "height", "file_size", "file_ext", "created_at")


class Few(Resource):
    """Posts without the fields and relations that synthetic ones lack."""

    @property
    def table(self) -> Table:
        whole = table("posts")
        return replace(whole, fields={name: whole.fields[name] for name in FIELDS}, relations={})


POSTS = Few("posts", "posts", {}, {}, dict)
