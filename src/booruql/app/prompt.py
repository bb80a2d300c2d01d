"""The prompt of the REPL on a terminal: history, colours, completion, and the number of matches while typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style, merge_styles, style_from_pygments_cls

from booruql import sites
from booruql.app import repl
from booruql.engine.completion import complete, stretches

if TYPE_CHECKING:
    from booruql.app.repl import Session

# what a stretch of a query is -> the kind of program text it is coloured as
_CLASSES = {
    "operator": "class:pygments.operator",
    "field": "class:pygments.name.attribute",
    "value": "class:pygments.literal.number",
    "tag": "",
    "rest": "class:pygments.error",
    "command": "class:pygments.keyword",
}


class QueryCompleter(Completer):
    """Commands after a backslash, else what the query's own language allows next."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        text, at = document.text, document.cursor_position
        if text.startswith("\\"):
            yield from _commands(document.text_before_cursor)
            return
        session = self.session
        found_all = complete(
            text, at=at, site=session.site, entity=session.entity, audience=session.audience, catalog=session.context.catalog
        )
        for found in found_all:
            kept = text[at : found.end]  # the prompt replaces before the cursor only
            new = found.text.removesuffix(kept)
            yield Completion(new, found.start - at, display=found.text, display_meta=found.help)


def _commands(text: str) -> Iterator[Completion]:
    word, blank, rest = text[1:].partition(" ")
    options: Iterable[str] = repl.COMMANDS
    if blank:
        options = {"to": (*repl.TARGETS, "none"), "site": sites.names()}.get(word, ())
    start = rest if blank else word
    yield from (Completion(option, -len(start)) for option in options if option.startswith(start))


class QueryLexer(Lexer):
    """Colours by what the query's own lexer finds."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        def line(number: int) -> StyleAndTextTuples:
            return list(colour(document.lines[number], self.session.site))

        return line


def colour(text: str, site: str) -> Iterator[tuple[str, str]]:
    """The text in coloured pieces."""
    if text.startswith("\\"):
        yield _CLASSES["command"], text
        return
    end = 0
    for part in stretches(text, site=site):
        yield "", text[end : part.start]
        yield _CLASSES[part.kind], text[part.start : part.end]
        end = part.end
    yield "", text[end:]


class Counter:
    """The line below the prompt; a text is counted once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._last: tuple[Any, str] = (None, "")

    def __call__(self, text: str) -> str:
        key = (text, self.session.site, self.session.name)
        if self._last[0] != key:
            self._last = (key, self.session.count(text))
        return self._last[1]


def make_history() -> History:
    """The history file of the user, or none where there is no place for it."""
    try:
        from platformdirs import user_state_path

        folder: Path = user_state_path("booruql", ensure_exists=True)
    except (ImportError, OSError):
        return InMemoryHistory()
    return _FileHistory(str(folder / "history"))


class _FileHistory(FileHistory):
    """The lines of earlier sessions, without URLs: these may hold a password."""

    def store_string(self, string: str) -> None:
        if "://" not in string or not string.startswith("\\load"):
            super().store_string(string)


def make_style() -> Style | None:
    try:
        from pygments.styles import get_style_by_name
    except ImportError:
        return None
    return merge_styles([style_from_pygments_cls(get_style_by_name("default"))])  # type: ignore[return-value]


def make_prompt(session: Session, **settings: Any) -> PromptSession[str]:
    """The prompt of a session; `settings` are prompt_toolkit's own, such as its input and output."""
    counter = Counter(session)
    prompt: PromptSession[str] = PromptSession(
        message=lambda: f"{session.site}> ",
        history=settings.pop("history", None) or make_history(),
        auto_suggest=AutoSuggestFromHistory(),
        completer=QueryCompleter(session),
        complete_while_typing=True,
        lexer=QueryLexer(session),
        style=make_style(),
        bottom_toolbar=lambda: counter(prompt.default_buffer.text),
        **settings,
    )
    return prompt


def read_lines(session: Session, **settings: Any) -> Iterator[str]:
    """Lines as they are entered; Ctrl-C drops a line, Ctrl-D ends."""
    prompt = make_prompt(session, **settings)
    while True:
        try:
            yield prompt.prompt()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
