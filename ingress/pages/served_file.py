"""Files that are bots' data, as answers: what somebody has uploaded is shown or kept, and never runs.

They come from the host that on-call logs in at. A browser that takes one for a page or a script would have
strangers act there: so it is not to guess what they are, and to give them no origin and no scripts.
"""

from urllib.parse import quote as percent_encoded

from quart import Response

HEADERS = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
ANY_BYTES = "application/octet-stream"


def served_file(content: bytes, content_type: str = ANY_BYTES, *, download: str | None = None) -> Response:
    """The answer with a file; with a name to `download` it by it is not shown."""
    response = Response(content, headers=HEADERS, content_type=content_type)
    if download is not None:
        name = percent_encoded(download, safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
