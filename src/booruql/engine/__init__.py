"""The engine: parse, bind, and the road to every back end. May import everything but `store` and `app`."""
