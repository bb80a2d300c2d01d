"""The tree: nodes, folds over them, and their printed forms. May import `errors` only."""
