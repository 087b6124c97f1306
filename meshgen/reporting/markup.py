"""Text of others inside Markdown: names, labels and descriptions must stay text."""

import re

_MOST = 200
_PLAIN = re.compile(r"[A-Za-z0-9 _.,:;/=+*@{}()~>'-]*")
_SAFE = re.compile(r"[A-Za-z0-9 .,:;/=+()~'-]")


def code(text: str) -> str:
    """A text as code, whatever is in it: it can neither end its cell nor call anybody."""
    text = " ".join(text.split())
    text = text if len(text) <= _MOST else text[: _MOST - 1] + "…"
    if text and _PLAIN.fullmatch(text):
        return f"`{text}`"
    escaped = "".join(char if _SAFE.fullmatch(char) else f"&#{ord(char)};" for char in text)
    return f"<code>{escaped}</code>"


def plain(text: str) -> str:
    """A text outside of code: what Markdown or HTML would read is escaped, and nobody is called."""
    text = " ".join(text.split())
    text = text if len(text) <= _MOST else text[: _MOST - 1] + "…"
    return "".join(
        char if char.isalnum() or _SAFE.fullmatch(char) else f"&#{ord(char)};" for char in text
    ).replace("&#64;", "&#64;\u200b")
