"""The command line: the only package that prints, reads the environment and the clock, or exits."""
