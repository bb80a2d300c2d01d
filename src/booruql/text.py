"""Letter case and white space as the sites have them. Imports nothing of ours."""

from __future__ import annotations

SPACES = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""Unicode White_Space. Python's `str.split` also splits at U+001C-U+001F, which are no white space."""


def lower(text: str) -> str:
    """Full Unicode lower case, letter by letter: no final-sigma rule, `İ` gives `i` + U+0307.

    >>> lower("ΣΊΣΥΦΟΣ")
    'σίσυφοσ'
    """
    if text.isascii() or "Σ" not in text:
        return text.lower()
    return "".join(c.lower() for c in text)


def trim(text: str) -> str:
    """The text without Unicode White_Space at both ends.

    >>> trim("\\u3000a b\\n")
    'a b'
    """
    return text.strip(SPACES)
