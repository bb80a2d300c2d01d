"""Approvals: which moderator let a post in."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "post_approvals",
    (
        Field("id", Kind.INT, "number of the approval", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("user_id", Kind.ID, "user who approved it", "1", nullable=True),
        Field("created_at", Kind.INSTANT, "when", "2024-01-02", nullable=True, bits=64),
    ),
)
