"""Messages: every code is explained and met by its sample, and they read as one voice."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import booruql
from booruql.codes import CODES
from booruql.errors import Diagnostic, QueryError, Span, error_class, make_error, render

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"[EW]\d{3}")
SAMPLES = [(code, row.site, row.sample) for code, row in CODES.items() if row.sample]
PARSER_WORDS = re.compile(r"\b(token|terminal|lexer|parser|LPAR|RPAR|EOF|TERM|None|you|your|please)\b")


def problems(text: str, site: str) -> list[Diagnostic]:
    """Everything that is wrong with a query, errors and warnings."""
    return booruql.diagnose(text, site=site)[1]


def codes_in_source() -> Iterator[str]:
    for path in sorted((ROOT / "src").rglob("*.py")):
        if path.name == "codes.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from (
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value)
        )


def test_every_code_in_the_source_is_explained() -> None:
    assert sorted(set(codes_in_source()) - set(CODES)) == []


@pytest.mark.parametrize("code", CODES)
def test_paragraphs_are_sentences(code: str) -> None:
    row = CODES[code]
    assert row.title[0].islower() or row.title[0] == "'"
    assert not row.title.endswith(".")
    assert row.paragraph.endswith(".")
    assert row.paragraph[0].isupper() or row.paragraph[0] in "'("


@pytest.mark.parametrize(("code", "site", "sample"), SAMPLES)
def test_every_sample_meets_its_code(code: str, site: str, sample: str) -> None:
    assert code in [problem.code for problem in problems(sample, site)]


@pytest.mark.parametrize(("code", "site", "sample"), SAMPLES)
def test_messages_speak_with_one_voice(code: str, site: str, sample: str) -> None:
    for problem in problems(sample, site):
        assert not problem.message.endswith((".", "!"))
        assert problem.message[0].islower() or not problem.message[0].isalpha()
        for said in (problem.message, problem.hint or ""):
            assert not PARSER_WORDS.search(said), said
        assert problem.span is None or 0 <= problem.span.start <= problem.span.end <= len(sample)


def test_the_class_tells_the_family() -> None:
    for code in CODES:
        if code[1] != "0":
            assert issubclass(error_class(code), QueryError)
    with pytest.raises(booruql.BooruqlError):
        raise make_error("E301", "no number")


# --- rendered

RENDERED: dict[tuple[str, str], str] = {
    ("danbooru", "-score>=5"): """
W215: a field and its value are parted by ':'; read as the tag 'score>=5'
  -score>=5
   ^^^^^^^^
  hint: write score:>=5
""",
    ("danbooru", "cat, dog"): """
W215: terms are parted by blanks; read as the tag 'cat,'
  cat, dog
  ^^^^
  hint: write cat
""",
    ("danbooru", "cat || dog"): """
W215: '||' is read as a tag
  cat || dog
      ^^
  hint: write 'or' between terms
""",
    ("danbooru", "not cat"): """
W215: 'not' is read as a tag
  not cat
  ^^^
  hint: a '-' excludes a tag: -cat
""",
    ("danbooru", "!cat"): """
W215: '!cat' is read as a tag
  !cat
  ^^^^
  hint: a '-' excludes a tag: -cat
""",
    ("danbooru", "a>5 >_< <3 =) !! :3 a, ,"): """
W215: terms are parted by blanks; read as the tag 'a,'
  a>5 >_< <3 =) !! :3 a, ,
                      ^^
  hint: write a
""",
    ("furbooru", "fox, score<=4"): """
W215: a field and its value are parted by ':'; read as the tag 'score<=4'
  fox, score<=4
       ^^^^^^^^
  hint: write score.lte:4
""",
    ("furbooru", '"fox, wolf'): """
W215: this quote is never closed and is read as part of a tag
  "fox, wolf
  ^^^^
  hint: write a " after the last word of the tag
""",
    ("danbooru", "(cat or dog"): """
E101: this group is never closed
  (cat or dog
  ^
  hint: write a ')' after its last term, apart from tags
""",
    ("danbooru", "cat )"): """
E102: ')' closes nothing
  cat )
      ^
  hint: remove it, or open a group before it
""",
    ("danbooru", "cat or"): """
E107: 'or' is a keyword and needs a term after it
  cat or
      ^^
  hint: write 'cat or dog'; no tag is called 'or'
""",
    ("danbooru", "cat (and dog)"): """
E103: nothing stands before 'and'
  cat (and dog)
       ^^^
  hint: write a term on both sides: cat and dog
""",
    ("danbooru", "--cat"): """
E106: two prefixes, '--', before one term
  --cat
  ^^
  hint: keep one, or write a group between them: -(-cat)
""",
    ("danbooru", "cat -"): """
E103: no term follows '-'
  cat -
      ^
  hint: write a term after it, or remove it
""",
    ("danbooru", "()"): """
E103: the group is empty
  ()
  ^^
  hint: write a term between the parentheses
""",
    ("danbooru", 'source:"a b'): """
E104: the quoted value is not closed
  source:"a b
         ^^^^
  hint: write a " at its end
""",
    ("danbooru", 'source:"a\\b"'): r"""
E104: a backslash in a quoted value may only stand before "
  source:"a\b"
           ^^
  hint: leave the quotes away and write '\ ' for a blank, or use * for what cannot be written
""",
    ("danbooru", "cat scoer:>50"): """
W201: 'scoer' is no field of danbooru; read as the tag 'scoer:>50'
  cat scoer:>50
      ^^^^^^^^^
  hint: 'score' is the nearest field
""",
    ("danbooru", "cat score:many"): """
W203: 'many' is no value of 'score' and matches nothing
  cat score:many
      ^^^^^^^^^^
  hint: write 5, >5 or 5..10
