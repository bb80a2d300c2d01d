"""Many posts in memory: roaring bitmaps and numpy columns (extra `index`). Builds on the predicate for what no column tells."""

from __future__ import annotations

from booruql.backends.bitmap.index import BitmapIndex, Plan

__all__ = ["BitmapIndex", "Plan"]
