"""Addresses, as somebody writes them into a setting."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def url(*schemes: str) -> AfterValidator:
    """A check that a text is an address with one of these schemes; one of the web loses its last slash."""
    wanted = " or ".join(f"{scheme}://" for scheme in schemes)

    def check(value: str) -> str:
        # The URL itself is not repeated in the message: it may hold a password.
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:  # Python's words for it are about casts and integers
            raise ValueError(
                f"has no host and port that can be read; write it like {schemes[0]}://host:port"
            ) from None
        if parts.scheme not in schemes:
            raise ValueError(f"must begin with {wanted}")
        if not (parts.netloc or parts.query or parts.scheme == "unix"):
            raise ValueError(f"names no host; write it like {schemes[0]}://host:port")
        return value.rstrip("/") if parts.scheme.startswith("http") else value

    return AfterValidator(check)


WebAddress = Annotated[str, url("https", "http")]
"""Where an outside system is asked."""
