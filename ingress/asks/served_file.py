"""Files that are bots' data, as answers: what somebody has uploaded is shown or kept, and never runs.

They come from the host that on-call logs in at. A browser that takes one for a page or a script would have
strangers act there: so it is not to guess what they are, and to give them no origin and no scripts.
"""

from urllib.parse import quote as percent_encoded

from quart import Response

from mailroom.actors.pages.answer import File

HEADERS = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
ANY_NAME = "file"


def served_file(file: File, content: bytes) -> Response:
    """The answer with as much of a file as is asked for. It is saved by its name, unless it is shown where it
    was asked for.
    """
    response = Response(content, headers=HEADERS, content_type=file.type)
    how = "inline" if file.inline else "attachment"
    if file.name or not file.inline:
        name = percent_encoded(file.name or ANY_NAME, safe="")
        response.headers["Content-Disposition"] = f"{how}; filename*=UTF-8''{name}"
    return response
