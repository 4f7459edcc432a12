"""Where somebody may be sent."""

from urllib.parse import urlsplit

SCHEMES = frozenset({"", "http", "https", "tg", "mailto", "tel"})
"""No address of a script."""


def check_way(url: str) -> None:
    """Raises `ValueError` for where nobody is sent."""
    if urlsplit(url).scheme.lower() not in SCHEMES or not url.isprintable():
        raise ValueError(f"nobody is sent to {url[:100]!r}")
