"""An OpenSearch or Elasticsearch server over plain HTTP: asked again, with growing pauses, while it is busy or away."""

from __future__ import annotations

import base64
import json
import random
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import unquote, urlsplit

from booruql.errors import ConfigError

BUSY = frozenset((429, 502, 503, 504))
"""Statuses that pass: the queue is full, a node or a shard is away."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0


class Refused(ConfigError):
    """The server answered that it will not: the status and its reason."""

    def __init__(self, status: int, kind: str, reason: str) -> None:
        super().__init__(f"the search server answered {status}: {reason or kind}")
        self.status, self.kind, self.reason = status, kind, reason


class Pauses:
    """Growing pauses with some chance in them, until the patience ends."""

    def __init__(self, patience: float) -> None:
        self._end, self._next = time.monotonic() + patience, _FIRST_PAUSE

    def pause(self) -> bool:
        """Wait; False when the patience has ended."""
        left = self._end - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(left, self._next * random.uniform(0.5, 1.0)))
        self._next = min(self._next * 2, _LONGEST_PAUSE)
        return True


class Server:
    """One connection, kept open. Every request may be repeated safely, so whoever asks must make it so."""

    def __init__(self, url: str, *, timeout: float = 60.0, patience: float = 120.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"no HTTP address: {url!r}")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self.address = f"{parts.scheme}://{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
        self.path = parts.path.strip("/")
        self.patience = patience
        self._connection = kind(parts.hostname, parts.port, timeout=timeout)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if parts.username is not None:
            secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            self._headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The JSON answer to a request. A `bytes` body is sent as it is, lines of JSON.

        Raises:
            Refused: the server answered an error that does not pass.
            ConfigError: it could not be reached, or was busy, for longer than the patience.
        """
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        pauses = Pauses(self.patience)
        while True:
            problem: Exception
            try:
                status, answer = self._send(method, path, data)
                if status < 300:
                    return answer
                problem = _refusal(status, answer)
                if status not in BUSY:
                    raise problem
            except (OSError, HTTPException, ValueError) as met:
                self._connection.close()
                problem = ConfigError(f"{self.address}: {met or type(met).__name__}")
            if not pauses.pause():
                raise problem

    def _send(self, method: str, path: str, data: bytes | None) -> tuple[int, dict[str, Any]]:
        self._connection.request(method, "/" + path.lstrip("/"), data, self._headers)
        response = self._connection.getresponse()
        text = response.read()
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            if response.status < 300:
                raise
            answer = {"error": text[:200].decode(errors="replace")}
        return response.status, answer if isinstance(answer, dict) else {"answer": answer}


def _refusal(status: int, answer: dict[str, Any]) -> Refused:
    error = answer.get("error", "")
    if not isinstance(error, dict):
        return Refused(status, "error", str(error))
    cause = (error.get("root_cause") or [error])[0]
    reason = str(cause.get("reason") or error.get("reason") or "")
    return Refused(status, str(error.get("type", "error")), reason)
