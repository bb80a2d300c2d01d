"""Back ends: a closed search and declared facts about the target -> the target's form.

May import `sites` and below. None imports another, none imports `syntax`. What a target cannot do exactly is
refused with UnsupportedError (E5) and the span of the leaf, or split off as a residual; never approximated.
"""
