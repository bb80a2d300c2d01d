"""Disapprovals: which moderator passed a post over, and why."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

TABLE = make_table(
    "post_disapprovals",
    (
        Field("id", Kind.INT, "number of the disapproval", "1"),
        Field("post_id", Kind.ID, "post", "1"),
        Field("user_id", Kind.ID, "user who disapproved it", "1", nullable=True),
        Field("reason", Kind.KEYWORD, "breaks_rules, poor_quality or disinterest", "poor_quality", nullable=True),
        Field("message", Kind.TEXT, "remark", nullable=True),
        Field("created_at", Kind.INSTANT, "when", "2024-01-02", nullable=True, bits=64),
    ),
)
