"""Fills the generated parts of README.md and docs/*.md: what stands between `<!-- make: NAME -->` and `<!-- end -->`.

`make docs` runs it; a test compares the files with what this makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

import booruql
from booruql import Catalog, Context, User, sites
from booruql.app.commands import commands
from booruql.backends.sql import dialect, exactness, layout
from booruql.codes import CODES
from booruql.errors import UnsupportedError
from booruql.sites import AUDIENCES, Resource, Site, Word
from booruql.syntax._params_types import TYPES

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
_PART = re.compile(r"(<!-- make: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_FAMILIES = {
    "1": "Syntax", "2": "Names", "3": "Values", "4": "Structure", "5": "Targets", "6": "Limits", "0": "The program itself",
}  # fmt: skip


def make_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"


def code(text: str) -> str:
    return f"`{text}`" if text else ""


# --- languages.md


def make_languages() -> Iterator[str]:
    """The words of every site, entity by entity."""
    for site in map(sites.load, sites.names()):
        yield f"## {site.name}"
        yield ""
        yield f"Syntax `{site.syntax}`; {site.page_size} rows a page unless asked, at most {site.max_page_size}."
        yield ""
        if "note" in site.facts:
            yield from (site.facts["note"], "")
        for resource in site.resources.values():
            yield from _resource(site, resource)


def _resource(site: Site, resource: Resource) -> Iterator[str]:
    if resource.inside:
        return
    yield f"### {site.name}: {resource.name}"
    yield ""
    for audience in AUDIENCES:
        words = resource.words.get(audience, ())
        if words:
            yield "For everybody:" if audience == AUDIENCES[0] else f"For the audience `{audience}`, besides:"
            yield ""
            yield from make_table(("word", "means", "sample"), (_word(site, word) for word in words))
            yield ""
    yield from _parameters(site, resource)


def _parameters(site: Site, resource: Resource) -> Iterator[str]:
    """The URL parameters, with the endings of their types."""
    requests = resource.requests if resource.name == site.default_entity else ()
    parts = (("{name}={sample}", requests), ("search[{name}]={sample}", resource.parameters))
    for form, words in parts:
        shown = [word for word in words if word.sample or word.reader == "class"]
        if not shown:
            continue
        kind = "of `search[...]`" if form.startswith("search") else "of a request"
        yield from (f"URL parameters {kind}:", "")
        rows = ((code(word.name), _kind(word), word.help, _example(form, word)) for word in shown)
        yield from make_table(("parameter", "type", "means", "sample"), rows)
        yield ""
    orders = [name for name in resource.orders if name]
    if orders and resource.parameters:
        if any(word.name == "id" and word.reader == "integer" for word in resource.parameters):
            orders.append("custom")
        yield from (f"`search[order]`: {', '.join(map(code, orders))}", "")


def _example(form: str, word: Word) -> str:
    name = {"record": f"has_{word.name}", "class": f"{word.name}][id"}.get(word.reader, word.name)
    ending = {"array": "_include_any", "json": "_has_key"}.get(word.reader, "")
    return code(form.format(name=name + ending, sample=word.sample or "1"))


def _kind(word: Word) -> str:
    """The type of an attribute, or the resource of a related record."""
    if word.reader in ("record", "class"):
        return f"one of {code(word.args[1])}"
    return code(word.reader) if word.reader in TYPES else ""


def make_parameters() -> Iterator[str]:
    """What each type of attribute may be asked: the endings of a parameter's name."""
    rows = ((code(name), ", ".join(code(f"a{end}") for end in endings) or "-") for name, endings in TYPES.items())
    yield from make_table(("type", "parameters of an attribute `a`"), rows)


def _word(site: Site, word: Word) -> tuple[str, str, str]:
    spellings = ", ".join(map(code, (word.name, *word.synonyms)))
    return spellings, word.help, code(f"{word.name}:{word.sample}") if word.sample else ""


# --- errors.md


