"""Demo data: invented pictures in both sites' record shapes, made by `tools/make_demo.py`. Imports nothing of ours."""

from __future__ import annotations

from pathlib import Path

_HOME = Path(__file__).parent

DANBOORU_POSTS = _HOME / "danbooru_posts.jsonl.gz"
"""Posts as Danbooru's API answers them."""

FURBOORU_IMAGES = _HOME / "furbooru_images.jsonl.gz"
"""The same pictures as Furbooru's API answers them."""

DANBOORU_SITE = _HOME / "danbooru_site.json"
"""A small site dump: some of the posts with users, tags, aliases, pools, favourites and comments."""
