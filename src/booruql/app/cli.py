"""The command line. Data on stdout, everything else on stderr; 0 fine, 1 some query refused, 2 usage or configuration."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from booruql import __version__
from booruql.app import batch
from booruql.app.command import Command
from booruql.app.commands import commands, load, names
from booruql.app.request import Request
from booruql.errors import BooruqlError, ConfigError, Diagnostic, QueryError, render

_DASHED = "\0"  # stands before an argument that begins with '-' and is a query


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        command, values = read_arguments(given)
    except SystemExit as stop:
        return int(stop.code or 0)
    try:
        return run(command, values)
    except ConfigError as problem:
        print(f"booruql: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def read_arguments(given: list[str]) -> tuple[Command, dict[str, Any]]:
    """The command and its arguments; options and queries may come in any order."""
    if not given or given[0] not in names():
        _overview().parse_args(given)
        raise AssertionError("the overview's parser exits")
    command = load(given[0])
    options = make_parser(command).parse_intermixed_args(_mark_queries(given[1:]))
    return command, {key: _unmarked(value) for key, value in vars(options).items()}


def _overview() -> argparse.ArgumentParser:
    width = max(map(len, names()))
    parser = argparse.ArgumentParser(
        "booruql",
        usage="booruql [-h] [--version] COMMAND ...",
        description="The query languages of booru image boards, compiled.",
        epilog="\n".join(["commands:", *(f"  {c.name:<{width}}  {c.help}" for c in commands())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"booruql {__version__}")
    parser.add_argument("command", choices=names(), metavar="COMMAND", help="one of the commands below")
    return parser


def make_parser(command: Command) -> argparse.ArgumentParser:
    """The parser of a command's arguments."""
    parser = argparse.ArgumentParser(f"booruql {command.name}", description=command.help, allow_abbrev=False)
    for flags, settings in command.arguments:
        parser.add_argument(*flags, **settings)
    return parser


def run(command: Command, values: dict[str, Any]) -> int:
    """Run a command with its parsed arguments."""
    if command.whole is not None:
        return command.whole(values)
    texts, jsonl = values.pop("query", []), values.pop("jsonl", False)
    own = {name: values.pop(name) for name in command.own if name in values}
    base = Request(**values)
    done = command.instead({**own, "query": texts}, base)
    if done is not None:
        return done
    with command.session({**own, "jsonl": jsonl}, base) as session:
        if jsonl:
            return batch.run_batch(base, lambda request: command.answer(request, session))
        return _run_texts(command, base, session, _texts(texts))


def _texts(given: Sequence[str]) -> list[str]:
    """The queries of the command line; `-` is one a line of stdin."""
    found: list[str] = []
    for text in given:
        found.extend(batch.lines(sys.stdin.buffer) if text == "-" else [text])
    return found


def _run_texts(command: Command, base: Request, session: Any, texts: list[str]) -> int:
    status = 0
    for text in texts:
        request = base.with_line(text)
        try:
            result, warnings = command.answer(request, session)
        except QueryError as problem:
            report(problem.diagnostic, text, lenient=request.lenient)
            status = 2 if command.name == "match" else 1
            continue
        except BooruqlError as problem:
            raise ConfigError(str(problem)) from None
        for warning in warnings:
            report(warning, text)
        shown = command.show(result, request, session)
        if shown:
            print(shown)
        status = max(status, command.status(result))
    sys.stdout.flush()
    return status


def report(problem: Diagnostic, text: str, *, lenient: bool = False) -> None:
    """Print a problem with its query and carets on stderr."""
    if lenient and problem.site_message:
        print(f"{problem.code}: {problem.site_message}", file=sys.stderr)
        return
    shown = problem if problem.text is not None else Diagnostic(problem.code, problem.message, problem.span, problem.hint, text)
    print(render(shown), file=sys.stderr)


def _mark_queries(given: list[str]) -> list[str]:
    """Queries may begin with one '-': only `--words`, `-h` and a lone `-` are options here."""
    return [_DASHED + a if a.startswith("-") and not a.startswith("--") and a not in ("-", "-h") else a for a in given]


def _unmarked(value: Any) -> Any:
    if isinstance(value, str):
        return value.removeprefix(_DASHED)
    if isinstance(value, list):
        return [_unmarked(item) for item in value]
    return value
