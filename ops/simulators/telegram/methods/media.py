"""Sending files: uploaded in the call, known by id, or named by address (an address is never fetched)."""

from typing import Any

from mailroom.ops.simulators.telegram.arguments import Args, flag, integer, structure
from mailroom.ops.simulators.telegram.chats import Json
from mailroom.ops.simulators.telegram.errors import bad_request
from mailroom.ops.simulators.telegram.files import StoredFile, Upload
from mailroom.ops.simulators.telegram.media_kinds import (
    KINDS,
    check_kind,
    facts_of,
    mime_type,
    shown,
    with_thumbnail,
)

from .call import Call, caption, deliver, method, target_chat

PHOTO_BYTES_MAX = 10 * 2**20
UPLOAD_BYTES_MAX = 50 * 2**20
GROUP_MIN, GROUP_MAX = 2, 10
IN_GROUPS = ("photo", "video", "audio", "document")
ALONE_IN_GROUPS = ("audio", "document")
"""Kinds that an album has nothing else beside."""
HIDDEN_AT_FIRST = ("photo", "video", "animation")


def media_part(call: Call, kind: str, reference: Any, args: Args, direct: str | None = None) -> Json:
    """Return the part of a message that carries a file of this kind."""
    stored = _stored(call, kind, reference, args, direct)
    part = shown(stored)
    if stored.kind in HIDDEN_AT_FIRST and flag(args, "has_spoiler"):
        part["has_media_spoiler"] = True
    return part


def _stored(call: Call, kind: str, reference: Any, args: Args, direct: str | None) -> StoredFile:
    name = kind.replace("_", " ")
    if direct is not None and direct in call.uploads:
        return _taken(call, kind, call.uploads[direct], args)
    if not isinstance(reference, str) or not reference:
        raise bad_request(f"there is no {name} in the request")
    if reference.startswith("attach://"):
        upload = call.uploads.get(reference.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"there is no {name} in the request")
        return _taken(call, kind, upload, args)
    if reference.startswith(("http://", "https://")):
        file_name = reference.rpartition("/")[2].partition("?")[0] or kind
        far = Upload(file_name, "", b"")
        return call.simulation.files.add(kind, far, reference, facts=facts_of(kind, far, args))
    stored = call.simulation.files.find(reference)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    check_kind(stored, kind)
    return stored


def _taken(call: Call, kind: str, upload: Upload, args: Args) -> StoredFile:
    """A file that comes with the call, and its thumbnail if that comes along."""
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (PHOTO_BYTES_MAX if kind == "photo" else UPLOAD_BYTES_MAX):
        raise bad_request("file is too big")
    given = args.get("thumbnail")
    thumbnail = call.uploads.get(given.removeprefix("attach://")) if isinstance(given, str) else None
    if thumbnail is None and args is call.args:
        thumbnail = call.uploads.get("thumbnail")
    facts = facts_of(kind, upload, args)
    facts |= with_thumbnail(call.simulation.files, kind, upload, thumbnail)
    typed = Upload(upload.name, mime_type(kind, upload), upload.content)
    return call.simulation.files.add(kind, typed, facts=facts)


def _send(kind: str) -> None:
    name = "send" + "".join(map(str.capitalize, kind.split("_")))

    @method(name)
    def send(call: Call) -> Json:
        chat = target_chat(call)
        content = media_part(call, kind, call.args.get(kind), call.args, kind)
        if KINDS[kind].captioned:
            content.update(caption(call))
        return deliver(call, chat, content)


for _kind in KINDS:
    _send(_kind)


def input_media(call: Call, item: Any) -> Json:
    """Return the message part for one InputMedia object."""
    if not isinstance(item, dict) or item.get("type") not in KINDS:
        raise bad_request("can't parse InputMedia: wrong type specified")
    return media_part(call, item["type"], item.get("media"), item) | caption(call, item)


@method("sendMediaGroup")
def send_media_group(call: Call) -> list[Json]:
    """An album: 2 to 10 files that share a `media_group_id`."""
    chat = target_chat(call)
    items = structure(call.args, "media")
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputMedia")
    if not GROUP_MIN <= len(items) <= GROUP_MAX:
        raise bad_request("group must contain 2-10 items")
    types = [item.get("type") if isinstance(item, dict) else None for item in items]
    if any(kind in KINDS and kind not in IN_GROUPS for kind in types):
        raise bad_request("can't parse InputMedia: the type can't be used in an album")
    for alone in ALONE_IN_GROUPS:
        if alone in types and set(types) != {alone}:
            raise bad_request(f"{alone} can't be mixed with other media types")
    parts = [input_media(call, item) for item in items]
    group_id = call.simulation.new_id()
    call.args.pop("reply_markup", None)
    return [deliver(call, chat, {"media_group_id": group_id, **part}) for part in parts]


def _paid(call: Call, item: Any) -> Json:
    """One of the files that cost stars: the bot sees what it sends."""
    if not isinstance(item, dict) or item.get("type") not in ("photo", "video"):
        raise bad_request("can't parse InputPaidMedia: wrong type specified")
    return {"type": item["type"], **media_part(call, item["type"], item.get("media"), item)}


@method("sendPaidMedia")
def send_paid_media(call: Call) -> Json:
    """Files that cost stars; shown as their price."""
    stars = integer(call.args, "star_count")
    items = structure(call.args, "media")
    if not isinstance(items, list) or not 1 <= len(items) <= GROUP_MAX:
        raise bad_request("group must contain 1-10 items")
    paid = {
        "star_count": stars,
        "paid_media": [_paid(call, item) for item in items],
    }
    return deliver(call, target_chat(call), {"paid_media": paid, **caption(call)})
