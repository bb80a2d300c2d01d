"""How fast booruql is, beside the best code written by hand: `python -m benchmarks`."""
