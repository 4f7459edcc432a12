"""`/app/BOT/kit/…`: the kit of JavaScript that all pages have, and what of it is made for each bot."""

import json
from pathlib import Path

from quart import Response
from werkzeug.datastructures import Headers

from mailroom.ingress.asks.folder import TYPES, Folder
from mailroom.ingress.pages.addresses import address
from mailroom.ingress.pages.bot_page import BotPage

KIT = Path(__file__).with_name("kit")
KIT_AT = "kit/"
WORKER = "sw.js"
MANIFEST = "manifest.webmanifest"
ICONS = {"icon.svg": "any", "icon-192.png": "192x192", "icon-512.png": "512x512"}
"""Files of a page that are its icon, with their sizes."""

_KIT = Folder(KIT)


def kit_file(name: str, here: BotPage, files: Folder, asked: Headers) -> Response | None:
    """A file of the kit, beside the page of a bot whose own files these are; None if there is none."""
    if name == MANIFEST:
        return files.file(MANIFEST, asked) or _manifest(here, files)
    found = _KIT.file(name, asked)
    if found is not None and name == WORKER:
        # It lies deeper than what it is for; never more than the page of this bot.
        found.headers["Service-Worker-Allowed"] = address(here.bot)
    return found


def _manifest(here: BotPage, files: Folder) -> Response:
    """https://www.w3.org/TR/appmanifest/: addresses in it are seen from where it lies."""
    name = here.page.title or here.bot
    page = address(here.bot)
    icons = [
        {"src": f"{page}{icon}", "sizes": sizes, "type": TYPES[Path(icon).suffix]}
        for icon, sizes in ICONS.items()
        if icon in files
    ]
    told = {
        "id": page,
        "name": name,
        "short_name": name,
        "start_url": page,
        "scope": page,
        "display": "standalone",
        "icons": icons,
    }
    text = json.dumps(told, ensure_ascii=False)
    kind = TYPES[Path(MANIFEST).suffix]
    return Response(text, 200, {"Cache-Control": "no-cache"}, content_type=kind)
