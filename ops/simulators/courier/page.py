"""The page on which somebody reads what has come to their mailbox or phone. It looks again by itself."""

import time
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from aiohttp import web

from .simulation import Message

LOOK_AGAIN_SECONDS = 3
SHOWN_MAX = 50
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'",
}
WORDS = {
    "en": {
        "title": "Mail and SMS of the demo",
        "banner": "A simulator stands in for mail and SMS. Nothing is sent to anybody.",
        "none": "Nothing has come yet.",
        "ago": "{seconds} s ago",
        "all": "Everybody's",
        "other": "Русский",
    },
    "ru": {
        "title": "Почта и SMS демонстрации",
        "banner": "Почту и SMS заменяет симулятор. Никому ничего не отправляется.",
        "none": "Пока ничего не пришло.",
        "ago": "{seconds} с назад",
        "all": "Всё, что пришло",
        "other": "English",
    },
}
STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 25%, transparent) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 1rem }
header { display: flex; flex-wrap: wrap; gap: .3rem 1rem; justify-content: space-between; font-size: .9rem }
h1 { font-size: 1.3rem }
ol { list-style: none; padding: 0; display: grid; gap: .8rem }
li { border: 1px solid var(--line); border-radius: .8rem; padding: .8rem 1rem; overflow-wrap: anywhere }
li p { margin: .2rem 0 0 } li .said { font-size: 1.1rem }
"""


def page(messages: Sequence[Message], asked: Mapping[str, str], headers: Mapping[str, str]) -> web.Response:
    """What has arrived, as HTML in the reader's language."""
    chosen = asked.get("lang") or headers.get("Accept-Language", "")
    language = "ru" if chosen.lower().startswith("ru") else "en"
    words, to = WORDS[language], asked.get("to", "")
    other = urlencode({**({"to": to} if to else {}), "lang": "en" if language == "ru" else "ru"})
    everybody = f'<a href="/?lang={language}">{words["all"]}</a>' if to else ""
    shown = "".join(_item(one, words["ago"]) for one in messages[:SHOWN_MAX])
    html = f"""<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{LOOK_AGAIN_SECONDS}">
<title>{words["title"]}</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
<header><span>{words["banner"]}</span>
<span>{everybody} <a href="/?{escape(other)}">{words["other"]}</a></span></header>
<main><h1>{escape(to) or words["title"]}</h1>
{f"<ol>{shown}</ol>" if shown else f"<p>{words['none']}</p>"}</main>
</html>
"""
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=HEADERS)


def _item(message: Message, ago: str) -> str:
    when = ago.format(seconds=max(0, round(time.time() - message.at)))
    return (
        f"<li><b>{escape(message.title)}</b> → {escape(message.to)} · {when}"
        f'<p class="said">{escape(message.text)}</p></li>'
    )
