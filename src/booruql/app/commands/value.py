"""`booruql value`: a range or value text, read alone."""

from __future__ import annotations

import json
from typing import Any

from booruql.app.command import QUERIES, READING, Answer, Command, flag
from booruql.app.request import Request, make_context
from booruql.errors import ConfigError
from booruql.syntax._values import show_value


def _value(request: Request, session: Any) -> Answer:
    if request.type is None:
        raise ConfigError("value needs --type")
    return show_value(request.site_name, request.type, request.q, make_context(request)), ()


def _show(result: Any, request: Request, session: Any) -> str:
    return json.dumps(result, ensure_ascii=False)


COMMAND = Command(
    "value",
    "read a range or value text alone",
    (flag("--type", help="the value's type: integer, float, date, age, filesize, ..."), *READING, *QUERIES),
    _value,
    _show,
    order=6,
)
