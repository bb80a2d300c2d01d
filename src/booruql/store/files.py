"""Files of records: found in folders, opened through gzip and zstd, told apart by how they begin."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from booruql.errors import ConfigError

STDIN = "-"
SUFFIXES = (".json", ".jsonl", ".ndjson", ".xml", ".csv", ".parquet")
PACKED = (".gz", ".zst", ".zstd")
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_BUFFER = 1 << 18


def find_files(paths: Iterable[str | Path]) -> list[str]:
    """The files, in order; a folder stands for the files of records in it, by name.

    Raises:
        ConfigError: there is no such file, or a folder holds none.
    """
    found: list[str] = []
    for given in paths:
        path = Path(given)
        if str(given) != STDIN and path.is_dir():
            inside = sorted(str(file) for file in path.rglob("*") if file.is_file() and _is_wanted(file.relative_to(path)))
            if not inside:
                raise ConfigError(f"{given} holds no file that ends in {', '.join(SUFFIXES)}, packed or not")
            found += inside
        else:
            found.append(str(given))
    return found


def _is_wanted(path: Path) -> bool:
    name = path.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return name.endswith(SUFFIXES) and not any(part.startswith(".") for part in path.parts)


def stem(path: str) -> str:
    """The file's name without what its endings tell.

    >>> stem("dump/tag_aliases.jsonl.gz")
    'tag_aliases'
    """
    return Path(path).name.split(".")[0].lower()


@dataclass
class Opened:
    """An open file: its text as bytes, and how much of the file itself was read."""

    path: str
    stream: io.BufferedReader
    raw: IO[bytes]
    is_packed: bool

    def tell(self) -> int:
        """How many bytes of the file were read."""
        return self.raw.tell() if self.path != STDIN else 0

    def peek(self) -> bytes:
        """The first bytes that are no white space, still to be read."""
        return self.stream.peek(1 << 16).removeprefix(b"\xef\xbb\xbf").lstrip()


@contextmanager
def open_file(path: str) -> Iterator[Opened]:
    """A file ready to be read, unpacked; `-` is standard input.

    Raises:
        ConfigError: it cannot be opened.
    """
    if path == STDIN:
        yield _unpacked(path, sys.stdin.buffer)
        return
    try:
        raw = open(path, "rb", buffering=_BUFFER)  # noqa: SIM115  # the generator closes it
    except OSError as problem:
        raise ConfigError(f"{path}: {problem.strerror or problem}") from None
    with raw:
        yield _unpacked(path, raw)


def _unpacked(path: str, raw: IO[bytes]) -> Opened:
    if not hasattr(raw, "peek"):  # standard input that was replaced
        raw = cast(IO[bytes], io.BufferedReader(cast(Any, raw)))
    try:
        magic = cast(io.BufferedReader, raw).peek(4)[:4]
    except OSError as problem:
        raise ConfigError(f"{path}: {problem.strerror or problem}") from None
    if magic.startswith(_GZIP):
        return Opened(path, io.BufferedReader(cast(Any, gzip.GzipFile(fileobj=raw)), _BUFFER), raw, True)
    if magic == _ZSTD:
        return Opened(path, io.BufferedReader(_open_zstd(raw), _BUFFER), raw, True)
    return Opened(path, cast(io.BufferedReader, raw), raw, False)


def _open_zstd(raw: IO[bytes]) -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
    except ImportError:
        try:
            import zstandard
        except ImportError:
            raise ConfigError("zstd files need the package zstandard: install booruql[zstd]") from None
        return zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return zstd.ZstdFile(raw)
