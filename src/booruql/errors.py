"""Spans, diagnostics, the exception tree and the caret renderer. Imports nothing of ours.

Codes: E1 syntax, E2 names, E3 values, E4 structure, E5 unsupported, E6 limits; W likewise for warnings.
The paragraph of each code is in `booruql.codes`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Any, NamedTuple


class Span(NamedTuple):
    """A half-open stretch of the query text, counted in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of one query: what is wrong, where, and what to write instead.

    `site_message` is the site's own error text where the site answers one (Philomena's 400).
    """

    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    text: str | None = None
    site_message: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The shape of batch mode: code, message, start, end, hint."""
        start, end = self.span if self.span else (None, None)
        return {
            "code": self.code,
            "message": self.message,
            "start": start,
            "end": end,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        return render(self)


class BooruqlError(Exception):
    """The root of every exception this library raises on purpose."""


class ConfigError(BooruqlError):
    """The embedder's mistake: an unknown site, a layout that lacks a column, an unreadable file."""


class QueryError(BooruqlError):
    """The searcher's text is at fault; a server may show `str(error)` as it is."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic

    @property
    def code(self) -> str:
        return self.diagnostic.code

    @property
    def message(self) -> str:
        return self.diagnostic.message

    @property
    def span(self) -> Span | None:
        return self.diagnostic.span

    @property
    def hint(self) -> str | None:
        return self.diagnostic.hint

    @property
    def text(self) -> str | None:
        return self.diagnostic.text

    def to_dict(self) -> dict[str, Any]:
        return self.diagnostic.to_dict()

    def with_text(self, text: str) -> QueryError:
        """The same error, able to show carets under `text`; an error that has its text keeps it."""
        if self.diagnostic.text is not None:
            return self
        return type(self)(replace(self.diagnostic, text=text))

    def at(self, span: Span | None) -> QueryError:
        """The same error at a place; an error that has one keeps it."""
        if self.diagnostic.span is not None:
            return self
        return type(self)(replace(self.diagnostic, span=span))

    def __str__(self) -> str:
        return render(self.diagnostic)


class ParseError(QueryError):
    """E1: the text does not parse."""


class FieldError(QueryError):
    """E2: a name stands for nothing here."""


class BadValueError(QueryError):
    """E3: a value cannot be read."""


class StructureError(QueryError):
    """E4: the parts are right, their combination is refused by the site."""


class UnsupportedError(QueryError):
    """E5: the target cannot say this exactly."""


class LimitError(QueryError):
    """E6: one of the limits is passed; the message names it."""


_FAMILIES: dict[str, type[QueryError]] = {
    "1": ParseError,
    "2": FieldError,
    "3": BadValueError,
    "4": StructureError,
    "5": UnsupportedError,
    "6": LimitError,
}


def error_class(code: str) -> type[QueryError]:
    """The exception that carries `code` (W codes too: strict mode raises them).

    >>> error_class("E201").__name__
    'FieldError'
    """
    return _FAMILIES.get(code[1:2], QueryError)


def make_error(
    code: str,
    message: str,
    span: Span | None = None,
    *,
    hint: str | None = None,
    text: str | None = None,
    site_message: str | None = None,
) -> QueryError:
    """The exception of the code's family, ready to raise."""
    return error_class(code)(Diagnostic(code, message, span, hint, text, site_message))


def promote(warning: Diagnostic) -> QueryError:
    """The error that a warning becomes in strict mode; the code stays, so it can be looked up."""
    return error_class(warning.code)(warning)


def render(diagnostic: Diagnostic) -> str:
    """`code: message`, the line of the query with carets under the span, and the hint.

    >>> print(render(Diagnostic("E102", "')' closes nothing", Span(2, 3), "remove it", "a ) b")))
    E102: ')' closes nothing
      a ) b
        ^
      hint: remove it
    """
    lines = [f"{diagnostic.code}: {diagnostic.message}"]
    if diagnostic.text is not None and diagnostic.span is not None:
        lines += _carets(diagnostic.text, diagnostic.span)
    if diagnostic.hint:
        lines.append(f"  hint: {diagnostic.hint}")
    return "\n".join(lines)


_WINDOW = 60  # code points shown on either side of a span in a very long line


def _carets(text: str, span: Span) -> list[str]:
    start = min(max(span.start, 0), len(text))
    end = min(max(span.end, start), len(text))
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    last = len(text) if last < 0 else last
    left, right = max(first, start - _WINDOW), min(last, max(start, min(end, last)) + _WINDOW)
    right = min(right, start + 2 * _WINDOW)
    before = ("…" if left > first else "") + "".join(map(shown, text[left:start]))
    marked = "".join(map(shown, text[start : min(end, right)]))
    after = "".join(map(shown, text[min(end, right) : right])) + ("…" if right < last else "")
    return [
        f"  {before}{marked}{after}",
        f"  {' ' * cells(before)}{'^' * max(1, cells(marked))}",
    ]


def shown(char: str) -> str:
    """A character as one line of a terminal can show it.

    >>> shown("\\t"), shown("\\x1b"), shown("é")
    (' ', '�', 'é')
    """
    if char == "\t":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in ("Cc", "Cs") else char


def cells(text: str) -> int:
    """How many terminal cells `text` takes: wide characters two, combining marks none.

    >>> cells("猫 cat")
    6
    """
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


class Notes:
    """Collects the warnings of one query; spans are of `text`."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.warnings: list[Diagnostic] = []
        self._noted: set[tuple[str, str, Span | None]] = set()

    def warn(self, code: str, message: str, span: Span | None = None, *, hint: str | None = None) -> None:
        """Note a warning; the same one at the same place is noted once."""
        if (code, message, span) not in self._noted:
            self._noted.add((code, message, span))
            self.warnings.append(Diagnostic(code, message, span, hint, self.text))
