"""The body of a request, byte for byte, as far as it is short enough."""

from quart import Request
from werkzeug.exceptions import RequestEntityTooLarge


async def whole_body(request: Request, most: int) -> bytes | None:
    """All of it, of `most` bytes at the utmost; None if it is longer, and no more of it is kept. Whoever
    leaves before its end has sent nothing: what awaits this is cancelled.
    """
    if (request.content_length or 0) > most:
        return None
    data = bytearray()
    try:
        async for piece in request.body:
            data += piece
            if len(data) > most:
                return None
    except RequestEntityTooLarge:
        return None
    return bytes(data)
