"""ClickHouse's HTTP interface. https://clickhouse.com/docs/interfaces/http"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode

from booruql.store.servers._address import Address

_AFTER = 5  # seconds that the server has to end a statement itself
_PORTS = {False: 8123, True: 8443}


class Refused(Exception):
    """What ClickHouse answers in place of rows; its text begins with `Code:` when it comes from the engine."""


class Http:
    """One request a statement. `stop` hangs up, on which the server ends a statement that only reads."""

    def __init__(self, address: Address, settings: Mapping[str, str], seconds: float) -> None:
        options = dict(address.options)
        self._is_safe = address.scheme == "clickhouses" or options.pop("secure", "") in ("1", "true")
        self._host, self._port = address.host or "", address.port or _PORTS[self._is_safe]
        self._headers = {"X-ClickHouse-User": address.user or "default", "X-ClickHouse-Key": address.password or ""}
        self._settings = {
            "default_format": "JSONCompactEachRow",
            "wait_end_of_query": "1",  # an error that comes late still has a status of its own
            "cancel_http_readonly_queries_on_client_close": "1",
            **settings,
            **options,
        }
        self._seconds = seconds + _AFTER
        self._open: HTTPConnection | None = None
        self.database = address.path or "default"

    def send(self, text: str, params: Mapping[str, Any], body: str) -> str:
        """The answer to a statement with its parameters; `body` follows an INSERT."""
        named = {f"param_{name}": _spelled(value) for name, value in params.items()}
        target = "/?" + urlencode({"database": self.database, **self._settings, **named})
        made = HTTPSConnection if self._is_safe else HTTPConnection
        self._open = made(self._host, self._port, timeout=self._seconds)
        try:
            self._open.request("POST", target, f"{text}\n{body}".encode(), self._headers)
            answer = self._open.getresponse()
            found = answer.read().decode()
        except (OSError, HTTPException) as problem:
            raise Refused(f"{self._host}:{self._port}: {problem or type(problem).__name__}") from None
        finally:
            self._open.close()
            self._open = None
        if answer.status != 200:
            raise Refused(found.strip() or f"status {answer.status}")
        return found

    def stop(self) -> None:
        """Hang up on what another thread waits for."""
        waiting = self._open
        if waiting is not None and waiting.sock is not None:
            with contextlib.suppress(OSError):
                waiting.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Nothing is kept open."""


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
