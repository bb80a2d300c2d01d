"""chdb, the engine of ClickHouse as a library, in a child process: a process has one data path, and a crash is not ours."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from booruql.errors import ConfigError
from booruql.store.servers._http import Refused
from booruql.store.servers._server import driver


class Chdb:
    """The databases in a folder, or in memory when there is no path."""

    def __init__(self, path: str, settings: Mapping[str, str]) -> None:
        driver("chdb", "clickhouse")
        if path and not Path(path).is_dir():
            raise ConfigError(f"ClickHouse: {path}: no such folder")
        self._path, self._settings = path or ":memory:", dict(settings)
        self.database = "default"
        self._child = self._start()

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _CHILD, self._path, json.dumps(self._settings)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def send(self, text: str, params: Mapping[str, Any], body: str) -> str:
        """The answer to a statement with its parameters; `body` follows an INSERT."""
        if self._child.poll() is not None and self._path != ":memory:":
            self._child = self._start()
        assert self._child.stdin is not None and self._child.stdout is not None
        try:
            asked = json.dumps([self.database, f"{text}\n{body}" if body else text, params])
            print(asked, file=self._child.stdin, flush=True)
            line = self._child.stdout.readline()
        except OSError:
            line = ""
        if not line:
            raise Refused("chdb has gone")
        good, found = json.loads(line)
        if not good:
            raise Refused(found)
        return str(found)

    def stop(self) -> None:
        """End the process with its query; what is in a folder can be asked again."""
        self._child.kill()

    def close(self) -> None:
        """End the process."""
        assert self._child.stdin is not None and self._child.stdout is not None
        self._child.stdin.close()
        self._child.wait(10)
        self._child.stdout.close()


_CHILD = """
import json, os, sys
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
import chdb
connection = chdb.connect(sys.argv[1])
for name, value in json.loads(sys.argv[2]).items():
    connection.query(f"SET {name} = {value}")
current = None
for line in sys.stdin:
    database, text, params = json.loads(line)
    try:
        if database != current:
            connection.query(f"USE {database}")
            current = database
        options = {"params": params} if params else {}
        found = connection.query(text, "JSONCompactEachRow", **options)
        answer = [True, found.bytes().decode() if hasattr(found, "bytes") else str(found)]
    except Exception as problem:
        answer = [False, str(problem)]
    print(json.dumps(answer), file=out, flush=True)
"""
