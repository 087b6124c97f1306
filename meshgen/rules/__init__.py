"""Codes that no check raises: the text, its shape, trust inputs, the output tree, ignores."""
