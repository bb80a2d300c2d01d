"""The REPL through a pipe, on a terminal, and line by line."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from booruql import demo, sites
from booruql.app import prompt
from booruql.app.repl import Quit, Session

REPL = (sys.executable, "-m", "booruql", "repl")


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session()
    made.set_site("danbooru")
    yield made
    made.end()


def pipe(text: str, *arguments: str) -> str:
    done = subprocess.run([*REPL, *arguments], input=text, check=True, capture_output=True, text=True)
    assert done.stderr == ""
    return done.stdout


# --- through a pipe


def test_a_pipe_gets_answers_and_no_prompts() -> None:
    lines = pipe("\\to tree\ncat score:>20\n\\quit\nnever read\n").splitlines()
    assert lines[0] == "shows tree"
    assert any("score" in line for line in lines)
    assert lines[-1].endswith("matches")
    assert not any("booruql>" in line or "never" in line for line in lines)


def test_a_source_tells_its_site() -> None:
    out = pipe("\\to none\nfox, score.gte:5\n", str(demo.FURBOORU_IMAGES))
    assert out.splitlines()[-1] == "4 matches"


def test_the_end_of_input_ends_it() -> None:
    assert pipe("") == ""


# --- line by line


def test_an_answer_has_the_sql_its_values_a_table_and_the_count(session: Session) -> None:
    lines = session.answer("cat score:>20").splitlines()
    assert lines[0].startswith("SELECT")
    assert lines[1] == '  params ["cat", 20]'
    assert lines[2].split()[:3] == ["id", "posted", "score"]
    assert lines[-1].split()[1] in ("match", "matches")


def test_targets_are_shown_on_demand(session: Session) -> None:
    for target, beginning in (("elastic", "{"), ("tree", "and"), ("python", "def")):
        assert session.answer(f"\\to {target}") == f"shows {target}"
        assert session.answer("cat score:>20").startswith(beginning), target


def test_a_site_brings_its_language_and_its_demo_data(session: Session) -> None:
    assert session.answer("\\site furbooru") == "site furbooru, 320 rows of demo"
    assert session.answer("\\to none") == "shows none"
    assert session.answer("fox, score.gte:5").endswith("4 matches")


@pytest.mark.parametrize("site", sites.names())
def test_every_site_has_demo_data_to_try_it_on(session: Session, site: str) -> None:
    assert session.answer(f"\\site {site}") == f"site {site}, 320 rows of demo"
    session.answer("\\to none")
    assert session.answer("cat").splitlines()[-1] == "25 matches"


def test_a_file_is_loaded(session: Session) -> None:
    assert session.answer(f"\\load {demo.FURBOORU_IMAGES}").startswith("320 rows of furbooru")
    assert session.site == "furbooru"


@pytest.mark.parametrize("line", ["\\to x", "\\site x", "\\load nowhere.jsonl", "\\x", "(cat", "cat\ud800"])
def test_a_slip_is_an_answer_too(session: Session, line: str) -> None:
    assert session.answer(line)
    assert session.answer("\\help").startswith("QUERY")


def test_an_error_shows_its_place(session: Session) -> None:
    assert session.answer("(cat").splitlines()[1:3] == ["  (cat", "  ^"]


def test_quit_quits(session: Session) -> None:
    with pytest.raises(Quit):
        session.answer("\\quit")


def test_matches_are_counted_while_typing(session: Session) -> None:
    assert session.count("") == "danbooru, demo"
    assert session.count("\\to") == "danbooru, demo"
    assert session.count("cat score:>20").endswith("matches")
    assert session.count("(cat").startswith("E101")


# --- the prompt


def completions(session: Session, text: str) -> list[str]:
    document = Document(text, len(text))
    found = prompt.QueryCompleter(session).get_completions(document, None)  # type: ignore[arg-type]
    return [text[: len(text) + one.start_position] + one.text for one in found]


def test_fields_tags_and_commands_complete(session: Session) -> None:
    assert "cat sco" not in completions(session, "cat sco")
    assert "cat score:" in completions(session, "cat sco")
    assert "blue_sky" in completions(session, "blue_s")
    assert completions(session, "\\lo") == ["\\load"]
    assert completions(session, "\\to el") == ["\\to elastic"]
    assert "\\site furbooru" in completions(session, "\\site f")


def test_what_follows_the_cursor_stays_once(session: Session) -> None:
    found = prompt.QueryCompleter(session).get_completions(Document("cat sc:>5", 6), None)  # type: ignore[arg-type]
    assert [(one.text, one.display_text) for one in found if one.display_text == "score:"] == [("score", "score:")]


def test_colours_cover_the_text_exactly(session: Session) -> None:
    for text in ("-(cat score:>5) or", "\\to sql", "  猫 ", '"x'):
        assert "".join(piece for _, piece in prompt.colour(text, "danbooru")) == text
    assert ("class:pygments.name.attribute", "score:") in list(prompt.colour("score:>5", "danbooru"))


def test_the_prompt_edits_lines_and_ends_at_control_d(session: Session) -> None:
    with create_pipe_input() as keys:
        keys.send_text("cap\x08t score:>5\r\x04")
        assert list(prompt.read_lines(session, input=keys, output=DummyOutput())) == ["cat score:>5"]


def test_it_runs_on_a_terminal(tmp_path: Path) -> None:
    main, end = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "XDG_STATE_HOME": str(tmp_path)}
    process = subprocess.Popen(REPL, stdin=end, stdout=end, stderr=end, env=env, close_fds=True, start_new_session=True)
    os.close(end)
    try:
        wait_for(main, b"danbooru>")
        os.write(main, b"cat score:>20\r")
        wait_for(main, b"matches")
        os.write(main, b"\\quit\r")
        assert process.wait(10) == 0
        assert "cat score:>20" in (tmp_path / "booruql" / "history").read_text()
    finally:
        process.kill()
        process.wait()
        os.close(main)


def wait_for(terminal: int, wanted: bytes, seconds: float = 20) -> None:
    """Read the terminal until it shows something."""
    seen = b""
    ends = time.monotonic() + seconds
    while wanted not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0.0, ends - time.monotonic()))
        assert ready, seen
        seen += os.read(terminal, 65536)
        if b"\x1b[6n" in seen:  # asks where the cursor is
            os.write(terminal, b"\x1b[1;1R")
            seen = seen.replace(b"\x1b[6n", b"")
