"""One file for each storage shape: `LAYOUT` says how to ask a field. May import `schema` and below, and sqlglot."""
