"""Tag search read naively: three values over raw rows, as SQL would, without any of the compiler's shapes.

Shared with the code under test are the written tree and the readers of single values; both have tests of their own.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from booruql.ast.fold import walk
from booruql.ast.nodes import And, Node, Not, Opt, Or, Term
from booruql.errors import BadValueError
from booruql.syntax._values import Range, read_value, settle
from tests.danbooru_dump import NOW

Row = dict[str, Any]
Three = bool | None
WORDS = ("original_title", "original_description", "translated_title", "translated_description")
COLUMNS = {
    "id": "id", "score": "score", "upvotes": "up_score", "favcount": "fav_count", "tagcount": "tag_count",
    "gentags": "tag_count_general", "arttags": "tag_count_artist", "copytags": "tag_count_copyright",
    "chartags": "tag_count_character", "metatags": "tag_count_meta", "pixiv": "pixiv_id", "pixiv_id": "pixiv_id", "md5": "md5",
    "width": "image_width", "height": "image_height", "filesize": "file_size", "duration": "duration",
}  # fmt: skip
TYPES = {"md5": "md5", "filesize": "filesize", "duration": "duration", "mpixels": "float", "ratio": "ratio"}
MEDIA = ("width", "height", "mpixels", "ratio", "filesize", "filetype", "duration")
COUNTS = {
    "comment": "comments", "note": "notes", "flag": "post_flags", "child": "posts", "pool": "pools", "appeal": "post_appeals",
    "approval": "post_approvals", "replacement": "post_replacements", "disapproval": "post_disapprovals",
}  # fmt: skip


class Board:
    """The dump, with a viewer."""

    def __init__(self, tables: dict[str, Any], viewer: Row | None) -> None:
        self.tables, self.viewer = tables, viewer

    def rows(self, table: str, post: Row) -> list[Row]:
        if table == "posts":
            return [row for row in self.tables["posts"] if row["parent_id"] == post["id"]]
        if table in ("pools", "favorite_groups"):
            return [row for row in self.tables[table] if post["id"] in row["post_ids"]]
        return [row for row in self.tables[table] if row["post_id"] == post["id"]]

    def user(self, text: str) -> Row | None:
        name = text.strip().lower().replace(" ", "_")
        return next((row for row in self.tables["users"] if row["name"].lower() == name), None)

    @property
    def level(self) -> int:
        return self.viewer["level"] if self.viewer else 0

    def is_me(self, user: Row) -> bool:
        return self.viewer is not None and self.viewer["id"] == user["id"]

    # --- boolean

    def test(self, node: Node, post: Row) -> Three:
        match node:
            case And(children=children):
                opts = [child.child for child in children if isinstance(child, Opt)]
                found = [self.test(child, post) for child in children if not isinstance(child, Opt)]
                return all3([*found, any3([self.test(opt, post) for opt in opts])] if opts else found)
            case Or(children=children):
                return any3([self.test(child, post) for child in children])
            case Not(child=child):
                found3 = self.test(child, post)
                return None if found3 is None else not found3
            case Opt(child=child):
                return self.test(child, post)
            case Term():
                return self.term(node, post)
            case _:
                return type(node).__name__ == "All"

    def term(self, term: Term, post: Row) -> Three:
        if term.name is None:
            return self.tag(term, post)
        if term.name in ("order", "limit", "random"):
            return True
        if term.name.endswith("_count"):
            return self.ranged("integer", term.text, self.counted(term.name.removesuffix("_count"), post), nullable=False)
        found: Callable[[str, Row, Term], Three] = getattr(self, f"ask_{term.name}", self.ask_column)
        return found(term.text, post, term)

    def tag(self, term: Term, post: Row) -> bool:
        tags = post["tag_string"].split()
        if not term.wild:
            alias = [a for a in self.tables["tag_aliases"] if a["status"] == "active" and a["antecedent_name"] == term.text]
            return (alias[0]["consequent_name"] if alias else term.text) in tags
        used = {row["name"] for row in self.tables["tags"] if row["post_count"] > 0}
        return any(like(term.text, tag) and tag in used for tag in tags)

    def counted(self, thing: str, post: Row) -> int:
        state, _, noun = thing.rpartition("_")
        rows = self.rows(COUNTS[noun], post)
        if state in ("series", "collection"):
            return sum(row["category"] == state for row in rows)
        return sum(not state or (dead(row) == (state == "deleted")) for row in rows)

    # --- ranges

    def ranged(self, type_: str, text: str, value: Any, *, nullable: bool, single: bool = False) -> Three:
        try:
            found = settle(read_value(type_, text), NOW, UTC)
        except BadValueError:
            return False
        return compared(found, value, nullable, single)

    def ask_column(self, text: str, post: Row, term: Term) -> Three:
        name = str(term.name)
        nullable, single = name in ("pixiv", "pixiv_id", "duration"), name.startswith("pixiv")
        return self.ranged(TYPES.get(name, "integer"), text, post[COLUMNS[name]], nullable=nullable, single=single)

    def ask_downvotes(self, text: str, post: Row, term: Term) -> Three:
        return self.ranged("integer", text, abs(post["down_score"]), nullable=False)

    def ask_mpixels(self, text: str, post: Row, term: Term) -> Three:
        return self.ranged("float", text, post["image_width"] * post["image_height"] / 1e6, nullable=False)

    def ask_ratio(self, text: str, post: Row, term: Term) -> Three:
        value = math.floor(post["image_width"] * 100 / post["image_height"] + 0.5)
        return self.ranged("ratio", text, value, nullable=False)

    def ask_filetype(self, text: str, post: Row, term: Term) -> Three:
        return post["file_ext"] in re.split("[, ]+", text.lower())

    def ask_date(self, text: str, post: Row, term: Term) -> Three:
        return self.ranged(str(term.name), text, micros(post["created_at"]), nullable=False)

    ask_age = ask_date

    # --- words

    def ask_rating(self, text: str, post: Row, term: Term) -> Three:
        return post["rating"] in [part[:1] for part in text.lower().split(",")]

    def state(self, word: str, post: Row, viewer: bool = True) -> bool:
        appealed = any(row["status"] == "pending" for row in self.rows("post_appeals", post))
        queue = post["is_pending"] or post["is_flagged"] or appealed
        mine = viewer and self.viewer is not None
        seen = mine and any(row["user_id"] == self.viewer["id"] for row in self.rows("post_disapprovals", post))  # type: ignore[index]
        return bool({
            "active": not (post["is_pending"] or post["is_flagged"] or post["is_deleted"]),
            "appealed": appealed, "modqueue": queue, "unmoderated": queue and not seen,
            **{w: post[f"is_{w}"] for w in ("pending", "flagged", "deleted", "banned")},
        }.get(word, False))  # fmt: skip

    def ask_status(self, text: str, post: Row, term: Term) -> Three:
        return text.lower() in ("any", "all") or self.state(text.lower(), post)

    def ask_is(self, text: str, post: Row, term: Term) -> Three:
        word = text.lower()
        ratings = {"general": "g", "sensitive": "s", "questionable": "q", "explicit": "e", "safe": "s", "sfw": "gs", "nsfw": "qe"}
        if word in ratings:
            return post["rating"] in ratings[word]
        plain = {"parent": post["has_children"], "child": post["parent_id"] is not None}
        kinds = "jpg png gif webp avif mp4 webm swf zip".split()
        return plain.get(word, post["file_ext"] == word if word in kinds else self.state(word, post))

    def ask_has(self, text: str, post: Row, term: Term) -> Three:
        bot = self.user("DanbooruBot")
        word = text.lower()
        relation = {"appeals": "post_appeals", "replacements": "post_replacements"}.get(word)
        if relation:
            return bool(self.rows(relation, post))
        match word:
            case "parent":
                return post["parent_id"] is not None
            case "child" | "children":
                return bool(post["has_children"])
            case "source":
                return post["source"] != ""
            case "flags":
                return any(bot is None or row["creator_id"] != bot["id"] for row in self.rows("post_flags", post))
            case "comments" | "notes" | "pools":
                return any(not dead(row) for row in self.rows(word, post))
            case "commentary":
                return self.has_commentary(post)
            case _:
                return False

    def has_commentary(self, post: Row) -> bool:
        return any(row[name] for row in self.rows("artist_commentaries", post) for name in WORDS)

    def ask_parent(self, text: str, post: Row, term: Term) -> Three:
        word = text.lower()
        if word in ("none", "any"):
            return (post["parent_id"] is None) == (word == "none")
        if re.fullmatch("[0-9]+", text):
            octal = int(text, 8) if text[0] == "0" and re.fullmatch("[0-7]+", text) else None if text[0] == "0" else int(text)
            return post["id"] == int(text) or (octal is not None and post["parent_id"] == octal)
        parents = [row for row in self.tables["posts"] if row["id"] == post["parent_id"]]
        return any(self.state(word, row, viewer=False) for row in parents)

    def ask_child(self, text: str, post: Row, term: Term) -> Three:
        word = text.lower()
        if word in ("none", "any"):
            return post["has_children"] == (word == "any")
        return post["has_children"] and any(self.state(word, row, viewer=False) for row in self.rows("posts", post))

    def ask_embedded(self, text: str, post: Row, term: Term) -> Three:
        if text.lower() not in "true t yes y on 1 false f no n off 0".split():
            return False
        return bool(post["bit_flags"] & 1) == (text.lower() in "true t yes y on 1".split())

    def ask_source(self, text: str, post: Row, term: Term) -> Three:
        if not text or (text.lower() == "none" and not term.quoted):
            return post["source"] == ""
        return like(text.lower() + "*", post["source"].lower())

    # --- users

    def named(self, text: str, found: bool, name: Callable[[Row], bool]) -> Three:
        if text.lower() in ("any", "none"):
            return found == (text.lower() == "any")
        user = self.user(text)
        return user is not None and name(user)

    def by(self, relation: str, column: str, text: str, post: Row) -> Three:
        rows = self.rows(relation, post)
        return self.named(text, bool(rows), lambda user: any(row[column] == user["id"] for row in rows))

    def ask_user(self, text: str, post: Row, term: Term) -> Three:
        return self.named(text, True, lambda user: post["uploader_id"] == user["id"])

    def ask_approver(self, text: str, post: Row, term: Term) -> Three:
        return self.named(text, post["approver_id"] is not None, lambda user: post["approver_id"] == user["id"])

    def ask_commenter(self, text: str, post: Row, term: Term) -> Three:
        rows = self.rows("comments", post)

        def wrote(user: Row) -> bool:
            all_ = self.is_me(user) or self.level >= 40
            return any(row["creator_id"] == user["id"] and (all_ or not row["is_deleted"]) for row in rows)

        return self.named(text, bool(rows), wrote)

    ask_comm = ask_commenter

    def ask_noter(self, text: str, post: Row, term: Term) -> Three:
        rows = [row for row in self.rows("note_versions", post) if row["version"] == 1]
        return self.named(text, bool(rows), lambda user: any(row["updater_id"] == user["id"] for row in rows))

    def ask_noteupdater(self, text: str, post: Row, term: Term) -> Three:
        return self.by("note_versions", "updater_id", text, post)

    def ask_artcomm(self, text: str, post: Row, term: Term) -> Three:
        return self.by("artist_commentary_versions", "updater_id", text, post)

    ask_commentaryupdater = ask_artcomm

    def ask_appealer(self, text: str, post: Row, term: Term) -> Three:
        return self.by("post_appeals", "creator_id", text, post)

    def ask_flagger(self, text: str, post: Row, term: Term) -> Three:
        rows = [row for row in self.rows("post_flags", post) if not row["reason"].startswith("Unapproved in three days")]

        def flagged(user: Row) -> bool:
            if not any(row["creator_id"] == user["id"] for row in rows):
                return False
            if self.is_me(user):
                return True
            return self.level >= 40 and post["uploader_id"] != self.viewer["id"]  # type: ignore[index]

        return self.named(text, bool(rows), flagged)

    def votes(self, sign: int, text: str, post: Row) -> Three:
        users = {row["id"]: row for row in self.tables["users"]}

        def seen(user: Row) -> bool:
            return self.is_me(user) or self.level >= 50 or (sign > 0 and not user["private_favorites"])

        rows = [row for row in self.rows("post_votes", post) if not row["is_deleted"] and row["score"] == sign]
        rows = [row for row in rows if seen(users[row["user_id"]])]
        return self.named(text, bool(rows), lambda user: any(row["user_id"] == user["id"] for row in rows))

    def ask_upvote(self, text: str, post: Row, term: Term) -> Three:
        return self.votes(1, text, post)

    def ask_downvote(self, text: str, post: Row, term: Term) -> Three:
        return self.votes(-1, text, post)

    def fan(self, text: str) -> Row | None:
        user = self.user(text)
        return user if user and (not user["private_favorites"] or self.is_me(user) or self.level >= 50) else None

    def ask_fav(self, text: str, post: Row, term: Term) -> Three:
        user = self.fan(text)
        return user is not None and any(row["user_id"] == user["id"] for row in self.rows("favorites", post))

    ask_ordfav = ask_fav

    def ask_reacted(self, text: str, post: Row, term: Term) -> Three:
        user = self.user(text)
        return user is not None and any(row["creator_id"] == user["id"] for row in self.rows("reactions", post))

    def ask_disapproved(self, text: str, post: Row, term: Term) -> Three:
        rows, user = self.rows("post_disapprovals", post), self.user(text)
        if text.lower() in ("disinterest", "poor_quality", "breaks_rules"):
            return any(row["reason"] == text.lower() for row in rows)
        allowed = user is not None and (self.is_me(user) or self.level >= 40)
        return allowed and any(row["user_id"] == user["id"] for row in rows)  # type: ignore[index]

    # --- lists

    def ask_pool(self, text: str, post: Row, term: Term) -> Three:
        word, rows = text.lower(), self.rows("pools", post)
        if word in ("any", "none"):
            return bool(rows) == (word == "any")
        if word in ("series", "collection"):
            return any(row["category"] == word for row in rows)
        return any(row in rows for row in self.pools(text))

    def pools(self, text: str) -> list[Row]:
        if re.fullmatch("[0-9]+", text):
            return [row for row in self.tables["pools"] if row["id"] == int(text)]
        name = re.sub("_+", "_", text.lower().replace(" ", "_")).removeprefix("_").removesuffix("_")
        same = like if "*" in name else str.__eq__
        return [row for row in self.tables["pools"] if same(name, row["name"].lower())]

    def ask_ordpool(self, text: str, post: Row, term: Term) -> Three:
        return any(post["id"] in row["post_ids"] for row in self.pools(text))

    def groups(self, text: str) -> list[Row]:
        own = self.viewer["id"] if self.viewer else None
        if re.fullmatch("[0-9]+", text):
            found = [row for row in self.tables["favorite_groups"] if row["id"] == int(text)]
            return [row for row in found if row["is_public"] or row["creator_id"] == own or self.level >= 50]
        return [row for row in self.tables["favorite_groups"] if row["creator_id"] == own and row["name"].lower() == text.lower()]

    def ask_favgroup(self, text: str, post: Row, term: Term) -> Three:
        if text.lower() in ("any", "none"):
            own = [r for r in self.tables["favorite_groups"] if self.viewer and r["creator_id"] == self.viewer["id"]]
            return any(post["id"] in row["post_ids"] for row in own) == (text.lower() == "any")
        return any(post["id"] in row["post_ids"] for row in self.groups(text))

    def ask_ordfavgroup(self, text: str, post: Row, term: Term) -> Three:
        return any(post["id"] in row["post_ids"] for row in self.groups(text))

    # --- texts

    def ask_note(self, text: str, post: Row, term: Term) -> Three:
        return any(like(text.lower(), row["body"].lower()) for row in self.rows("notes", post))

    def ask_comment(self, text: str, post: Row, term: Term) -> Three:
        return any(like(text.lower(), row["body"].lower()) for row in self.rows("comments", post))

    def ask_commentary(self, text: str, post: Row, term: Term) -> Three:
        rows, word = self.rows("artist_commentaries", post), text.lower()
        if word in ("none", "false", "any", "true") and not term.quoted:
            return self.has_commentary(post) == (word in ("any", "true"))
        if word in ("translated", "untranslated") and not term.quoted:
            return any(
                bool(row[WORDS[0]] or row[WORDS[1]]) and bool(row[WORDS[2]] or row[WORDS[3]]) == (word == "translated")
                for row in rows
            )
        return any(like(word, row[name].lower()) for row in rows for name in WORDS)

    def ask_ai(self, text: str, post: Row, term: Term) -> Three:
        name, _, confidence = text.partition(",")
        rows = [row for row in self.rows("ai_tags", post) if row["name"] == name]
        if confidence == "0":
            return not rows
        return any(self.ranged("integer", confidence or ">=50", row["score"], nullable=False) for row in rows)

    def ask_unaliased(self, text: str, post: Row, term: Term) -> Three:
        return text in post["tag_string"].split()

    # --- the whole

    def search(self, tree: Node) -> list[int]:
        """Ids, newest first."""
        terms = [node for node in walk(tree) if isinstance(node, Term)]
        needs = any(
            term.name in MEDIA or (term.name == "is" and term.text.lower() in ("mp4", "png", "zip", "gif", "jpg"))
            for term in terms
        )
        posts = [post for post in self.tables["posts"] if not needs or post.get("media_asset", True)]
        return sorted((post["id"] for post in posts if self.test(tree, post) is True), reverse=True)


def all3(values: list[Three]) -> Three:
    return False if False in values else None if None in values else True


def any3(values: list[Three]) -> Three:
    return True if True in values else None if None in values else False


def dead(row: Row) -> bool:
    return bool(row.get("is_deleted", not row.get("is_active", True)))


def micros(text: str) -> int:
    gap = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return (gap.days * 86400 + gap.seconds) * 1_000_000 + gap.microseconds


def like(pattern: str, value: str) -> bool:
    """The pattern by a regular expression: `\\*` and `\\\\` are literal, a text without star altogether."""
    if "*" not in pattern:
        return pattern == value
    parts = re.findall(r"\\[*\\]|\*|[^*\\]|\\", pattern)
    return re.fullmatch("".join(".*" if p == "*" else re.escape(p[-1]) for p in parts), value, re.DOTALL) is not None


def compared(found: Range, value: Any, nullable: bool, single: bool) -> Three:
    if found.op == "union":
        return any3([compared(part, value, nullable, single) for part in found.values])
    if found.values == (None,):
        return (value is None) == (found.op == "eq") if nullable else found.op == "not_eq"
    if value is None:
        return False if single and found.op == "eq" else None
    first, last = found.values[0] if found.values else None, found.values[-1] if found.values else None
    match found.op:
        case "in":
            return value in found.values
        case "between":
            return bool(first <= value < last if found.open_end else first <= value <= last)
        case "eq":
            return bool(value == first)
        case _:
            return bool({"lt": value < first, "lteq": value <= first, "gt": value > first, "gteq": value >= first}[found.op])
