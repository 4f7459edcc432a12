"""The kinds of files in messages: how each looks there, and which may be sent again as which.

Kinds that `is_document_file_type` of tdlib names are one family: sent again by id as another of them, a file
stays what it is. A photo is none of them, nor is a thumbnail.
"""

import mimetypes
from dataclasses import dataclass
from typing import Any, Final

from .errors import ApiError, bad_request
from .files import SIZE_SIGN, FileStore, StoredFile, Upload
from .pictures import THUMBNAIL_SIDE, UNKNOWN, blank, dimensions, fitted, sizes

Json = dict[str, Any]

ANY_BYTES: Final = "application/octet-stream"
STICKER_SIDE: Final = 512


@dataclass(frozen=True, slots=True)
class MediaKind:
    """How one kind of file looks inside a message."""

    field: str
    mime_type: str
    title: str
    """Telegram's name for it in refusals."""
    extra: tuple[tuple[str, Any], ...] = ()
    captioned: bool = True
    named: bool = True
    """Whether its object has a file name and a MIME type."""
    pictured: bool = False
    """Whether Telegram makes a thumbnail of it."""
    told: tuple[str, ...] = ()
    """What the sender says of it."""


KINDS: Final = {
    "photo": MediaKind("photo", "image/jpeg", "Photo", named=False),
    "document": MediaKind("document", ANY_BYTES, "Document"),
    "video": MediaKind(
        "video",
        "video/mp4",
        "Video",
        (("width", 640), ("height", 360), ("duration", 1)),
        pictured=True,
        told=("width", "height", "duration", "start_timestamp"),
    ),
    "animation": MediaKind(
        "animation",
        "video/mp4",
        "Animation",
        (("width", 320), ("height", 240), ("duration", 1)),
        pictured=True,
        told=("width", "height", "duration"),
    ),
    "audio": MediaKind(
        "audio", "audio/mpeg", "Audio", (("duration", 1),), told=("duration", "performer", "title")
    ),
    "voice": MediaKind(
        "voice", "audio/ogg", "VoiceNote", (("duration", 1),), named=False, told=("duration",)
    ),
    "video_note": MediaKind(
        "video_note",
        "video/mp4",
        "VideoNote",
        (("length", 240), ("duration", 1)),
        captioned=False,
        named=False,
        pictured=True,
        told=("length", "duration"),
    ),
    "sticker": MediaKind(
        "sticker",
        "image/webp",
        "Sticker",
        (
            ("width", STICKER_SIDE),
            ("height", STICKER_SIDE),
            ("is_animated", False),
            ("is_video", False),
            ("type", "regular"),
        ),
        captioned=False,
        named=False,
        pictured=True,
        told=("emoji",),
    ),
}
NUMBERS: Final = frozenset(["width", "height", "duration", "length", "start_timestamp"])
OTHERS: Final = {"thumbnail": "Thumbnail", "profile_photo": "ProfilePhoto"}


def check_kind(stored: StoredFile, wanted: str) -> None:
    """Refuse a file of another kind than the one it is sent as."""
    if stored.kind == wanted or (wanted != "photo" and stored.kind in KINDS and stored.kind != "photo"):
        return
    raise _cannot_be(title(stored.kind), title(wanted))


def title(kind: str) -> str:
    """Telegram's name for a kind in refusals."""
    return KINDS[kind].title if kind in KINDS else OTHERS[kind]


def _cannot_be(one: str, other: str) -> ApiError:
    return bad_request(f"can't use file of type {one} as {other}")


def facts_of(kind: str, upload: Upload, told: Json) -> Json:
    """Return what the object of a new file says, from its bytes, its name and what its sender says of it."""
    row = KINDS[kind]
    facts: Json = dict(row.extra)
    measured = dimensions(upload.content)
    if kind == "photo":
        facts["width"], facts["height"] = measured or UNKNOWN
    elif measured is not None and "width" in facts:
        facts["width"], facts["height"] = measured
    for name in row.told:
        value = told.get(name)
        if value not in (None, ""):
            facts[name] = int(float(value)) if name in NUMBERS else str(value)
    if row.named:
        facts["file_name"] = upload.name
    if row.named or kind == "voice":
        facts["mime_type"] = mime_type(kind, upload)
    if kind == "sticker":
        facts["is_animated"] = upload.name.endswith(".tgs")
        facts["is_video"] = upload.name.endswith(".webm")
    return facts


def mime_type(kind: str, upload: Upload) -> str:
    """Return the MIME type as the sender gave it, or by the name, or as the kind usually is."""
    if upload.mime_type not in ("", ANY_BYTES):
        return upload.mime_type
    return mimetypes.guess_type(upload.name)[0] or KINDS[kind].mime_type


def with_thumbnail(store: FileStore, kind: str, upload: Upload, given: Upload | None) -> Json:
    """Return the thumbnail part of a new file: the sender's, or the one that Telegram makes."""
    measured = dimensions(upload.content)
    if given is None and not (KINDS[kind].pictured or (kind == "document" and measured)):
        return {}
    picture = given or Upload("thumbnail.png", "image/png", blank())
    stored = store.add("thumbnail", picture)
    seen = dimensions(given.content) if given else measured
    width, height = fitted(*(seen or UNKNOWN), THUMBNAIL_SIDE)
    return {"thumbnail": {**_ids(stored), "width": width, "height": height}}


def shown(stored: StoredFile) -> Json:
    """Return the part of a message that carries a file."""
    if stored.kind == "photo":
        return {"photo": photo_sizes(stored)}
    known = {**_ids(stored), **stored.facts}
    part: Json = {KINDS[stored.kind].field: known}
    if stored.kind == "animation":
        # Bots that look only for documents see animations too (`Client.cpp`, JsonMessage).
        names = ("file_id", "file_unique_id", "file_size", "file_name", "mime_type", "thumbnail")
        part["document"] = {name: known[name] for name in names if name in known}
    return part


def photo_sizes(stored: StoredFile) -> list[Json]:
    """Return the sizes of a photo: files of their own by their ids, with the bytes of the whole here."""
    width, height = stored.facts.get("width", UNKNOWN[0]), stored.facts.get("height", UNKNOWN[1])
    ids = _ids(stored)
    return [
        {
            **ids,
            "file_id": f"{stored.file_id}{SIZE_SIGN}{size.letter}",
            "file_unique_id": f"{stored.unique_id}{SIZE_SIGN}{size.letter}",
            "width": size.width,
            "height": size.height,
        }
        for size in sizes(width, height)
    ]


def _ids(stored: StoredFile) -> Json:
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.content),
    }
