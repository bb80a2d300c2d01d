"""What closes Symbols: one module for each syntax, `RESOLVERS` maps a symbol's word to its function.

A resolver takes the symbol and the binding and gives a typed tree, which may hold further symbols.
"""
