"""The command line and the REPL: the only place that prints, reads the environment or exits."""
