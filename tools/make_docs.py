"""Fills the generated parts of docs/*.md: what stands between `<!-- make: NAME -->` and `<!-- end -->`.

`make docs` runs it; a test compares the files with what this makes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from booruql import sites
from booruql.codes import CODES
from booruql.sites import AUDIENCES, Resource, Site, Word

DOCS = Path(__file__).parents[1] / "docs"
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
        for resource in site.resources.values():
            yield from _resource(site, resource)


def _resource(site: Site, resource: Resource) -> Iterator[str]:
    yield f"### {site.name}: {resource.name}"
    yield ""
    for audience in AUDIENCES:
        words = resource.words.get(audience, ())
        if words:
            yield "For everybody:" if audience == AUDIENCES[0] else f"For the audience `{audience}`, besides:"
            yield ""
            yield from make_table(("word", "means", "sample"), (_word(site, word) for word in words))
            yield ""


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


PARTS: dict[str, Callable[[], Iterator[str]]] = {"languages": make_languages, "errors": make_errors}


def fill(text: str) -> str:
    """The text of a page with its generated parts made anew."""

    def part(found: re.Match[str]) -> str:
        return f"{found[1]}\n" + "\n".join(PARTS[found[2]]()).rstrip() + f"\n\n{found[3]}"

    return _PART.sub(part, text)


def main() -> None:
    for page in sorted(DOCS.glob("*.md")):
        old = page.read_text(encoding="utf-8")
        new = fill(old)
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(f"{page.name}: written")


if __name__ == "__main__":
    main()
