"""`booruql repl`: queries as they are typed, what they compile to, and what they find.

On a terminal with prompt_toolkit it edits, highlights, completes and counts while typing (`app/prompt.py`); elsewhere it
reads plain lines, so it works through a pipe.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from booruql import demo, sites
from booruql.app.request import Request, make_audience
from booruql.app.table import render_records
from booruql.ast.nodes import All, Key, Search
from booruql.context import Context
from booruql.engine import api
from booruql.errors import BooruqlError, ConfigError, QueryError, render

if TYPE_CHECKING:
    from booruql.store import Source

GREETING = "booruql: a query, or \\help"
HELP = """\
QUERY                         what it compiles to, and the posts that match
\\to sql|elastic|tree|python   what to show; \\to none shows the matches alone
\\site NAME                    the language: {sites}
\\load FILE                    another source: a .db, .json, .jsonl or .jsonl.gz file, or a URL
\\help                         this
\\quit                         leave; so does the end of input
A query that begins with a backslash is written with a blank before it."""
SHOWN = 5
QUICK = 50_000  # rows that are counted while typing
DEMO = "demo"


class Quit(Exception):
    """The session is over."""


@dataclass
class Session:
    """What the lines so far have set: the site, the target, the open source."""

    site: str = "danbooru"
    entity: str | None = None
    audience: str = "anonymous"
    target: str = "sql"
    context: Context = Context()
    source: Source | None = None
    place: str = ""
    name: str = ""
    layout: str = "join"
    rows: int = 0

    # --- one line

    def answer(self, line: str) -> str:
        """What to print for a line; a problem is an answer too.

        Raises:
            Quit: the line was `\\quit`.
        """
        try:
            if line.startswith("\\"):
                return self._command(line)
            return self._query(line)
        except QueryError as problem:
            return render(problem.diagnostic)
        except BooruqlError as problem:
            return f"booruql: {problem}"

    def _command(self, line: str) -> str:
        word, _, rest = line[1:].strip().partition(" ")
        command = _COMMANDS.get(word)
        if command is None:
            return f"no command \\{word}; \\help lists them"
        return command(self, rest.strip())

    def _query(self, text: str) -> str:
        closed = self.close(text)
        lines = [render(replace(warning, text=text)) for warning in closed.warnings]
        lines += self._compiled(closed)
        if self.source is not None:
            found = self.source.search(closed, limit=SHOWN)
            lines += [render_records(list(found.records))] if found.ids else []
            lines.append(_sum(found.total))
        return "\n".join(lines)

    def close(self, text: str) -> api.Closed:
        """The query of a text, bound to the session's context."""
        query = api.parse(
            text,
            site=self.site,
            entity=self.entity,
            audience=self.audience,
            limits=self.context.limits,
            lenient=self.context.lenient,
        )
        return api.close(query, self.context)

    def _compiled(self, closed: api.Closed) -> list[str]:
        if self.target == "none":
            return []
        try:
            return [TARGETS[self.target](closed, self.source)]
        except QueryError as problem:
            return [render(problem.diagnostic)]

    def count(self, text: str) -> str:
        """How many posts match, or what is wrong, in a few words: for the line below the prompt."""
        if not text.strip() or text.startswith("\\"):
            return f"{self.site}, {self.name or 'no source'}"
        try:
            closed = self.close(text)
            if self.source is None or self.rows > QUICK:
                return "reads well"
            return _sum(self.source.search(closed, limit=0).total)
        except QueryError as problem:
            return f"{problem.code}: {problem.message}"
        except BooruqlError as problem:
            return str(problem)

    # --- settings

    def set_site(self, name: str) -> str:
        """Read another language: the demo data in its site's shape, else the same source as that site's."""
        philomena = sites.load(name).syntax == "philomena"
        if self.name in ("", DEMO):
            self.load(str(demo.FURBOORU_IMAGES if philomena else demo.DANBOORU_POSTS), name)
            self.name = DEMO
        else:
            self.load(self.place, name)
        return f"site {name}, {self.rows} rows of {self.name}"

    def set_target(self, name: str) -> str:
        if name not in (*TARGETS, "none"):
            raise ConfigError(f"no target {name!r}; known: {', '.join(TARGETS)}, none")
        self.target = name
        return f"shows {name}"

    def load(self, place: str, site: str | None = None) -> str:
        """Open another source; its records tell the site."""
        from booruql import store

        source = store.open_source(place, site=site, layout=self.layout)
        resource = source.site.resource(self.entity)
        self.end()
        self.source, self.place, self.name, self.site = source, place, store.shown(place), source.site.name
        self.context = replace(self.context, catalog=source.catalog)
        self.rows = source.count(api.Closed(Search(self.site, resource.name, All(), (Key("id"),)), resource))
        return f"{self.rows} rows of {self.site} from {self.name}"

    def end(self) -> None:
        """Close the source."""
        if self.source is not None:
            self.source.close()
        self.source, self.name, self.rows = None, "", 0
        self.context = replace(self.context, catalog=None)


def _sum(total: int) -> str:
    return f"{total} {'match' if total == 1 else 'matches'}"


def _to_sql(closed: api.Closed, source: Source | None) -> str:
    """As the source's own database is asked; without one as the embedded store is."""
    database, layout = ("sqlite", "join") if source is None else (source.database, source.shape)
    statement = api.sql(closed, database=database, layout=layout, exact="residual")
    return f"{statement.text}\n  params {json.dumps(statement.params, ensure_ascii=False, default=str)}"


def _to_elastic(closed: api.Closed, source: Source | None) -> str:
    return json.dumps(api.elastic(closed), ensure_ascii=False, indent=2)


def _to_tree(closed: api.Closed, source: Source | None) -> str:
    from booruql.ast import show

    return show.tree(closed.search.where)


def _to_python(closed: api.Closed, source: Source | None) -> str:
    return api.predicate(closed).source


TARGETS: Mapping[str, Callable[[api.Closed, Source | None], str]] = {
    "sql": _to_sql,
    "elastic": _to_elastic,
    "tree": _to_tree,
    "python": _to_python,
}


def _help(session: Session, rest: str) -> str:
    return HELP.format(sites=", ".join(sites.names()))


def _quit(session: Session, rest: str) -> str:
    raise Quit


_COMMANDS: Mapping[str, Callable[[Session, str], str]] = {
    "to": Session.set_target,
    "site": Session.set_site,
    "load": Session.load,
    "help": _help,
    "quit": _quit,
}
COMMANDS = tuple(_COMMANDS)


def run(source: str | None, request: Request, context: Context) -> int:
    """Read lines until the end of the input; the exit status."""
    session = Session(entity=request.entity, audience=make_audience(request, context), context=context, layout=request.layout)
    try:
        if source is not None:
            session.load(source, request.site)
        else:
            session.set_site(request.site_name)
        if sys.stdin.isatty() and sys.stdout.isatty() and find_spec("prompt_toolkit"):
            from booruql.app.prompt import read_lines

            return _loop(session, read_lines(session))
        return _loop(session, _plain_lines())
    finally:
        session.end()


def _plain_lines() -> Iterator[str]:
    """Lines of stdin; a prompt only where somebody sees it."""
    prompt = "booruql> " if sys.stdin.isatty() else ""
    while True:
        try:
            yield input(prompt)
        except EOFError:
            return


def _loop(session: Session, lines: Iterator[str]) -> int:
    if sys.stdin.isatty():
        print(GREETING)
    for line in lines:
        try:
            if line.strip():
                print(session.answer(line), flush=True)
        except Quit:
            break
    return 0
