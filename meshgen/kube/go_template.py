"""Text for fields that controllers render as Go templates, with the functions of sprig."""

from base64 import b64encode


def literal(value: bytes) -> str:
    """A template that renders to just this value."""
    try:
        return value.decode("utf-8").replace("{{", '{{ "{{" }}')
    except UnicodeDecodeError:
        return f'{{{{ "{b64encode(value).decode("ascii")}" | b64dec }}}}'
