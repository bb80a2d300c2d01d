"""Records from the XML that Danbooru serves: `<posts type="array"><post>...`, dashes for underscores, typed members."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

from booruql.store.files import Opened
from booruql.store.records import LONGEST, SINGLE, TABLES, Found, Item, Place, Reading, Rejected, numbered

_CHUNK = 1 << 18
_HEAD = re.compile(rb"\s*(?:<\?xml[^>]*?(?:encoding=[\"']([\w-]+)[\"'])?\s*\?>)?\s*(?:<!--.*?-->\s*)*<([\w-]+)([^>]*)>", re.DOTALL)
_OPENING = re.compile(rb"<([\w-]+)[\s/>]")
_SINGULAR = {"galleries": "gallery"}


def read_xml(opened: Opened, reading: Reading, start: Place) -> Found:
    """The records of a file of XML."""
    yield from numbered(_records(opened), reading, start)


def _records(opened: Opened) -> Found:
    """Each record is cut out by its tags and read alone, so that a broken one costs only itself."""
    data = opened.stream.read(_CHUNK).removeprefix(b"\xef\xbb\xbf")
    head = _HEAD.match(data)
    if head is None or b"<!DOCTYPE" in data[: head.end()] or b"<!ENTITY" in data[: head.end()]:
        yield Rejected(opened.path, 1, 0, "no XML of records", data[:200].decode(errors="replace"))
        return
    encoding, root, rest = (head[1] or b"utf-8").decode(), head[2].decode(), head[3]
    if rest.endswith(b"/"):
        return
    name = root.replace("-", "_")
    alone = name in SINGLE
    table = SINGLE.get(name, name if name in TABLES else None)
    line, offset = 1, 0
    at = head.start(2) - 1 if alone else head.end()
    while True:
        opening = _OPENING.search(data, at)
        if opening is None:
            more = opened.stream.read(_CHUNK)
            if not more:
                break
            data += more
            continue
        tag = opening[1]
        closing = b"</" + tag + b">"
        end = data.find(closing, opening.start())
        while end < 0 and len(data) - opening.start() <= 2 * LONGEST and (more := opened.stream.read(_CHUNK)):
            data += more
            end = data.find(closing, opening.start())
        line += data.count(b"\n", 0, opening.start())
        offset += opening.start()
        cut = data[opening.start() : end + len(closing)] if end >= 0 else data[opening.start() :]
        yield _one(opened.path, line, offset, cut, table, encoding)
        data = data[opening.start() + len(cut) :]
        line, offset, at = line + cut.count(b"\n"), offset + len(cut), 0
    if not alone and f"</{root}>".encode() not in data:
        yield Rejected(opened.path, line, offset, f"no XML: <{root}> does not end")


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
