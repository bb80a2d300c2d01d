"""Reports of users to the staff."""

from __future__ import annotations

from booruql.schema.field import Field, Kind, make_table

INT, INSTANT, BOOL, KEYWORD, TEXT, ID, IP = Kind.INT, Kind.INSTANT, Kind.BOOL, Kind.KEYWORD, Kind.TEXT, Kind.ID, Kind.IP

TABLE = make_table(
    "reports",
    (
        Field("id", INT, "number of the report", "1234"),
        Field("reason", TEXT, "what the user wrote"),
        Field("state", KEYWORD, "state", "open", nullable=True),
        Field("is_open", BOOL, "is open"),
        Field("creator_id", ID, "user who reported", "5", nullable=True),
        Field("creator", KEYWORD, "name of the user who reported, lower case", nullable=True),
        Field("admin_id", ID, "member of the staff who took it", "5", nullable=True),
        Field("admin", KEYWORD, "name of the member of the staff who took it, lower case", nullable=True),
        Field("reportable_type", KEYWORD, "kind of what is reported", "Image", nullable=True),
        Field("reportable_id", ID, "number of what is reported", "1234", nullable=True),
        Field("post_id", ID, "post that is reported", "1234", nullable=True),
        Field("created_at", INSTANT, "when it was reported", "2024-01-02", bits=64),
        Field("fingerprint", KEYWORD, "fingerprint of the browser it was sent with", nullable=True),
        Field("ip", IP, "address it was sent from", "203.0.113.5", nullable=True),
    ),
)
