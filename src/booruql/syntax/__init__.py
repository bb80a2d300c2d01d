"""Front ends: text -> written tree -> typed search. May import `passes`, `sites` and below; none imports another.

Each module named after a syntax offers

- `parse(text, site, entity, limits) -> Node`: the written tree; pure; raises ParseError and LimitError.
- `check(tree) -> None`: raises StructureError for what the site rejects.
- `read(query, resource, notes) -> Search`: the typed state; warnings go to `notes`.
"""
