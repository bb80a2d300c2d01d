"""Expressions in SQL, as one writes them by hand for the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchmarks.workload import Expression

Numbers = Iterable[int]


def field_test(e: Expression, prefix: str = "") -> str:
    """The comparison of a number, a date or the rating."""
    name, op, value = f"{prefix}{e['field']}", e["op"], e["value"]
    if op == "between":
        return f"{name} BETWEEN {value[0]} AND {value[1]}"
    return f"{name} {op} '{value}'" if isinstance(value, str) else f"{name} {op} {value}"


def array_test(
    e: Expression, numbers: dict[str, int], has_all: Callable[[Numbers], str], has_any: Callable[[Numbers], str]
) -> str:
    """Over a column of tag numbers: the tags of a conjunction asked at once, and those that it forbids."""

    def any_of(leaf: Expression) -> list[int]:
        return [numbers[name] for name in leaf["any"]] if "any" in leaf else [numbers[leaf["tag"]]]

    def text(node: Expression) -> str:
        match node:
            case {"tag": name}:
                return has_all([numbers[name]])
            case {"any": _}:
                return has_any(any_of(node))
            case {"field": _}:
                return field_test(node)
            case {"not": member}:
                return f"NOT ({text(member)})"
            case {"or": members} if all(_is_leaf(member) for member in members):
                return has_any([number for member in members for number in any_of(member)])
            case {"or": members}:
                return "(" + " OR ".join(map(text, members)) + ")"
        members = node["and"]
        wanted = [numbers[member["tag"]] for member in members if "tag" in member]
        unwanted = [n for member in members if _is_leaf(member.get("not", {})) for n in any_of(member["not"])]
        rest = [member for member in members if "tag" not in member and not _is_leaf(member.get("not", {}))]
        parts = [has_all(wanted)] if wanted else []
        parts += [*map(text, rest), *([f"NOT ({has_any(unwanted)})"] if unwanted else [])]
        return "(" + " AND ".join(parts) + ")"

    return text(e)


def set_test(e: Expression, numbers: dict[str, int]) -> str:
    """Over a table of pairs: each tag is a set of posts."""
    match e:
        case {"tag": name}:
            return f"id IN (SELECT post_id FROM post_tags WHERE tag_id = {numbers[name]})"
        case {"any": names}:
            listed = ",".join(str(numbers[name]) for name in names) or "NULL"
            return f"id IN (SELECT post_id FROM post_tags WHERE tag_id IN ({listed}))"
        case {"field": _}:
            return field_test(e)
        case {"not": member}:
            return f"NOT ({set_test(member, numbers)})"
        case {"or": members}:
            return "(" + " OR ".join(set_test(member, numbers) for member in members) + ")"
    return "(" + " AND ".join(set_test(member, numbers) for member in e["and"]) + ")"


def _is_leaf(e: Expression) -> bool:
    return "tag" in e or "any" in e
