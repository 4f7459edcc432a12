"""The files of the chat page; nothing is built and nothing is fetched from elsewhere."""

from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "page"
FILES = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/chat.css": ("chat.css", "text/css; charset=utf-8"),
    "/chat.js": ("chat.js", "text/javascript; charset=utf-8"),
    "/links.js": ("links.js", "text/javascript; charset=utf-8"),
    "/message.js": ("message.js", "text/javascript; charset=utf-8"),
}
HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    # Whatever a bot sends can neither run nor load anything on this page.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src 'self'; form-action 'none'; base-uri 'none'",
}


def page_file(path: str) -> web.Response:
    """Return a file of the page, or 404."""
    entry = FILES.get(path)
    if entry is None:
        return web.Response(status=404, text="Not found\n")
    name, content_type = entry
    return web.Response(body=(FOLDER / name).read_bytes(), headers={**HEADERS, "Content-Type": content_type})
