"""Laws: closed tree -> closed tree, one file each; `RULES` is their order. May import `sites` and below."""

from __future__ import annotations

from collections.abc import Callable

from booruql.ast.nodes import Node
from booruql.passes import demands, simplify, unknowns

Rule = Callable[[Node], Node]

RULES: tuple[Rule, ...] = (demands.hoist, unknowns.decide, simplify.simplify)