""",
    ("danbooru", "-order:score"): """
E403: 'order:score' cannot be negated
  -order:score
  ^^^^^^^^^^^^
  hint: write order:score without '-'
""",
    ("danbooru", "limit:5 limit:10"): """
E402: 'limit:5' and 'limit:10' exclude each other
  limit:5 limit:10
          ^^^^^^^^
  hint: keep one of them, such as limit:5
""",
    ("danbooru", "cat or order:score"): """
E404: 'order:score' cannot be one of several choices
  cat or order:score
         ^^^^^^^^^^^
  hint: write it outside: (a or b) order:score
""",
    ("danbooru", "user:nobody_here"): """
W202: no user is called 'nobody_here'
  user:nobody_here
  ^^^^^^^^^^^^^^^^
  hint: give a catalog that knows the users
""",
    ("danbooru", "blue_*"): """
W207: 'blue_*' matches all tags of its form: no catalog is given
  blue_*
  ^^^^^^
  hint: with a catalog a wildcard stands for the most used tags that match
""",
    ("danbooru", "date:2024-13-01"): """
W203: '2024-13-01' is no value of 'date' and matches nothing
  date:2024-13-01
  ^^^^^^^^^^^^^^^
  hint: write 2024-01-02, >2024-01-02 or 2024-01-02..2024-02-03
""",
    ("danbooru", "order:scoer"): """
W203: 'scoer' is no order; the newest come first
  order:scoer
  ^^^^^^^^^^^
  hint: write order:score or order:id
""",
    ("danbooru", "猫 (犬"): """
E101: this group is never closed
  猫 (犬
     ^
  hint: write a ')' after its last term, apart from tags
""",
    ("furbooru", "(fox, wolf"): """
E101: '(' is not closed
  (fox, wolf
  ^
  hint: write ')' at the end
""",
    ("furbooru", "fox)"): r"""
E102: ')' closes nothing
  fox)
     ^
  hint: remove it, or write \)
""",
    ("furbooru", "fox,"): """
E103: a term is missing after ','
  fox,
     ^
  hint: write a term or a group
""",
    ("furbooru", ", fox"): """
E103: a term is missing before ','
  , fox
  ^
  hint: write a term there, or put "quotes" around it
""",
    ("furbooru", "--fox"): """
E106: two negations in a row
  --fox
  ^^
  hint: write one, or a group: -(-fox)
""",
    ("furbooru", "(fox) wolf"): """
E105: text is left over after the query
  (fox) wolf
        ^^^^
  hint: write a comma before it, or put "quotes" around the whole term
""",
    ("furbooru", "fox ^2^3"): """
E105: a second boost on the same term
  fox ^2^3
        ^^
  hint: write one, or a group: (fox^2)^3
""",
    ("furbooru", "fox^-1"): """
E305: the boost -1 is negative
  fox^-1
     ^^^
  hint: write ^0 or more
""",
    ("furbooru", "score:many"): """
E301: 'many' is no value of score
  score:many
  ^^^^^^^^^^
  hint: write a whole number: 3, -10, 5~2
""",
    ("furbooru", "fox, scroe:5, score:many"): """
E301: 'many' is no value of score
  fox, scroe:5, score:many
                ^^^^^^^^^^
  hint: write a whole number: 3, -10, 5~2
""",
    ("furbooru", "uploader_id.gt:5"): """
E302: uploader_id has no ranges
  uploader_id.gt:5
  ^^^^^^^^^^^^^^^^
  hint: write uploader_id:5
""",
    ("furbooru", "score.gt:10~2"): """
E303: score has two ranges: .gt and ~
  score.gt:10~2
  ^^^^^^^^^^^^^
  hint: write score:10~2 or score.gt:10
""",
    ("furbooru", "created_at:2023-02-29"): """
E304: there is no date '2023-02-29'
  created_at:2023-02-29
  ^^^^^^^^^^^^^^^^^^^^^
  hint: write a day of the calendar: 2024-02-28, with a time: 2024-02-28 23:59Z
""",
    ("furbooru", "gallery_id:first"): """
E306: 'first' is no number of a gallery
  gallery_id:first
  ^^^^^^^^^^^^^^^^
  hint: write gallery_id:5
""",
    ("furbooru", "my:faves"): """
W201: 'my' is no field of images; read as the tag 'my:faves'
  my:faves
  ^^^^^^^^
  hint: only the audience 'user' has 'my'
""",
    ("furbooru", "score.ne:5"): """
W201: 'score.ne' is no field of images; read as the tag 'score.ne:5'
  score.ne:5
  ^^^^^^^^^^
  hint: after the dot comes one of eq, gt, gte, lt, lte
""",
}  # fmt: skip


@pytest.mark.parametrize(("site", "text"), RENDERED)
def test_problems_are_shown_so(site: str, text: str) -> None:
    shown = "\n".join(render(problem) for problem in problems(text, site))
    assert shown == RENDERED[site, text].strip("\n")


def test_carets_stand_under_wide_characters() -> None:
    text = "猫 and )"
    shown = render(Diagnostic("E102", "')' closes nothing", Span(6, 7), None, text))
    assert shown.splitlines()[1:] == ["  猫 and )", "         ^"]


def test_a_long_query_is_cut_around_the_place() -> None:
    text = "a " * 3000 + ")" + " b" * 3000
    lines = render(Diagnostic("E102", "')' closes nothing", Span(6000, 6001), None, text)).splitlines()
    assert max(map(len, lines)) < 140
    assert lines[1][lines[2].index("^")] == ")"


def test_control_characters_never_reach_the_terminal() -> None:
    shown = render(Diagnostic("E105", "text is left over", Span(0, 2), None, "\x1b[2Jx\x07\ty"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", shown)
