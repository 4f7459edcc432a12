"""Sending files: uploaded in the call, known by id, or named by address (an address is never fetched)."""

from dataclasses import dataclass
from typing import Any

from ops.simulators.telegram.arguments import Args, integer, structure, text
from ops.simulators.telegram.chats import Json
from ops.simulators.telegram.errors import bad_request
from ops.simulators.telegram.files import StoredFile, Upload

from .call import Call, caption, deliver, method, target_chat

PHOTO_BYTES_MAX = 10 * 2**20
UPLOAD_BYTES_MAX = 50 * 2**20
GROUP_MIN, GROUP_MAX = 2, 10


@dataclass(frozen=True, slots=True)
class MediaKind:
    """How one kind of file looks inside a message."""

    field: str
    mime_type: str
    extra: tuple[tuple[str, Any], ...] = ()
    captioned: bool = True


KINDS = {
    "photo": MediaKind("photo", "image/jpeg"),
    "document": MediaKind("document", "application/octet-stream"),
    "video": MediaKind("video", "video/mp4", (("width", 640), ("height", 360), ("duration", 1))),
    "animation": MediaKind("animation", "video/mp4", (("width", 320), ("height", 240), ("duration", 1))),
    "audio": MediaKind("audio", "audio/mpeg", (("duration", 1),)),
    "voice": MediaKind("voice", "audio/ogg", (("duration", 1),)),
    "video_note": MediaKind("video_note", "video/mp4", (("length", 240), ("duration", 1)), captioned=False),
    "sticker": MediaKind(
        "sticker",
        "image/webp",
        (("width", 512), ("height", 512), ("is_animated", False), ("is_video", False), ("type", "regular")),
        captioned=False,
    ),
}


def media_part(call: Call, kind: str, reference: Any, args: Args, direct: str | None = None) -> Json:
    """Return the part of a message that carries a file of this kind."""
    stored = _stored(call, kind, reference, direct)
    size = len(stored.upload.content)
    if size > (PHOTO_BYTES_MAX if kind == "photo" else UPLOAD_BYTES_MAX):
        raise bad_request("file is too big")
    known: Json = {"file_id": stored.file_id, "file_unique_id": stored.unique_id, "file_size": size}
    if kind == "photo":
        small = {**known, "width": 90, "height": 60}
        return {"photo": [small, {**known, "width": 800, "height": 533}]}
    row = KINDS[kind]
    known.update(row.extra)
    if kind not in ("video_note", "sticker"):
        known["file_name"] = stored.upload.name
        known["mime_type"] = stored.upload.mime_type or row.mime_type
    for name in ("duration", "width", "height", "length"):
        if args.get(name):
            known[name] = integer(args, name)
    for name in ("performer", "title", "emoji"):
        if text(args, name):
            known[name] = text(args, name)
    part: Json = {row.field: known}
    if kind == "animation":
        # Bots that look only for documents see animations too (`Client.cpp`, JsonMessage).
        part["document"] = {
            key: known[key] for key in ("file_id", "file_unique_id", "file_size", "file_name")
        }
    return part


def _stored(call: Call, kind: str, reference: Any, direct: str | None) -> StoredFile:
    name = kind.replace("_", " ")
    if direct is not None and direct in call.uploads:
        return _upload(call, kind, call.uploads[direct])
    if not isinstance(reference, str) or not reference:
        raise bad_request(f"there is no {name} in the request")
    if reference.startswith("attach://"):
        upload = call.uploads.get(reference.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"there is no {name} in the request")
        return _upload(call, kind, upload)
    if reference.startswith(("http://", "https://")):
        file_name = reference.rpartition("/")[2].partition("?")[0] or kind
        return call.world.files.add(kind, Upload(file_name, KINDS[kind].mime_type, b""), reference)
    stored = call.world.files.find(reference)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _upload(call: Call, kind: str, upload: Upload) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    return call.world.files.add(kind, upload)


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
    parts = [input_media(call, item) for item in items]
    group_id = call.world.new_id()
    call.args.pop("reply_markup", None)
    return [deliver(call, chat, {"media_group_id": group_id, **part}) for part in parts]


@method("sendPaidMedia")
def send_paid_media(call: Call) -> Json:
    """Files that cost stars; shown as their price."""
    stars = integer(call.args, "star_count")
    items = structure(call.args, "media")
    if not isinstance(items, list) or not 1 <= len(items) <= GROUP_MAX:
        raise bad_request("group must contain 1-10 items")
    paid = {
        "star_count": stars,
        "paid_media": [{"type": "preview", "width": 800, "height": 533} for _ in items],
    }
    return deliver(call, target_chat(call), {"paid_media": paid, **caption(call)})
