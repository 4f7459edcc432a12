"""Files that Telegram knows, kept in memory and bounded, with the ids and paths by which it names them."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from .errors import bad_request

FILES_MAX = 2_000
BYTES_MAX = 128 * 2**20
DOWNLOAD_BYTES_MAX = 20 * 2**20
"""What getFile serves; `Client.cpp`: "file is too big"."""

SIZE_SIGN = "-"
"""What stands between a photo's id and the letter of one of its sizes."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a multipart body."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file Telegram knows: uploaded here, sent by somebody, or known by its address only."""

    file_id: str
    unique_id: str
    kind: str
    upload: Upload
    url: str | None
    facts: dict[str, Any] = field(default_factory=dict)
    """What its object in a message says beside ids and size: it says the same when it is sent again."""

    @property
    def path(self) -> str:
        """Return the path under `/file/bot<token>/`."""
        return f"{self.kind}/{self.unique_id}_{self.upload.name.replace('/', '_')}"


class FileStore:
    """Hands out ids; the oldest files go when there are too many bytes."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}
        self._bytes = 0
        self._n = 0

    def add(
        self,
        kind: str,
        upload: Upload,
        url: str | None = None,
        *,
        file_id: str = "",
        unique_id: str = "",
        facts: dict[str, Any] | None = None,
    ) -> StoredFile:
        """Store an upload (or the address of one) and return it, with new ids unless it has some."""
        self._n += 1
        digest = hashlib.blake2b(upload.content or (url or "").encode(), digest_size=9).hexdigest()
        stored = StoredFile(
            file_id or f"SIM{self._n:06d}{kind}{digest}", unique_id or digest, kind, upload, url, facts or {}
        )
        self._forget(stored.file_id)
        self._by_id[stored.file_id] = self._by_path[stored.path] = stored
        self._bytes += len(upload.content)
        while len(self._by_id) > FILES_MAX or self._bytes > BYTES_MAX:
            self._forget(next(iter(self._by_id)))
        return stored

    def _forget(self, file_id: str) -> None:
        oldest = self._by_id.pop(file_id, None)
        if oldest is not None:
            if self._by_path.get(oldest.path) is oldest:
                del self._by_path[oldest.path]
            self._bytes -= len(oldest.upload.content)

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file with this id; all sizes of a photo are one file."""
        return self._by_id.get(file_id) or self._by_id.get(file_id.rpartition(SIZE_SIGN)[0])

    def at(self, path: str) -> StoredFile | None:
        """Return the file with this download path."""
        return self._by_path.get(path)

    def described(self, file_id: str) -> dict[str, Any]:
        """Return what getFile says."""
        stored = self.find(file_id)
        if stored is None:
            raise bad_request("invalid file_id")
        size = len(stored.upload.content)
        if size > DOWNLOAD_BYTES_MAX:
            raise bad_request("file is too big")
        letter = file_id.removeprefix(stored.file_id)
        return {
            "file_id": file_id,
            "file_unique_id": stored.unique_id + letter,
            "file_size": size,
            "file_path": stored.path,
        }
