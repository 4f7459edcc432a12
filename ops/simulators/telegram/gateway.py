"""What whoever stands between a bot and Telegram answers in Telegram's place: in its own words."""

from http import HTTPStatus
from typing import Final

from aiohttp import web

PAGE: Final = """<html>
<head><title>{title}</title></head>
<body>
<center><h1>{title}</h1></center>
<hr><center>nginx</center>
</body>
</html>
"""


def answer(kind: str, status: int) -> web.Response:
    """The answer of a rule of this kind: a page, a text that is no JSON, or JSON that says nothing."""
    if kind == "html":
        title = f"{status} {HTTPStatus(status).phrase}"
        return web.Response(text=PAGE.format(title=title), status=status, content_type="text/html")
    if kind == "no_json":
        return web.Response(text="{ok: true", status=status, content_type="application/json")
    return web.Response(text='{"ok":false}', status=status, content_type="application/json")
