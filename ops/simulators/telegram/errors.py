"""The one way a Bot API call is refused.

Envelope and wording: `Query.cpp` and `Client.cpp` of tdlib/telegram-bot-api; the HTTP status equals
`error_code`.
"""

from typing import Any


class ApiError(Exception):
    """Telegram refused a call: `code` is both the HTTP status and `error_code` of the body."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str) -> ApiError:
    """The caller's mistake; repeating the same call cannot succeed."""
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    """The user does not want to hear from this bot."""
    return ApiError(403, f"Forbidden: {reason}")


def too_many_requests(retry_after_seconds: int) -> ApiError:
    """The caller must wait; the number stands in the body and in the `Retry-After` header (`Query.cpp`)."""
    return ApiError(
        429, f"Too Many Requests: retry after {retry_after_seconds}", retry_after=retry_after_seconds
    )
