"""Records from the XML that Danbooru serves: `<posts type="array"><post>...`, dashes for underscores, typed members."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from booruql.store.files import Opened
from booruql.store.records import LONGEST, SINGLE, TABLES, Found, Item, Place, Reading, Rejected, numbered

_CHUNK = 1 << 18
_HEAD = re.compile(
    rb"\s*(?:<\?xml[^>]*?(?:encoding=[\"']([\w-]+)[\"'])?\s*\?>)?\s*(?:<!--.*?-->\s*)*<([\w-]+)([^>]*)>", re.DOTALL
)
_OPENING = re.compile(rb"<([\w-]+)[\s/>]")


def read_xml(opened: Opened, reading: Reading, start: Place) -> Found:
    """The records of a file of XML."""
    yield from numbered(_records(opened), reading, start)


def _records(opened: Opened) -> Found:
    """Each record is cut out by its tags and read alone, so that a broken one costs only itself."""
    data = opened.stream.read(_CHUNK)
    head = _HEAD.match(data.removeprefix(b"\xef\xbb\xbf"))
    if head is None or head[2].startswith(b"!"):
        yield Rejected(opened.path, 1, 0, "no XML of records", data[:200].decode(errors="replace"))
        return
    root = head[2].decode()
    if head[3].endswith(b"/"):
        return
    name = root.replace("-", "_")
    table = SINGLE.get(name, name if name in TABLES else None)
    is_alone = name in SINGLE
    cuts = _Cuts(opened, data, data.index(b"<" + head[2]) if is_alone else data.index(head[3] + b">") + len(head[3]) + 1)
    for line, offset, cut in cuts:
        yield _one(opened.path, line, offset, cut, table, (head[1] or b"utf-8").decode())
    if not is_alone and f"</{root}>".encode() not in cuts.data:
        yield Rejected(opened.path, cuts.line, cuts.offset, f"no XML: <{root}> does not end")


class _Cuts:
    """The elements of a stream, one after the other: line, byte and text of each."""

    def __init__(self, opened: Opened, data: bytes, at: int) -> None:
        self._opened, self.data, self._at = opened, data, at
        self.line, self.offset = 1, 0

    def _more(self) -> bool:
        piece = self._opened.stream.read(_CHUNK)
        self.data += piece
        return bool(piece)

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        while True:
            opening = _OPENING.search(self.data, self._at)
            if opening is None:
                if not self._more():
                    return
                continue
            start, closing = opening.start(), b"</" + opening[1] + b">"
            end = self.data.find(closing, start)
            while end < 0 and len(self.data) - start <= 2 * LONGEST and self._more():
                end = self.data.find(closing, start)
            self._pass(start)
            cut = self.data[: end - start + len(closing)] if end >= 0 else self.data
            yield self.line, self.offset, cut
            self._pass(len(cut))

    def _pass(self, size: int) -> None:
        self.line += self.data.count(b"\n", 0, size)
        self.offset += size
        self.data, self._at = self.data[size:], 0


def _one(path: str, line: int, offset: int, data: bytes, table: str | None, encoding: str) -> Item | Rejected:
    shown = data[:100_000].decode(encoding, errors="replace")
    if len(data) >= LONGEST:
        return Rejected(path, line, offset, f"longer than {LONGEST:,} bytes", shown[:1000])
    try:
        record = _value(ElementTree.fromstring(data.decode(encoding)), 0)
    except (ValueError, LookupError, ElementTree.ParseError) as problem:
        return Rejected(path, line, offset, f"no XML: {problem}", shown)
    if not isinstance(record, dict):
        return Rejected(path, line, offset, "no XML of a record", shown)
    return Item(record, table, path, line, offset)


def _boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(f"{text!r:.40} is no boolean")
    return text in ("true", "1")


_TYPES: Mapping[str, Callable[[str], Any]] = {
    "integer": int, "float": float, "decimal": float, "boolean": _boolean,
}  # fmt: skip
_DEEPEST = 20


def _value(element: ElementTree.Element, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    kind = element.get("type")
    if element.get("nil") == "true":
        return None
    if kind == "array":
        return [_value(child, depth + 1) for child in element]
    if len(element):
        return {child.tag.replace("-", "_"): _value(child, depth + 1) for child in element}
    text = element.text or ""
    read = _TYPES.get(kind or "")
    if read is None:
        return text
    return read(text.strip()) if text.strip() else None
