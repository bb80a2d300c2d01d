"""A closed search -> a Python function of one post, and the order of many: the plain reading of the language."""

from __future__ import annotations

from booruql.backends.predicate.explain import Explanation, Verdict
from booruql.backends.predicate.ordering import Found, arrange, run
from booruql.backends.predicate.predicate import Predicate, compile
from booruql.backends.predicate.reading import read_post

__all__ = ["Explanation", "Found", "Predicate", "Verdict", "arrange", "compile", "read_post", "run"]
