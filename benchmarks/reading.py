"""Text to the written tree, to the query, to the closed query, without caches; texts that were seen before; long texts."""

from __future__ import annotations

from benchmarks import reduced_parser, stock_parser
from benchmarks.caches import Caches
from benchmarks.hand_parser import HandParser, shown
from benchmarks.peers import Missing
from benchmarks.peers.luqum import make_reader
from benchmarks.results import Found, Table, at_least, at_most
from benchmarks.setting import Setting
from benchmarks.timing import Job, Protocol, measure
from booruql import Context, Limits, close, parse, sites
from booruql.ast import show
from booruql.syntax import tags

BY_HAND, REDUCED, STOCK, LUQUM, OURS = "by hand", "by hand, reduced language", "Lark.parse", "luqum", "written tree"
_SHORT, _LONG = 100, 10_000
_PIECES = {
    "danbooru": (
        "blue_sky ",
        "-dog ",
        "~cat ",
        "bl*e ",
        "(cat or dog) ",
        "-(a (b)) ",
        "score:>50 ",
        'source:"a b" ',
        "sky_(art) ",
    ),
    "furbooru": ("red fox, ", "-wolf && ", "(fox || -owl), ", "fo*x, ", "score.gt:50, ", '"a b", ', "fox~0.5, ", "fox^2 || "),
}
"""What long texts are made of, by site."""
_ROOM = Limits(characters=20_000, depth=1_000, terms=10_000)


def run(setting: Setting) -> Found:
    """Queries of the workload, each read anew."""
    texts = [query.danbooru for query in setting.queries]
    return {
        "text to written tree": _written(texts, setting),
        "text to query": _read(texts, setting),
        "a text seen before": _again(texts, setting),
        "long texts": _long(setting),
    }


def _written(texts: list[str], setting: Setting) -> Table:
    site, limits = sites.load("danbooru"), Limits()
    names = site.resource().spellings
    by_hand, stock = HandParser(names), stock_parser.make_parser(names)
    lucene = [query.lucene for query in setting.queries]
    for text in texts:
        tree = tags.parse(text, site, "posts", limits)
        assert shown(by_hand, text) == show.sexp(tree), text
        assert stock(text) == tree, text
        assert reduced_parser.written(reduced_parser.parse(text)) == text
    jobs: dict[str, Job] = {
        BY_HAND: lambda at: by_hand.parse(texts[at]),
        REDUCED: lambda at: reduced_parser.parse(texts[at]),
        STOCK: lambda at: stock(texts[at]),
        OURS: lambda at: tags.parse(texts[at], site, "posts", limits),
    }
    missing = {}
    try:
        reader = make_reader()
        jobs[LUQUM] = lambda at: reader(lucene[at])
    except Missing as problem:
        missing[LUQUM] = str(problem)
    found = measure(jobs, len(texts), setting.rounds, label="reading", protocol=Protocol(reset=Caches().clear))
    claims = [
        at_most("written tree, to by hand", found[OURS].ratio(found[BY_HAND]), 2.2),
        at_most("by hand, to by hand in the reduced language", found[BY_HAND].ratio(found[REDUCED]), 1.3),
        at_least("Lark.parse, to the written tree", found[STOCK].ratio(found[OURS]), 3),
    ]
    if LUQUM in found:
        claims.append(at_least("luqum, to the written tree", found[LUQUM].ratio(found[OURS]), 7))
    notes = ["Lark.parse: the same rules, contextual lexer, inline transformer; luqum reads the same queries in Lucene's syntax"]
    return Table(found, claims, limits=(BY_HAND, REDUCED, STOCK, LUQUM), missing=missing, notes=notes)


def _read(texts: list[str], setting: Setting) -> Table:
    caches, fresh = Caches(), [Context(catalog=setting.whole_catalog)]

    def reset() -> None:
        caches.clear()
        fresh[0] = Context(catalog=setting.whole_catalog)

    queries = [parse(text) for text in texts]
    jobs: dict[str, Job] = {
        "parse": lambda at: parse(texts[at]),
        "parse and close": lambda at: close(parse(texts[at]), fresh[0]),
        "close": lambda at: close(queries[at], fresh[0]),
    }
    found = measure(jobs, len(texts), setting.rounds, label="reading and closing", protocol=Protocol(reset=reset))
    claims = [at_most("text to closed query, to parse", found["parse and close"].ratio(found["parse"]), 2.5)]
    return Table(
        found,
        claims,
        notes=["no cache of queries, a context of its own each time, a warm catalog, which keeps what patterns found"],
    )


def _again(texts: list[str], setting: Setting) -> Table:
    context = Context(catalog=setting.whole_catalog)
    for text in texts:
        close(parse(text), context)
    jobs: dict[str, Job] = {
        "parse": lambda at: parse(texts[at]),
        "parse and close": lambda at: close(parse(texts[at]), context),
    }
    found = measure(jobs, len(texts), setting.rounds, label="reading again")
    claims = [
        at_most("parsed query, p50", found["parse"].percentile(0.5) * 1e6, 2, " us"),
        at_most("closed query, p50", found["parse and close"].percentile(0.5) * 1e6, 3, " us"),
    ]
    return Table(found, claims)


def _long(setting: Setting) -> Table:
    """What a character costs in long texts and in short ones of the same make."""
    pieces = [(site, piece) for site, given in _PIECES.items() for piece in given]
    made = {size: [(site, _filled(piece, size)) for site, piece in pieces] for size in (_SHORT, _LONG)}
    for texts in made.values():
        for site, text in texts:
            parse(text, site=site, limits=_ROOM)
    jobs: dict[str, Job] = {
        _named(size): lambda at, texts=texts: parse(texts[at][1], site=texts[at][0], limits=_ROOM)  # type: ignore[misc]
        for size, texts in made.items()
    }
    found = measure(jobs, len(pieces), setting.rounds, label="reading long texts", protocol=Protocol(reset=Caches().clear))
    found = {_named(size): found[_named(size)].each(lambda at, s, t=texts: s / len(t[at][1])) for size, texts in made.items()}  # type: ignore[misc]
    short, long = found[_named(_SHORT)], found[_named(_LONG)]
    growth = [b / a for a, b in zip(short.seconds, long.seconds, strict=True)]
    worst = max(range(len(pieces)), key=growth.__getitem__)
    claims = [at_most(f"a character of 10 kB to one of 100 B, the worst of {len(pieces)} makes", growth[worst], 1.3)]
    return Table(found, claims, per="character", notes=[f"the worst: {pieces[worst][1]!r} of {pieces[worst][0]}"])


def _named(size: int) -> str:
    return f"{size:,} characters"


def _filled(piece: str, size: int) -> str:
    return (piece * (size // len(piece))).rstrip(" ,&|")
