"""A real OpenSearch of two nodes on loopback, from the Maven repository, for the tests.

`BOORUQL_OPENSEARCH_URL` names a cluster to use instead. By hand: `python -m tests.opensearch` starts one and prints its URL.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

VERSION = "2.19.6"  # the newest that Java 17 runs; 3.x wants Java 21. The only place that names it
GET = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get"
SERVER = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
PLUGINS = {"percolator": "org.opensearch.percolator.PercolatorPlugin"}  # name -> class of `org.opensearch.plugin:<name>-client`
SNOWBALL = Path(__file__).parent / "java" / "SnowballPlugin.java"
MARK = ".complete"
LOOPBACK = "127.0.0.1"
START, STOP = 120, 30  # seconds; a busy machine needs most of a minute


class CannotRun(Exception):
    """There is no Java, no Maven, or no way to reach the repository."""


# --- installing


def cache_folder() -> Path:
    """Where the unpacked server stays between runs. Root's own home is closed to the user that runs the server."""
    given = os.environ.get("XDG_CACHE_HOME")
    base = Path(given) if given else Path("/var/cache") if _is_root() else Path.home() / ".cache"
    return base / "booruql"


def install() -> Path:
    """The home of the unpacked server with its plugins; downloads it the first time.

    Raises:
        CannotRun: no Java, no Maven, or the download fails.
    """
    missing = [program for program in ("java", "javac", "mvn") if not shutil.which(program)]
    home = cache_folder() / f"opensearch-{VERSION}"
    if "java" not in missing and _installed(home) == _wanted():
        return home
    if missing:
        raise CannotRun(f"OpenSearch needs {', '.join(missing)}, or BOORUQL_OPENSEARCH_URL")
    home.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home, ignore_errors=True)
    room = Path(tempfile.mkdtemp(dir=home.parent))
    try:
        with ZipFile(_download(SERVER)) as archive:
            archive.extractall(room)
        unpacked = room / home.name
        (unpacked / "bin" / "opensearch").chmod(0o755)
        _add_plugins(unpacked)
        (unpacked / MARK).write_text(_wanted())
        _open_to_all(unpacked)
        if not home.exists():
            unpacked.rename(home)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return home


def _wanted() -> str:
    """What a complete installation says of itself."""
    return hashlib.sha256(repr((VERSION, PLUGINS)).encode() + SNOWBALL.read_bytes()).hexdigest()


def _installed(home: Path) -> str:
    mark = home / MARK
    return mark.read_text() if mark.is_file() else ""


def _download(artifact: str) -> Path:
    """The file of an artifact in the local Maven repository."""
    command = ["mvn", "-B", "-q", GET, f"-Dartifact={artifact}", "-Dtransitive=false"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if done.returncode:
        raise CannotRun(f"Maven found no {artifact}: {done.stdout[-500:]}")
    group, name, version, *kind = artifact.split(":")
    local = Path.home() / ".m2" / "repository"
    return local / group.replace(".", "/") / name / version / f"{name}-{version}.{kind[0] if kind else 'jar'}"


def _add_plugins(home: Path) -> None:
    for name, classname in PLUGINS.items():
        folder = _plugin_folder(home, name, classname)
        shutil.copy(_download(f"org.opensearch.plugin:{name}-client:{VERSION}"), folder)
    _compile(home, _plugin_folder(home, "snowball", "booruql.SnowballPlugin"))


def _plugin_folder(home: Path, name: str, classname: str) -> Path:
    folder = home / "plugins" / name
    folder.mkdir(parents=True)
    (folder / "plugin-descriptor.properties").write_text(
        f"name={name}\nversion={VERSION}\nopensearch.version={VERSION}\njava.version=17\nclassname={classname}\ndescription={name}\n"
    )
    return folder


def _compile(home: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as room:
        subprocess.run(["javac", "-cp", f"{home}/lib/*", "-d", room, str(SNOWBALL)], check=True, capture_output=True, timeout=300)
        with ZipFile(folder / "snowball.jar", "w") as jar:
            for path in sorted(Path(room).rglob("*.class")):
                jar.write(path, path.relative_to(room))


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))


# --- running


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def request(url: str, body: Any = None, *, method: str | None = None, timeout: float = 60) -> Any:
    """One request, its JSON answer; HTTP errors answer their JSON too."""
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "application/x-ndjson" if isinstance(body, bytes) else "application/json"
    asked = urllib.request.Request(url, data, {"Content-Type": kind}, method=method or ("POST" if data else "GET"))
    try:
        with urllib.request.urlopen(asked, timeout=timeout) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        with problem:
            return json.load(problem)


_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG


def _end_with_parent() -> None:
    """Tests that are killed leave no server behind."""
    if _LIBC is not None:
        _LIBC.prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