def make_errors() -> Iterator[str]:
    """A section for each code."""
    family = ""
    for name, row in CODES.items():
        if _FAMILIES[name[1]] != family and name[0] == "E":
            family = _FAMILIES[name[1]]
            yield from (f"## {family}", "")
        elif name[0] == "W" and family != "Warnings":
            family = "Warnings"
            yield from (f"## {family}", "")
        yield from (f"### {name}: {row.title}", "", row.paragraph, "")
        if row.sample.isprintable() and row.sample:
            yield from ("```", row.sample, "```", "")


# --- README.md, backends.md


def make_commands() -> Iterator[str]:
    """The commands, in the order of the help."""
    yield from make_table(("command", "what it does"), ((code(c.name), c.help) for c in commands()))


def make_databases() -> Iterator[str]:
    """The databases, with what each cannot do."""
    rows = ((name, dialect.load(name)) for name in dialect.names())
    shown = ((code(name), code(row.paramstyle), "; ".join(_gaps(row))) for name, row in rows)
    yield from make_table(("database", "parameters", "has not"), shown)


def _gaps(row: dialect.Dialect) -> Iterator[str]:
    yield from (f"{code(name)}: {reason}" for name, reason in row.gaps.items())


def make_layouts() -> Iterator[str]:
    """The layouts, by the first sentence of their modules."""
    for name in layout.names():
        text = import_module(f"booruql.backends.sql.layouts.{name}").__doc__ or ""
        yield f"- {text.strip().splitlines()[0]}"


def make_presets() -> Iterator[str]:
    """The layouts of other softwares: where each lives, what it has, where its facts are from, and what it refuses."""
    for name in layout.names():
        if not layout.load(name).is_own:
            text = import_module(f"booruql.backends.sql.layouts.{name}").__doc__ or ""
            told = " ".join(text.partition(": ")[2].split())
            yield from (f"### {name}", "", told[:1].upper() + told[1:], "", *_unkept(name), "")


def _unkept(name: str) -> Iterator[str]:
    """The words of Danbooru that a layout refuses, on all its databases and on single ones."""
    words = {database: list(_refused(name, database)) for database in layout.load(name).databases}
    always = [word for word in next(iter(words.values())) if all(word in refused for refused in words.values())]
    if always:
        yield f"Of Danbooru's words it refuses {', '.join(map(code, always))}."
    for database, refused in words.items():
        more = [word for word in refused if word not in always]
        if more:
            yield f"On {database} it refuses {', '.join(map(code, more))} too."


def _refused(name: str, database: str) -> Iterator[str]:
    albert = User(1, "albert", "admin", 60)
    context = Context(users={"albert": albert}, viewer=albert, catalog=Catalog(), lenient=True, seed=1)
    for word in {word.name: word for word in sites.load("danbooru").resource().vocabulary().values()}.values():
        try:
            booruql.sql(booruql.parse(f"{word.name}:{word.sample}"), database=database, layout=name, context=context)
        except UnsupportedError:
            yield word.name


def make_exactness() -> Iterator[str]:
    """How exactly each database and layout answers what a query may ask."""
    pairs = list(exactness.pairs())
    found = {pair: exactness.exactness(*pair) for pair in pairs}
    rows = ((label, *(found[pair][label] for pair in pairs)) for label in found[pairs[0]])
    yield from make_table(("", *(f"{database} {shape}" for database, shape in pairs)), rows)


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "parameters": make_parameters,
    "languages": make_languages,
    "errors": make_errors,
    "commands": make_commands,
    "databases": make_databases,
    "layouts": make_layouts,
    "presets": make_presets,
    "exactness": make_exactness,
}


def fill(text: str) -> str:
    """The text of a page with its generated parts made anew."""

    def part(found: re.Match[str]) -> str:
        return f"{found[1]}\n" + "\n".join(PARTS[found[2]]()).rstrip() + f"\n\n{found[3]}"

    return _PART.sub(part, text)


def main() -> None:
    for page in PAGES:
        old = page.read_text(encoding="utf-8")
        new = fill(old)
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(f"{page.name}: written")


if __name__ == "__main__":
    main()
