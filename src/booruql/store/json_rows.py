"""Records from JSON: a record a line, or values that may be lists and envelopes, laid out in any way.

What is broken costs the record it is in: reading goes on at the next line, or at the next member of the list that begins
as this one did.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from booruql.store.files import Opened
from booruql.store.records import DUMPED, LONGEST, MAIN, SINGLE, TABLES, Found, Item, Place, Reading, Rejected, numbered

_CHUNK = 1 << 20
_STRAYED = 64_000_000
"""Bytes in which a value that is broken must end."""
_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_HALF = re.compile("[\0\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_decode = json.JSONDecoder(parse_constant=_no_number).decode


def loads(data: bytes) -> tuple[Any, str]:
    """A JSON value and its text.

    Raises:
        ValueError: it is none, or holds text that cannot be stored.
    """
    text = data.decode()
    try:
        value = _decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if _ESCAPED.search(text) and _HALF.search(json.dumps(value, ensure_ascii=False)):
        raise ValueError("text holds a NUL or half a surrogate pair")
    return value, text


def _reason(problem: ValueError) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return f"no UTF-8: {problem.reason} at byte {problem.start}"
    return f"no JSON: {problem}" if isinstance(problem, json.JSONDecodeError) else str(problem)


def read_json(opened: Opened, reading: Reading, start: Place) -> Found:
    """The records of a file of JSON."""
    first = _first_line(opened)
    if _is_lines(first):
        yield from _Lines(opened, reading, start).read(first)
    else:
        whole = _Whole(opened.path, _Buffer(opened, first), reading)
        yield from numbered(whole.read(), reading, start)


def _first_line(opened: Opened) -> bytes:
    """Everything up to the end of the first line that is not blank, as much of it as a line may hold."""
    found = b""
    while True:
        line = opened.stream.readline(LONGEST)
        found += line
        if not line or line.strip(_SPACE + _BOM):
            return found


def _is_lines(first: bytes) -> bool:
    """Whether the first line is a whole value: then each is one. A broken line may be one of many."""
    line = first.removeprefix(_BOM).strip(_SPACE)
    if not first.endswith(b"\n"):
        return False
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return not line.endswith((b"{", b"[", b",", b":")) and line[:1] != b"[" and not _opens_envelope(line)
    return True


def _opens_envelope(line: bytes) -> bool:
    return any(re.match(rb'\{\s*"%s"\s*:\s*\[' % key.encode(), line) for key in TABLES)


class _Lines:
    """A value a line: a record, or an envelope."""

    def __init__(self, opened: Opened, reading: Reading, start: Place) -> None:
        self.opened, self.reading, self.start = opened, reading, start

    def read(self, first: bytes) -> Found:
        start, reading = self.start, self.reading
        skipped = start.within
        for number, offset, line in self._lines(first):
            text = line.strip(_SPACE)
            if not text:
                continue
            done = Place(start.file, number + 1, offset + len(line))
            found = self._value(number, offset, text)
            if isinstance(found, (Item, Rejected)):
                reading.place = done
                if not skipped:
                    yield found
                skipped = 0
                continue
            for count, one in enumerate(found, 1):
                reading.place = Place(start.file, number, offset, count)
                if count > skipped:
                    yield one
            reading.place, skipped = done, 0

    def _lines(self, first: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Number, offset and text of every line from the start on."""
        stream, start = self.opened.stream, self.start
        number, offset = 1, 0
        if start.offset and not self.opened.is_packed:
            try:
                stream.seek(start.offset)
                number, offset, first = start.line, start.offset, b""
            except OSError:
                pass
        if first:
            lines = first.splitlines(keepends=True) if not first.removeprefix(_BOM).startswith(b"\r") else [first]
            for line in lines:
                if number >= start.line:
                    yield number, offset, line.removeprefix(_BOM) if offset == 0 else line
                number, offset = number + 1, offset + len(line)
        while line := stream.readline(LONGEST + 2):
            if number >= start.line:
                yield number, offset, line
            number, offset = number + line.count(b"\n"), offset + len(line)
            if not line.endswith(b"\n"):
                rest = self._skip()
                number, offset = number + bool(rest), offset + rest

    def _skip(self) -> int:
        """Read over the rest of a line that is too long: how many bytes."""
        size = 0
        while piece := self.opened.stream.readline(_CHUNK):
            size += len(piece)
            if piece.endswith(b"\n"):
                break
        return size

    def _value(self, number: int, offset: int, text: bytes) -> Item | Rejected | Found:
        if len(text) >= LONGEST:
            return _too_long(self.opened.path, number, offset, text)
        try:
            value, shown = loads(text)
        except ValueError as problem:
            return Rejected(self.opened.path, number, offset, _reason(problem), text.decode(errors="replace"))
        if isinstance(value, dict) and not is_envelope(value):
            return Item(value, None, self.opened.path, number, offset, shown)
        if isinstance(value, (dict, list)):
            return _Whole(self.opened.path, _Buffer(None, text, number, offset), self.reading).read()
        return Rejected(self.opened.path, number, offset, "no JSON object", shown)