@dataclass
class Node:
    """One server: its folder, its ports, its process."""

    name: str
    roles: str
    home: Path
    folder: Path
    http: int = field(default_factory=free_port)
    transport: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.http}"

    def configure(self, seeds: str, settings: Mapping[str, Any]) -> None:
        """Write the node's configuration into its folder."""
        config = self.folder / "config"
        config.mkdir(parents=True)
        lines = {
            "cluster.name": "booruql-tests",
            "node.name": self.name,
            "node.roles": self.roles,
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "network.host": LOOPBACK,
            "http.port": self.http,
            "transport.port": self.transport,
            "discovery.seed_hosts": f'["{seeds}"]',
            "cluster.initial_cluster_manager_nodes": '["a"]',
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            "action.auto_create_index": "false",
            "node.processors": 2,
            **settings,
        }
        (config / "opensearch.yml").write_text("".join(f"{key}: {value}\n" for key, value in lines.items()))
        (config / "log4j2.properties").write_text(
            "appender.console.type = Console\nappender.console.name = console\nappender.console.layout.type = PatternLayout\n"
            "appender.console.layout.pattern = [%d][%p][%c{1.}] %m%n\nrootLogger.level = warn\n"
            "rootLogger.appenderRef.console.ref = console\n"
        )
        heap = "-Xms512m\n-Xmx512m\n-XX:+UseSerialGC\n-XX:TieredStopAtLevel=1\n"
        (config / "jvm.options").write_text(heap + f"-Djava.io.tmpdir={self.folder}\n18-:-Djava.security.manager=allow\n")

    def start(self) -> None:
        """Start the process; `Cluster.wait` tells when it answers."""
        java = Path(shutil.which("java") or "java").resolve().parents[1]
        variables = {
            "PATH": os.environ["PATH"],
            "OPENSEARCH_PATH_CONF": str(self.folder / "config"),
            "OPENSEARCH_JAVA_HOME": str(java),
            "OPENSEARCH_TMPDIR": str(self.folder),
        }
        user: dict[str, Any] = {"user": "nobody", "group": "nogroup", "extra_groups": []} if _is_root() else {}
        with (self.folder / "out.log").open("ab") as log:
            program = self.home / "bin" / "opensearch"
            quiet: dict[str, Any] = {"stdout": log, "stderr": log, "stdin": subprocess.DEVNULL}
            self.process = subprocess.Popen(
                [program], cwd=self.folder, env=variables, preexec_fn=_end_with_parent, **quiet, **user
            )

    def stop(self, *, hard: bool = False) -> None:
        """End the process and wait for it; `hard` is a crash."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGKILL if hard else signal.SIGTERM)
        try:
            self.process.wait(STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(STOP)
        self.process = None

    def complaint(self) -> str:
        """The end of what the process printed."""
        log = self.folder / "out.log"
        return log.read_text(errors="replace")[-3000:] if log.is_file() else ""


class Cluster:
    """Node A manages and holds data, node B holds data: stop B to lose a replica, A to lose the writes."""

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        home = install()
        self.folder = Path(tempfile.mkdtemp(prefix="booruql-opensearch-"))
        self.a = Node("a", "[cluster_manager, data]", home, self.folder / "a")
        self.b = Node("b", "[data]", home, self.folder / "b")
        for node in self.nodes:
            node.configure(f"{LOOPBACK}:{self.a.transport}", settings or {})
        self._give_away()

    @property
    def nodes(self) -> tuple[Node, Node]:
        return self.a, self.b

    @property
    def url(self) -> str:
        return self.a.url

    def _give_away(self) -> None:
        """The server refuses to run as root, so its files belong to the user it runs as."""
        if _is_root():
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, "nobody", "nogroup")

    def start(self) -> None:
        """Start both nodes and wait until every shard has its replica."""
        for node in self.nodes:
            node.start()
        self.wait()

    def wait(self, *, nodes: int = 2, status: str = "green", seconds: float = START) -> None:
        """Wait until so many nodes have met and the cluster has that status.

        Raises:
            CannotRun: a node ended, or the time is up.
        """
        end = time.monotonic() + seconds
        query = f"{self.url}/_cluster/health?wait_for_nodes=>={nodes}&wait_for_status={status}&timeout=2s"
        while time.monotonic() < end:
            try:
                if not request(query, timeout=10).get("timed_out", True):
                    return
            except (OSError, ValueError):
                time.sleep(0.5)
            for node in self.nodes:
                if node.process is not None and node.process.poll() is not None:
                    raise CannotRun(f"node {node.name} ended: {node.complaint()}")
        raise CannotRun(f"no {status} cluster of {nodes} nodes after {seconds} s: {self.a.complaint()}")

    def stop(self) -> None:
        """Stop both nodes and remove their data."""
        for node in reversed(self.nodes):
            node.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Cluster:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *problem: object) -> None:
        self.stop()


# --- fixtures


@pytest.fixture(scope="session")
def opensearch_cluster() -> Iterator[Cluster]:
    """The two nodes, to be stopped and started by tests of faults; whoever stops one starts it again."""
    try:
        cluster = Cluster()
    except CannotRun as problem:
        pytest.skip(str(problem))
    with cluster:
        yield cluster


@pytest.fixture(scope="session")
def opensearch(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> str:
    """The URL of a cluster: that of BOORUQL_OPENSEARCH_URL, else the two nodes."""
    given = os.environ.get("BOORUQL_OPENSEARCH_URL")
    if given:
        return given.rstrip("/")
    cluster: Cluster = request.getfixturevalue("opensearch_cluster")
    return cluster.url


def main() -> None:
    """Run the cluster until interrupted."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Cluster() as cluster:
        print(cluster.url, flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
