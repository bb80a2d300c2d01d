"""Layouts by name, from files, or from descriptions."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from booruql.errors import ConfigError

if TYPE_CHECKING:
    from booruql.backends.sql.layout import Layout

_FILES = (".toml", ".json")


def layout(given: str | Path | Mapping[str, Any]) -> Layout:
    """How a database stores posts: one of our layouts by its name, or what describes another schema.

    Keep what you get, and give it to every `sql`: the texts of statements are kept by it.

    >>> layout("array").name
    'array'
    >>> layout({"posts": {"table": "pictures", "fields": {"id": "picture_id", "score": "votes"}}}).name
    'mapped'

    Args:
        given: a name, a TOML or JSON file, or the description itself as a mapping. SQL in it is trusted.

    Raises:
        ConfigError: there is no such layout or file, or the description names what there is not.
    """
    if isinstance(given, Mapping):
        from booruql.backends.sql.mapping_text import read_mapping

        return read_mapping(given)
    if isinstance(given, str) and not given.endswith(_FILES):
        from booruql.backends.sql.layout import load

        return load(given)
    return _read(Path(given))


def _read(path: Path) -> Layout:
    from booruql.backends.sql.mapping_text import read_mapping

    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as problem:
        raise ConfigError(f"layout {path}: {problem}") from None
    if not isinstance(found, dict):
        raise ConfigError(f"layout {path}: a description is a table of entities")
    try:
        return read_mapping(found, path.stem)
    except ConfigError as problem:
        raise ConfigError(f"layout {path}: {problem}") from None
