"""Batch mode: a JSON value a line in, exactly one JSON object a line out, in order; a bad line stops nothing."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from booruql.app.request import Request
from booruql.errors import BooruqlError, Diagnostic, QueryError, make_error

Run = Callable[[Request], tuple[Any, Iterable[Diagnostic]]]


def lines(stream: Any) -> Iterator[str]:
    """The lines of a binary stream; lines end at LF only. Bytes that are no UTF-8 become half surrogates."""
    for raw in stream:
        yield raw.decode("utf-8", "surrogateescape").removesuffix("\n")


def answer(base: Request, line: str, run: Run) -> dict[str, Any]:
    """The object for one line."""
    given: Any = line
    try:
        given = json.loads(line)
        request = base.with_line(given)
        given = request.q
        result, warnings = run(request)
        return {"q": given, "ok": True, "result": result, "warnings": [w.to_dict() for w in warnings]}
    except ValueError as problem:
        error = make_error("E109", f"the line is no JSON: {problem}").to_dict()
    except QueryError as problem:
        error = problem_dict(problem, lenient=base.lenient)
    except BooruqlError as problem:
        error = {"code": "E001", "message": str(problem), "start": None, "end": None, "hint": None}
    except Exception as problem:  # a defect of ours: the line is answered, the trace is shown, the run goes on
        traceback.print_exc(file=sys.stderr)
        message = f"internal error: {type(problem).__name__}: {problem}"
        error = {"code": "E000", "message": message, "start": None, "end": None, "hint": None}
    return {"q": given, "ok": False, "error": error}


def problem_dict(problem: QueryError, *, lenient: bool) -> dict[str, Any]:
    """An error as batch mode prints it; lenient mode gives the site's own message where there is one."""
    found = problem.to_dict()
    own = problem.diagnostic.site_message
    return {**found, "message": own} if lenient and own else found


def run_batch(base: Request, run: Run) -> int:
    """Answer every line of stdin; 1 when some query was refused."""
    refused = False
    for line in lines(sys.stdin.buffer):
        found = answer(base, line, run)
        refused = refused or not found["ok"]
        sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    return 1 if refused else 0
