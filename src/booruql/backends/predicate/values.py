"""Tests of one value, made once a query: what the generated source calls for leaves that are no plain comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from math import copysign, inf
from struct import Struct
from typing import Any

from booruql.ast.nodes import Between, Compare, Contains, InNetwork, Op, Value
from booruql.documents import Document

Test = Callable[[Any], bool]
_SINGLE = Struct("f")


def single(value: float | None) -> float | None:
    """The value as 32 bits hold it; None stays None.

    >>> single(0.1) == 0.1
    False
    """
    if value is None:
        return None
    try:
        rounded: float = _SINGLE.unpack(_SINGLE.pack(value))[0]
    except OverflowError:
        return copysign(inf, value)
    return rounded


def any_of(test: Test) -> Callable[[Iterable[Any]], bool]:
    """Whether some value of a many-valued field passes."""

    def check(values: Iterable[Any]) -> bool:
        for value in values:  # noqa: SIM110 - a generator costs twice
            if test(value):
                return True
        return False

    return check


_ORDERS: dict[Op, Callable[[Any], Test]] = {
    Op.EQ: lambda bound: lambda value: bool(value == bound),
    Op.LT: lambda bound: lambda value: bool(value < bound),
    Op.LE: lambda bound: lambda value: bool(value <= bound),
    Op.GT: lambda bound: lambda value: bool(value > bound),
    Op.GE: lambda bound: lambda value: bool(value >= bound),
}


def range_test(node: Compare | Between, convert: Callable[[Value], Value]) -> Test:
    """One value against the bounds of a comparison or range."""
    if isinstance(node, Compare):
        return _ORDERS[node.op](convert(node.value))
    low = _ORDERS[Op.GT if node.low_open else Op.GE](convert(node.low))
    high = _ORDERS[Op.LT if node.high_open else Op.LE](convert(node.high))
    return lambda value: low(value) and high(value)


_Address = IPv4Address | IPv6Address


@lru_cache(4096)
def _address(text: str) -> _Address | None:
    try:
        return _plain(ip_address(text))
    except ValueError:
        return None


def _plain(address: _Address) -> _Address:
    """An IPv4 address, also where it is written as an IPv6 one."""
    return getattr(address, "ipv4_mapped", None) or address


def network_test(node: InNetwork) -> Test:
    """Whether an address lies in the network."""
    network: IPv4Network | IPv6Network = ip_network(node.text, strict=False)

    def test(value: str) -> bool:
        address = _address(str(value))
        return address is not None and address.version == network.version and address in network

    return test


def contains_test(node: Contains) -> Test:
    """Whether a JSON object has the key, and the value where one is given."""
    key, wanted = node.key, node.value

    def test(value: Any) -> bool:
        if not isinstance(value, Mapping):
            return isinstance(value, (list, tuple, frozenset)) and wanted is None and key in value
        if key not in value:
            return False
        return wanted is None or (value[key] == wanted and isinstance(value[key], bool) == isinstance(wanted, bool))

    return test


def some_row(test: Test) -> Callable[[Iterable[Any]], bool]:
    """Whether some related row passes."""

    def check(rows: Iterable[Any]) -> bool:
        for row in rows:  # noqa: SIM110 - as above
            if test(row if type(row) is Document else Document(row)):
                return True
        return False

    return check


def count_rows(test: Test) -> Callable[[Iterable[Any]], int]:
    """How many related rows pass."""

    def count(rows: Iterable[Any]) -> int:
        found = 0
        for row in rows:
            if test(row if type(row) is Document else Document(row)):
                found += 1
        return found

    return count


_LEARNED = 200_000  # values remembered by one test


def any_learned(test: Test) -> Callable[[Iterable[Any]], bool]:
    """`any_of` where the same values come again: what the test said of each is remembered, as sets of the vocabulary."""
    yes: set[Any] = set()
    known: set[Any] = set()

    def check(found: Iterable[Any]) -> bool:
        if not yes.isdisjoint(found):
            return True
        if known.issuperset(found):
            return False
        if len(known) > _LEARNED:
            known.clear()
            yes.clear()
        hit = False
        for value in found:
            if value not in known:
                if test(value):
                    yes.add(value)
                    hit = True
                known.add(value)
            elif value in yes:
                hit = True
        return hit

    return check
