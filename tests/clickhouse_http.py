"""ClickHouse's HTTP interface before chdb, the engine itself: `python clickhouse_http.py FOLDER` prints its port.

There is no package of a current server. What this front reads of a request is what the manual says of it: the text in
the body; `database`, `default_format`, `param_<name>` and settings in the URL; user and password in headers; an error
has status 500 and the engine's text. https://clickhouse.com/docs/interfaces/http
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

USER, PASSWORD = "default", "opal & ruby"
_OF_HTTP = ("wait_end_of_query", "cancel_http_readonly_queries_on_client_close")


class Front(BaseHTTPRequestHandler):
    """A connection of its own for each request, as a request has a session of its own."""

    def do_POST(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True, max_num_fields=100_000))
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = self.headers.get("X-ClickHouse-User"), self.headers.get("X-ClickHouse-Key")
        if given != (USER, PASSWORD):
            return self._answer(403, "Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)")
        try:
            return self._answer(200, _run(text, asked))
        except RuntimeError as problem:
            return self._answer(500, str(problem))

    def _answer(self, status: int, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is told."""


def _run(text: str, asked: dict[str, str]) -> str:
    import chdb

    connection = chdb.connect(sys.argv[1])
    try:
        params = {name.removeprefix("param_"): asked.pop(name) for name in list(asked) if name.startswith("param_")}
        form, database = asked.pop("default_format"), asked.pop("database")
        connection.query(f"USE {database}")
        for name, value in asked.items():
            if name not in _OF_HTTP:
                connection.query(f"SET {name} = {value}")
        found = connection.query(text, form, **({"params": params} if params else {}))
        return found.bytes().decode() if hasattr(found, "bytes") else str(found)
    finally:
        connection.close()


if __name__ == "__main__":
    import chdb

    keeper = chdb.connect(sys.argv[1])  # the engine lives as long as a connection
    server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    print(server.server_port, flush=True)
    server.serve_forever()
