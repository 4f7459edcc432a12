"""How each gateway words a refusal."""

import uuid
from typing import Any

from .gateway import Answer, CallRefusedError

YOOKASSA_STATUS = {
    "invalid_request": 400,
    "invalid_credentials": 401,
    "forbidden": 403,
    "not_found": 404,
    "gone": 410,
    "too_many_requests": 429,
    "internal_server_error": 500,
}


def yookassa(code: str, description: str, parameter: str | None = None, **more: Any) -> CallRefusedError:
    """YooKassa's error object."""
    body = {"type": "error", "id": str(uuid.uuid4()), "code": code, "description": description, **more}
    if parameter:
        body["parameter"] = parameter
    return CallRefusedError(Answer.json(body, YOOKASSA_STATUS[code]))


def aaio(message: str, status: int = 400, code: str = "") -> CallRefusedError:
    """AAIO's error object: `code` is the HTTP status where it has no name."""
    return CallRefusedError(
        Answer.json({"type": "error", "code": code or status, "message": message}, status)
    )


def stripe(
    message: str,
    status: int = 400,
    *,
    kind: str = "invalid_request_error",
    code: str | None = None,
    param: str | None = None,
) -> CallRefusedError:
    """Stripe's error object."""
    error = {"type": kind, "message": message}
    if code:
        error["code"] = code
    if param:
        error["param"] = param
    return CallRefusedError(Answer.json({"error": error}, status))
