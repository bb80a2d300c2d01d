"""Bitmaps from arrays and back, at the speed of copying: through roaring's portable format."""

from __future__ import annotations

import array
import struct
from typing import Any

import numpy as np
from pyroaring import BitMap

Array = np.ndarray[Any, np.dtype[Any]]

_COOKIE = 12346
_SMALL = 2500  # below this many members pyroaring's own constructor is faster
_SPARSE = 4096  # members of a container that roaring keeps as a list


def make_bitmap(docs: Array) -> BitMap:
    """The bitmap of sorted distinct uint32 numbers."""
    if len(docs) < _SMALL:
        return BitMap(array.array("I", docs.tobytes()))
    low = docs.astype(np.uint16)
    first, last = int(docs[0]) >> 16, int(docs[-1]) >> 16
    cuts = np.searchsorted(docs, np.arange(first, last + 2, dtype=np.uint64) << np.uint64(16)).tolist()
    heads: list[int] = []
    bodies: list[bytes] = []
    for at in range(last - first + 1):
        start, end = cuts[at], cuts[at + 1]
        if start < end:
            heads += (first + at, end - start - 1)
            bodies.append(_container(low[start:end]))
    return _assembled(struct.pack(f"<{len(heads)}H", *heads), bodies)


def _container(low: Array) -> bytes:
    if len(low) <= _SPARSE:
        return low.tobytes()
    mask = np.zeros(65536, np.uint8)
    mask[low] = 1
    return np.packbits(mask, bitorder="little").tobytes()


def _assembled(heads: bytes, bodies: list[bytes]) -> BitMap:
    count = len(bodies)
    place, places = 8 + 8 * count, []
    for body in bodies:
        places.append(place)
        place += len(body)
    return BitMap.deserialize(b"".join([struct.pack("<II", _COOKIE, count), heads, struct.pack(f"<{count}I", *places), *bodies]))


def from_mask(mask: Array) -> BitMap:
    """The bitmap of the places where a mask is true."""
    blocks = (len(mask) + 65535) >> 16
    words: Array = np.packbits(mask, bitorder="little")
    if len(words) < blocks * 8192:
        words = np.concatenate([words, np.zeros(blocks * 8192 - len(words), np.uint8)])
    words = words.reshape(blocks, 8192)
    filled = np.bitwise_count(words.view(np.uint64)).sum(1)
    if (filled <= _SPARSE).any():
        return make_bitmap(np.flatnonzero(mask).astype(np.uint32))
    heads = np.empty((blocks, 2), np.uint16)
    heads[:, 0] = np.arange(blocks)
    heads[:, 1] = filled - 1
    places = (8 + 8 * blocks + 8192 * np.arange(blocks)).astype(np.uint32)
    head = struct.pack("<II", _COOKIE, blocks)
    return BitMap.deserialize(b"".join([head, heads.tobytes(), places.tobytes(), words.tobytes()]))


def distinct(docs: Array) -> Array:
    """The numbers sorted, each once; the array given is sorted in place. (`np.unique` hashes, which takes ten times as long.)"""
    docs.sort()
    if len(docs) < 2:
        return docs
    fresh = docs[1:] != docs[:-1]
    return docs if fresh.all() else np.concatenate([docs[:1], docs[1:][fresh]])


def to_array(docs: BitMap) -> Array:
    """The members in order."""
    return np.frombuffer(docs.to_array(), dtype=np.uint32)
