"""The backends' formats: a private value in, text that may lie in Git out."""
