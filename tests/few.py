"""Posts with fewer fields, for tests that draw trees and posts at random."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from hypothesis import strategies as st

from booruql.ast.nodes import Count, Key, Node, Search
from booruql.schema import Kind, Table
from booruql.sites.site import Resource

CHOSEN = (
    "id", "tags", "tag_names", "tag_ids", "score", "width", "rating", "created_at", "updated_at", "md5", "duration",
    "megapixels", "sources", "source", "uploader_id", "is_deleted", "is_animated", "favorited_by", "description", "ip",
)  # fmt: skip
"""A field or two of each kind: with all of them terms and posts would seldom meet."""


class Few(Resource):
    """Posts with fewer fields."""

    @cached_property
    def table(self) -> Table:
        whole = super().table
        linking = {r.other for r in whole.relations.values() if r.entity == whole.name}
        relations = {name: whole.relations[name] for name in ("galleries", "comments") if name in whole.relations}
        return replace(
            whole, fields={name: f for name, f in whole.fields.items() if name in linking.union(CHOSEN)}, relations=relations
        )


IMAGES = Few("posts", "posts", {}, {}, dict, kinds={"duration": Kind.FLOAT32})


def search_for(tree: Node, **parts: object) -> Search:
    return Search("danbooru", "posts", tree, **parts)  # type: ignore[arg-type]


ORDERS = st.lists(
    st.builds(
        Key, st.sampled_from(("score", "width", "duration", "md5", "id", Count("galleries"))), st.booleans(), st.booleans()
    ),
    max_size=3,
).map(tuple)
