"""An index in one file: written whole, mapped when read, bitmaps made when they are asked for.

A head of JSON says where each array lies; the arrays follow as they are in memory. Nothing in a file is code. The head has a
checksum, and so has all that lies before it: opening looks at the first alone, as it reads nothing else.
"""

from __future__ import annotations

import json
import mmap
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pyroaring import BitMap

from booruql.backends.bitmap.bits import Array
from booruql.backends.bitmap.columns import Column, Numbers, Objects, Values
from booruql.backends.bitmap.dictionary import Dictionaries, Dictionary, dictionary_of
from booruql.backends.bitmap.index import BitmapIndex, Snapshot
from booruql.backends.bitmap.postings import Postings
from booruql.backends.bitmap.rows import Rows, restore, unflat
from booruql.backends.bitmap.segment import Segment
from booruql.errors import ConfigError

_MAGIC = b"booruql\x02"  # its last byte is the format
_PREFIX = struct.Struct("<QQII")  # where the head begins and ends, its checksum, and that of what lies between
_CHUNK = 1 << 22
_ALIGN = 64


def save(index: BitmapIndex, path: str | Path, facts: Mapping[str, Any]) -> None:
    """Write the present snapshot; `facts` come back when the file is read."""
    snapshot = index.snapshot
    temporary = Path(f"{path}.part")
    with open(temporary, "wb") as file:
        writer = _Writer(file)
        head: dict[str, Any] = {
            "facts": dict(facts),
            "carried": sorted(snapshot.carried),
            "segments": [writer.segment(segment, gone) for segment, gone in snapshot.segments],
            "dictionaries": {name: writer.json(list(d.values)) for name, d in index.dictionaries.items()},
        }
        head["rows"] = writer.json(writer.rows.whole())
        writer.finish(head)
    temporary.replace(path)


class _Writer:
    """Blocks of bytes one after the other, and where they lie."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.end, self.sum, self.rows = file, len(_MAGIC) + _PREFIX.size, 0, Rows()
        self.file.write(_MAGIC + bytes(_PREFIX.size))

    def write(self, data: Any) -> None:
        self.file.write(data)
        self.end += len(data)
        self.sum = zlib.crc32(data, self.sum)

    def block(self, data: Any) -> list[int]:
        self.write(bytes(-self.end % _ALIGN))
        start = self.end
        self.write(data)
        return [start, self.end]

    def array(self, values: Array) -> list[Any]:
        return [*self.block(np.ascontiguousarray(values).view(np.uint8).data), values.dtype.str]

    def json(self, value: Any) -> list[int]:
        return self.block(json.dumps(value, separators=(",", ":")).encode())

    def segment(self, segment: Segment, gone: BitMap) -> dict[str, Any]:
        columns = {name: self.column(column) for name, column in segment.columns.items()}
        return {"size": segment.size, "ids": self.array(segment.ids), "gone": self.block(gone.serialize()), "columns": columns}

    def column(self, column: Column) -> dict[str, Any]:
        match column:
            case Numbers():
                return {"form": "numbers", "values": self.array(column.values), "has_gaps": column.has_gaps}
            case Values():
                return {"form": "values", "codes": self.array(column.codes)}
            case Objects():
                return {"form": "objects", "values": self.json(self.rows.flat(list(column.values)))}
            case Postings():
                return self.postings(column)

    def postings(self, column: Postings) -> dict[str, Any]:
        codes, ends, start = [], [], self.block(b"")[0]
        for code, bitmap in column.every.items():
            self.write(bitmap.serialize())
            codes.append(code)
            ends.append(self.end)
        return {
            "form": "postings",
            "rare": [self.array(column.codes), self.array(column.starts), self.array(column.docs)],
            "frequent": [self.array(np.array(codes, np.int64)), self.array(np.array([start, *ends], np.int64))],
        }

    def finish(self, head: Mapping[str, Any]) -> None:
        text = json.dumps(head, separators=(",", ":")).encode()
        self.file.write(text)
        self.file.seek(len(_MAGIC))
        self.file.write(_PREFIX.pack(self.end, self.end + len(text), zlib.crc32(text), self.sum))


def read(path: str | Path, make: Callable[[Mapping[str, Any]], BitmapIndex], *, check: bool = False) -> BitmapIndex:
    """The index of a file; `make` gives an empty one for its facts. With `check` the whole file is compared with its checksum.

    Raises:
        ConfigError: it is none, of another format, cut short or damaged.
    """
    with open(path, "rb") as file:
        magic = file.read(len(_MAGIC))
        if magic[:-1] != _MAGIC[:-1]:
            raise ConfigError(f"{path} is no saved index")
        if magic != _MAGIC:
            raise ConfigError(f"{path} is a saved index of another version: make it anew")
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    head = json.loads(_head(data, path, check=check))
    index = make(head["facts"])
    reader = _Reader(data, index.dictionaries, head["rows"])
    for name, place in head["dictionaries"].items():
        index.dictionaries[name] = Dictionary(reader.json(place))
    segments = tuple(reader.segment(entry) for entry in head["segments"])
    index.snapshot = Snapshot(segments, frozenset(head["carried"]))
    return index


def _head(data: memoryview, path: str | Path, *, check: bool) -> bytes:
    first = len(_MAGIC) + _PREFIX.size
    start, end, own, others = _PREFIX.unpack(data[len(_MAGIC) : first]) if len(data) >= first else (0, -1, 0, 0)
    head = bytes(data[start:end])
    is_whole = first <= start < end == len(data) and zlib.crc32(head) == own
    if is_whole and check:
        found = 0
        for at in range(first, start, _CHUNK):
            found = zlib.crc32(data[at : min(start, at + _CHUNK)], found)
        is_whole = found == others
    if not is_whole:
        raise ConfigError(f"{path} is damaged: it is not as it was saved")
    return head


class _Reader:
    """Arrays of a mapped file."""

    def __init__(self, data: memoryview, dictionaries: Dictionaries, rows: list[int]) -> None:
        self.data, self.dictionaries = data, dictionaries
        self.rows = restore(self.json(rows))

    def array(self, place: list[Any]) -> Array:
        start, end, dtype = place
        return np.frombuffer(self.data[start:end], np.dtype(dtype))

    def json(self, place: list[int]) -> Any:
        return json.loads(bytes(self.data[place[0] : place[1]]))

    def segment(self, entry: Mapping[str, Any]) -> tuple[Segment, BitMap]:
        columns = {name: self.column(name, column) for name, column in entry["columns"].items()}
        gone = BitMap.deserialize(bytes(self.data[entry["gone"][0] : entry["gone"][1]]))
        return Segment(entry["size"], self.array(entry["ids"]), columns), gone

    def column(self, name: str, entry: Mapping[str, Any]) -> Column:
        match entry["form"]:
            case "numbers":
                return Numbers(self.array(entry["values"]), entry["has_gaps"])
            case "values":
                return Values(dictionary_of(name, self.dictionaries), self.array(entry["codes"]))
            case "postings":
                return self.postings(name, entry)
            case _:
                values = unflat(self.json(entry["values"]), self.rows)
                return Objects([tuple(value) if isinstance(value, list) else value for value in values])

    def postings(self, name: str, entry: Mapping[str, Any]) -> Postings:
        codes, starts, docs = map(self.array, entry["rare"])
        found = Postings(dictionary_of(name, self.dictionaries), codes, starts, docs, {})
        frequent, ends = (self.array(place).tolist() for place in entry["frequent"])
        found.stored = {code: self.data[ends[at] : ends[at + 1]] for at, code in enumerate(frequent)}
        return found