def _too_long(path: str, line: int, offset: int, text: bytes) -> Rejected:
    return Rejected(path, line, offset, f"longer than {LONGEST:,} bytes", text[:1000].decode(errors="replace"))


def is_envelope(value: dict[str, Any]) -> bool:
    """Whether an object holds records rather than being one."""
    if "id" in value:
        return False
    return any(key in TABLES and isinstance(rows, list) for key, rows in value.items()) or any(
        isinstance(value.get(key), dict) and "name" not in value for key in SINGLE
    )


class _Buffer:
    """The part of a stream that is looked at, and where it stands in the file."""

    def __init__(self, opened: Opened | None, data: bytes, line: int = 1, offset: int = 0) -> None:
        self._opened, self.data = opened, data
        self.at = 3 if data.startswith(_BOM) else 0
        self._line, self._offset, self._counted = line, offset, 0

    def more(self) -> bool:
        """Read on; False at the end of the file."""
        piece = self._opened.stream.read(_CHUNK) if self._opened else b""
        self.data += piece
        return bool(piece)

    def place(self) -> tuple[int, int]:
        """Line and byte of `at`."""
        self._line += self.data.count(b"\n", self._counted, self.at)
        self._counted = self.at
        return self._line, self._offset + self.at

    def forget(self) -> None:
        """Let go of what was read."""
        if self.at > _CHUNK or self.at == len(self.data):
            self.place()
            self._offset += self.at
            self.data, self.at, self._counted = self.data[self.at :], 0, 0

    def next(self, skipped: bytes = _SPACE) -> bytes:
        """The next byte that is not among the skipped ones; b'' at the end."""
        while True:
            found = re.compile(rb"[^%s]" % re.escape(skipped)).search(self.data, self.at)
            if found:
                self.at = found.start()
                return found.group()
            self.at = len(self.data)
            if not self.more():
                return b""


# A string, an opening, a closing bracket; a quote that is not closed on its line.
_PART = re.compile(rb'("(?:[^"\\\n]++|\\.)*+")|([\[{])|([\]}])|(")', re.DOTALL)
_SCALAR = re.compile(rb'"(?:[^"\\\n]++|\\.)*+"|[^\s,\]}]+', re.DOTALL)
_KEY = re.compile(rb'\{\s*("(?:[^"\\\n]++|\\.)*+")')
_TABLE_KEY = re.compile(rb'"(%s)"\s*:\s*\[\s*[\{\]]' % "|".join(sorted(TABLES)).encode())


