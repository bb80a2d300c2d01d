"""Text to the parsed query and on to the closed one, without caches; and a text that was seen before."""

from __future__ import annotations

from benchmarks.results import Found, Table, at_most
from benchmarks.setting import Setting
from benchmarks.timing import measure
from booruql import close, parse
from booruql.engine import api


def run(setting: Setting) -> Found:
    """Queries of the workload, each read anew."""
    texts = [query.danbooru for query in setting.queries]
    queries = [parse(text) for text in texts]
    context = setting.context

    def parse_anew(at: int) -> object:
        api._parse.cache_clear()
        return parse(texts[at])

    def close_anew(at: int) -> object:
        api._parse.cache_clear()
        api._typed.cache_clear()
        return api.close_anew(parse(texts[at]), context)

    def close_typed(at: int) -> object:
        api._typed.cache_clear()
        return api.close_anew(queries[at], context)

    jobs = {"parse": parse_anew, "parse and close": close_anew, "close": close_typed}
    found = measure(jobs, len(texts), setting.rounds)
    for text in texts:
        close(parse(text), context)
    again = {"parse": lambda at: parse(texts[at]), "parse and close": lambda at: close(parse(texts[at]), context)}
    seen = measure(again, len(texts), setting.rounds)
    closing = found["parse and close"].ratio(found["parse"])
    return {
        "text to query": Table(found, [at_most("text to closed query, of the parse", closing, 2.5)]),
        "a text seen before": Table(
            seen,
            [
                at_most("parsed query, p50", seen["parse"].percentile(0.5) * 1e6, 2, " us"),
                at_most("closed query, p50", seen["parse and close"].percentile(0.5) * 1e6, 3, " us"),
            ],
        ),
    }
