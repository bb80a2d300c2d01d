"""One file for each database: `DIALECT` holds its facts. May import `schema` and below, and sqlglot."""
