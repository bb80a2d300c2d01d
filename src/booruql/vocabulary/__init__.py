"""The names of tags: found by pattern, by their beginnings and words, and by a slip of the pen.

May import `context`, `ast`, `errors` and `text`. numpy and pyroaring are used where they are installed; the answers are the same.
"""