class _Whole:
    """JSON values one after the other: records, lists of records, envelopes, dumps."""

    def __init__(self, path: str, buffer: _Buffer, reading: Reading) -> None:
        self.path, self.buffer, self.reading = path, buffer, reading

    def read(self) -> Found:
        buffer = self.buffer
        while first := buffer.next(_SPACE + b","):
            if first == b"[":
                buffer.at += 1
                yield from self._list(None)
            elif first == b"{" and self._holds_tables():
                yield from self._envelope()
            else:
                yield from self._element(None, 1)

    def _holds_tables(self) -> bool:
        """Whether the object ahead is an envelope or a dump."""
        end = self._end(LONGEST)
        if end is not None:
            try:
                value, _ = loads(self.buffer.data[self.buffer.at : end])
            except ValueError:
                pass
            else:
                return is_envelope(value)
        return _TABLE_KEY.search(self.buffer.data, self.buffer.at, self.buffer.at + 65_536) is not None

    # --- parts

    def _envelope(self) -> Found:
        buffer, keys = self.buffer, set()
        facts: dict[str, Any] = {}
        buffer.at += 1
        while (first := buffer.next(_SPACE + b",:")) and first != b"}":
            key = self._scalar()
            if not isinstance(key, str):
                break
            first = buffer.next(_SPACE + b":")
            if first == b"[" and key in TABLES:
                keys.add(key)
                buffer.at += 1
                yield from self._list(key)
            elif first == b"{" and key in SINGLE:
                yield from self._element(SINGLE[key], 1)
            elif first in (b"[", b"{"):
                end = self._end(_STRAYED)
                buffer.at = len(buffer.data) if end is None else end
            else:
                facts[key] = self._scalar()
            buffer.forget()
        if first:
            buffer.at += 1
        self._learn(keys, facts)

    def _learn(self, keys: set[str], facts: dict[str, Any]) -> None:
        self.reading.tables |= keys
        if not keys.isdisjoint(MAIN) and not keys.isdisjoint(DUMPED):
            self.reading.is_dump = True
            self.reading.facts.update(facts)

    def _list(self, table: str | None) -> Found:
        buffer, number = self.buffer, 0
        while (first := buffer.next(_SPACE + b",")) and first != b"]":
            number += 1
            yield from self._element(table, number)
            buffer.forget()
        if first:
            buffer.at += 1
        else:
            line, offset = buffer.place()
            yield Rejected(self.path, line, offset, "no JSON: the list does not end")

    def _scalar(self) -> Any:
        """The text, number or word ahead; None when it is none."""
        buffer = self.buffer
        while True:
            found = _SCALAR.match(buffer.data, buffer.at)
            if (found and found.end() < len(buffer.data)) or not buffer.more():
                break
        if not found:
            buffer.at += 1
            return None
        buffer.at = found.end()
        try:
            return json.loads(found.group())
        except ValueError:
            return None

    def _element(self, table: str | None, number: int) -> Found:
        """One record, or the rejection of what stands in its place."""
        buffer = self.buffer
        line, offset = buffer.place()
        end = self._end(_STRAYED)
        try:
            if end is None:
                raise ValueError("no JSON: it does not end")
            data = buffer.data[buffer.at : end]
            if len(data) >= LONGEST:
                yield _too_long(self.path, line, offset, data)
                buffer.at = end
                return
            value, text = loads(data)
        except ValueError as problem:
            begun = buffer.at
            buffer.at = self._next_like(end)
            lost = buffer.data[begun : buffer.at].rstrip(_SPACE + b",")
            yield Rejected(self.path, line, offset, _reason(problem), lost[:100_000].decode(errors="replace"))
            return
        buffer.at = end
        if isinstance(value, dict):
            yield Item(value, table, self.path, line, offset, text)
        else:
            shown = f"row {number} of {table}" if table else f"value {number}"
            yield Rejected(self.path, line, offset, f"{shown} is no JSON object", text)

    def _next_like(self, end: int | None) -> int:
        """Where the next record begins after a broken one: behind a comma or a line's end, with the same first key."""
        buffer = self.buffer
        key = _KEY.match(buffer.data, buffer.at)
        like = re.compile(rb"[,\n]\s*(?=\{\s*" + (re.escape(key.group(1)) if key else b"") + rb")")
        at = buffer.at + 1
        while not (found := like.search(buffer.data, at, len(buffer.data) if end is None else end)):
            if end is not None:
                return max(end, buffer.at + 1)
            at = max(at, len(buffer.data) - 1000)
            if not buffer.more():
                return len(buffer.data)
        return found.end()

    def _end(self, most: int) -> int | None:
        """Where the value ahead ends; None when that is too far, or the value is broken."""
        buffer = self.buffer
        if buffer.data[buffer.at : buffer.at + 1] not in (b"{", b"["):
            found = _SCALAR.match(buffer.data, buffer.at)
            while found and found.end() == len(buffer.data) and buffer.more():
                found = _SCALAR.match(buffer.data, buffer.at)
            return found.end() if found else buffer.at + 1
        at, depth = buffer.at, 0
        while True:
            for part in _PART.finditer(buffer.data, at):
                kind = part.lastindex
                if kind == 4:  # a quote that does not close: here, or in what was read
                    break
                at = part.end()
                if kind != 1:
                    depth += 1 if kind == 2 else -1
                    if not depth:
                        return at
            else:
                kind = 0
            if kind == 4 and b"\n" in buffer.data[at:][part.start() - at :]:
                return None
            if at - buffer.at > most or len(buffer.data) - buffer.at > most + _CHUNK or not buffer.more():
                return None
