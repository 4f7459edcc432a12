"""What a message says of the preview of its link: which link it is of, and what its bot asked for."""

from mailroom.ops.simulators.telegram.arguments import Args, flag, structure, text
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import bad_request
from mailroom.ops.simulators.telegram.found import Entities

FLAGS = ("prefer_small_media", "prefer_large_media", "show_above_text")


def preview_part(args: Args, shown: str, entities: Entities) -> Json:
    """Return the part of a text message about its preview; empty when there is none and nothing was asked."""
    options = structure(args, "link_preview_options")
    if options is None:
        # As bots from before 2024 say it.
        options = {"is_disabled": flag(args, "disable_web_page_preview")}
    if not isinstance(options, dict):
        raise bad_request("can't parse link preview options: expected an Object")
    if flag(options, "is_disabled"):
        return {"link_preview_options": {"is_disabled": True}}
    url = text(options, "url") or _first_link(shown, entities)
    part: Json = {"url": url} if url else {}
    part |= {name: True for name in FLAGS if flag(options, name)}
    return {"link_preview_options": part} if part else {}


def _first_link(shown: str, entities: Entities) -> str:
    for entity in entities:
        if entity["type"] == "text_link":
            return str(entity["url"])
        if entity["type"] == "url":
            place, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            link = shown.encode("utf-16-le")[place:end].decode("utf-16-le")
            return link if "://" in link else f"http://{link}"
    return ""
