"""Messages we are not proud of. Making one better and moving it to `test_errors.py` is a good first change."""

from __future__ import annotations

import pytest

import booruql
from booruql.errors import render

# (site, query) -> what it says today, and what is poor about it
MUSEUM = {
    # One slip, two problems: what is left after the first one is read again and has an empty name.
    ("danbooru", 'user:"a'): """
W202: no user is called ''
  user:"a
  ^^^^^
  hint: give a catalog that knows the users
E104: the quoted value is not closed
  user:"a
       ^^
  hint: write a " at its end
""",
    # The group is closed where the searcher looks; what glues `c` to the `)` is not pointed at.
    ("danbooru", "(a or b)c"): """
E101: this group is never closed
  (a or b)c
  ^
  hint: write a ')' after its last term, apart from tags
""",
    # The blank after the colon is the slip.
    ("danbooru", "score: 5"): """
W203: '' is no value of 'score' and matches nothing
  score: 5
  ^^^^^^
  hint: write 5, >5 or 5..10
""",
    # The other language's operator: the hint could say score.gt:5.
    ("furbooru", "score:>5"): """
E301: '>5' is no value of score
  score:>5
  ^^^^^^^^
  hint: write a whole number: 3, -10, 5~2
""",
    # A day in words is the likely wish; the hint could name `1 day ago`.
    ("furbooru", "created_at:yesterday"): """
E301: 'yesterday' is no value of created_at
  created_at:yesterday
  ^^^^^^^^^^^^^^^^^^^^
  hint: write a date: 2024-01-02, 2024-01, 3 days ago
""",
}

# likely slips that the site reads as tags, and about which nothing is said at all
SILENT = (
    ("danbooru", "cat; dog"),
    ("furbooru", "fox or wolf"),  # as 'trick or treat', which is a tag
)


def shown(site: str, text: str) -> str:
    return "\n".join(render(problem) for problem in booruql.diagnose(text, site=site)[1])


@pytest.mark.parametrize(("site", "text"), MUSEUM)
def test_it_still_says_so(site: str, text: str) -> None:
    assert shown(site, text) == MUSEUM[site, text].strip("\n")


@pytest.mark.parametrize(("site", "text"), SILENT)
def test_it_still_says_nothing(site: str, text: str) -> None:
    assert shown(site, text) == ""
