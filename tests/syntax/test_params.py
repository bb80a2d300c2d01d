"""Query strings: both drivers of their grammar."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from booruql.context import Limits
from booruql.syntax import params
from booruql.syntax._params_lexer import tokens
from tests.drivers import agree

_TEXTS = st.lists(st.sampled_from(["a", "search", "[", "]", "[b]", "[]", "=", "&", "%3E5", "%ff", "+", "?"]), max_size=12)


@given(_TEXTS.map("".join))
def test_the_folded_table_and_larks_own_driver_agree(text: str) -> None:
    assert agree(params.GRAMMAR, tokens, text, Limits())
