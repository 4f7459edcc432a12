"""What somebody sees at an address where there is no page and no file."""

from html import escape

from quart import Request, Response

from mailroom.ingress.asks.answering import is_navigation
from mailroom.ingress.pages.languages import language_of
from mailroom.ingress.pages.words import WORDS

HTML = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{error}</title>
<link rel="icon" href="data:,">
<h1>{error}</h1>
<p>{what_to_do}</p>
</html>
"""


def nowhere(request: Request) -> Response:
    """404: for somebody who has gone there a page, for a script a line."""
    language = language_of(tuple(WORDS), request.args.get("lang"), None, request.accept_languages)
    words = WORDS[language]["not_found"]
    if not is_navigation(request):
        return Response(f"{words.error}\n", 404, content_type="text/plain; charset=utf-8")
    page = HTML.format(language=language, error=escape(words.error), what_to_do=escape(words.what_to_do))
    return Response(page, 404, content_type="text/html; charset=utf-8")
