"""URLs of databases, and their secrets kept out of messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from booruql.errors import ConfigError

_SECRET = re.compile(r"pass|secret|token|key|pwd", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def is_url(source: str) -> bool:
    """Whether the text begins as a URL does."""
    return _SCHEME.match(source) is not None


@dataclass(frozen=True)
class Address:
    """A URL taken apart. Its printed form has no secrets."""

    url: str = field(repr=False)
    scheme: str
    host: str | None
    port: int | None
    user: str | None
    password: str | None = field(repr=False)
    path: str
    """What follows the host and one slash: a database's name, or a file's."""
    options: dict[str, str] = field(repr=False)

    @classmethod
    def read(cls, url: str) -> Address:
        """The parts of a URL, without percent signs.

        Raises:
            ConfigError: it is none.
        """
        if not is_url(url):
            raise ConfigError("the URL of a database begins with its name and ://, as postgresql:// does")
        try:
            parts = urlsplit(url)
            host, port = _place(parts)
        except ValueError:
            raise ConfigError(f"this is no URL of a database: {url.partition('://')[0]}://...") from None
        user, password = (None if text is None else unquote(text) for text in (parts.username, parts.password))
        path, options = unquote(parts.path).removeprefix("/"), dict(parse_qsl(parts.query, keep_blank_values=True))
        return cls(url, parts.scheme.lower(), host, port, user, password, path, options)

    @property
    def shown(self) -> str:
        """The URL without what may be a secret.

        >>> Address.read("mysql://ada:opal@db/booru?ssl_key=ruby").shown
        'mysql://db/booru'
        """
        return f"{self.scheme}://{self.host or ''}/{self.path}"

    def hide(self, message: str) -> str:
        """A driver's message; not a word of it when it tells a secret of the URL.

        >>> Address.read("mysql://ada:opal@db/booru").hide("no opal in mysql://ada:opal@db/booru")
        'the message is not shown: it holds a secret of the URL'
        """
        raw = urlsplit(self.url).password
        own = [self.password, raw, *(value for name, value in self.options.items() if _SECRET.search(name))]
        if any(secret and secret in message for secret in own):
            return "the message is not shown: it holds a secret of the URL"
        return message


def _place(parts: SplitResult) -> tuple[str | None, int | None]:
    """Host and port; neither for a list of hosts, which is the driver's to read."""
    if "," in parts.netloc:
        return None, None
    return parts.hostname, parts.port
