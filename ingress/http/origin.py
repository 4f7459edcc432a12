"""From which page a browser sent a request, and over what."""

from urllib.parse import urlsplit

from quart import Request


def is_https(request: Request) -> bool:
    """Return whether the browser came over HTTPS: to us, or to the proxy in front of us."""
    forwarded = request.headers.get("X-Forwarded-Proto", request.scheme)
    return forwarded.partition(",")[0].strip().lower() == "https"


def is_same_origin(request: Request) -> bool:
    """Return whether a page of ours sent this request, as far as the browser says.

    `Sec-Fetch-Site` cannot be forged by a page and knows nothing of proxies, so it decides where it is sent:
    over HTTPS and on localhost. Else the origin must be the host that was asked. Neither: not a browser.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
