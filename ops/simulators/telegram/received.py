"""Files in what people send: given what Telegram always says of them, and known from then on, so that a bot
may fetch them and send them back.
"""

import hashlib
from typing import Any

from .files import FileStore, Upload
from .media_kinds import KINDS, facts_of, photo_sizes
from .pictures import blank

Json = dict[str, Any]


def learn(store: FileStore, content: Json) -> Json:
    """Return the content of a message with its files complete; they are in the store."""
    if not KINDS.keys() & content.keys():
        return content
    completed = dict(content)
    for kind in KINDS.keys() & content.keys():
        given = content[kind]
        if kind == "photo":
            completed[kind] = _photo(store, given)
        elif isinstance(given, dict):
            completed[kind] = _file(store, kind, given)
    return completed


def _photo(store: FileStore, given: Any) -> Any:
    sizes = [size for size in given if isinstance(size, dict)] if isinstance(given, list) else []
    if isinstance(given, list) and not sizes:
        picture = Upload("photo.png", "image/png", blank())
        return photo_sizes(store.add("photo", picture, facts=facts_of("photo", picture, {})))
    if not isinstance(given, list):
        return given
    return [{"width": 90, "height": 90, **_known(store, "photo", size)} for size in sizes]


def _file(store: FileStore, kind: str, given: Json) -> Json:
    name = str(given.get("file_name") or kind)
    upload = Upload(name, str(given.get("mime_type") or ""), b"")
    return {**facts_of(kind, upload, given), **_known(store, kind, given)}


def _known(store: FileStore, kind: str, given: Json) -> Json:
    """Ids and size, as they were given or new; a file that nobody knows holds a picture or some words."""
    file_id = str(given.get("file_id") or "")
    stored = store.find(file_id) if file_id else None
    if stored is None:
        picture = kind in ("photo", "sticker")
        content = blank() if picture else f"A simulated {kind.replace('_', ' ')}.\n".encode()
        row = KINDS[kind]
        named = str(given.get("file_name") or (f"{kind}.png" if picture else kind))
        mime_type = "image/png" if picture else str(given.get("mime_type") or row.mime_type)
        upload = Upload(named, mime_type, content)
        told = {key: value for key, value in given.items() if not key.startswith("file_")}
        facts = facts_of(kind, upload, told) | told
        if row.named:
            facts["file_name"] = named
        # Two files are two, whatever they hold here.
        unique_id = str(given.get("file_unique_id") or "")
        if not unique_id and file_id:
            unique_id = hashlib.blake2b(file_id.encode(), digest_size=9).hexdigest()
        stored = store.add(kind, upload, file_id=file_id, unique_id=unique_id, facts=facts)
    ids = {
        "file_id": file_id or stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.upload.content),
    }
    return {**ids, **given}
