"""`booruql mapping`: the index that compiled bodies expect."""

from __future__ import annotations

import json
from typing import Any

from booruql import sites
from booruql.app.command import Command, flag, only_whole
from booruql.backends import elastic


def _mapping(values: dict[str, Any]) -> int:
    resource = sites.load(values["site"] or "danbooru").resource(values["entity"])
    print(json.dumps(elastic.mapping(resource, shards=values["shards"], replicas=values["replicas"]), indent=2))
    return 0


SHARDS = (
    flag("--shards", type=int, default=5, metavar="N", help="shards of the index (default: 5)"),
    flag("--replicas", type=int, default=1, metavar="N", help="further copies of each shard (default: 1)"),
)

COMMAND = Command(
    "mapping",
    "print the Elasticsearch mapping that compiled bodies expect",
    (
        flag("--site", help="the site whose records are indexed (default: danbooru)"),
        flag("--entity", help="what is indexed, in the site's word (default: posts or images)"),
        *SHARDS,
    ),
    only_whole,
    whole=_mapping,
    order=9,
)
