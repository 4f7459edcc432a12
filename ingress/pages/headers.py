"""What goes with every answer below `/app`: a page loads and runs nothing but what is its own."""

from quart import Response, request

TELEGRAM_SCRIPT = "https://telegram.org"
"""Where the script comes from through which a page speaks with Telegram."""
TELEGRAM_WEB = "https://web.telegram.org https://webk.telegram.org https://webz.telegram.org"
"""Telegram in a browser shows the page in a frame."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


async def harden(response: Response) -> Response:
    """Add what is not there: a file that was uploaded has a policy of its own, which is stricter."""
    response.headers.update(HEADERS)
    policy = _policy(in_telegram=request.args.get("telegram") == "1")
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _policy(*, in_telegram: bool) -> str:
    """Nothing but our own files; Telegram's script only where the page has found itself inside Telegram,
    and has asked for itself again with `telegram=1`.
    """
    scripts = f"'self' {TELEGRAM_SCRIPT}" if in_telegram else "'self'"
    return (
        f"default-src 'self'; script-src {scripts}; img-src 'self' data:; object-src 'none'; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors 'self' {TELEGRAM_WEB}"
    )
