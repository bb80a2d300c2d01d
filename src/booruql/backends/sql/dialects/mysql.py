"""MariaDB 10.6 and later, MySQL 8. https://mariadb.com/kb/en/sql-statements/

Databases of our own layouts are `utf8mb4_nopad_bin` (MySQL: `utf8mb4_0900_bin`): other collations fold case or pad.
"""

from __future__ import annotations

from sqlglot import exp

from booruql.backends.sql.dialect import Dialect, quoted
from booruql.backends.sql.like import banged, like
from booruql.backends.sql.statement import Parameter
from booruql.backends.sql.strings import Strings, as_json, text
from booruql.schema import Kind


def literal(parameter: Parameter) -> str:
    """A value as the default sql_mode reads it: the backslash escapes."""
    return quoted(parameter).replace("\\", "\\\\")


def _rows(names: exp.Expression, separator: str) -> exp.Expression:
    """`JSON_TABLE(json, '$[*]' COLUMNS(value MEDIUMTEXT PATH '$'))`."""
    value = exp.JSONColumnDef(this=exp.Identifier(this="value"), kind="MEDIUMTEXT", path=text("$"))
    return exp.JSONTable(this=as_json(names, separator), path=text("$[*]"), schema=exp.JSONSchema(expressions=[value]))


DIALECT = Dialect(
    name="mysql",
    sqlglot="mysql",
    paramstyle="format",
    types={
        Kind.INT: "INT",
        Kind.ID: "INT",
        Kind.INSTANT: "BIGINT",
        Kind.FLOAT: "DOUBLE",
        Kind.FLOAT32: "DOUBLE",
        Kind.BOOL: "BOOLEAN",
        Kind.TAG: "VARCHAR(255)",
        **dict.fromkeys((Kind.KEYWORD, Kind.TEXT, Kind.IP, Kind.JSON), "MEDIUMTEXT"),
    },
    pattern=banged,
    glob=like,
    has_nulls_order=False,
    strings=Strings(rows=_rows),
    collation="utf8mb4_bin",
    charset="utf8mb4",
    drives=True,
    pins=True,  # https://mariadb.com/kb/en/exists-to-in-optimization/ is for equalities
    quotes="`",
    text_prefix="(100)",
    literal=literal,
    gaps={
        "array": "there is no array type, and a multi-valued index over JSON serves MySQL alone",
        "fts": "AGAINST takes a constant, so a statement cannot look the token of a name up",
    },
)
