"""Files that anyone may see and that are asked for by their content: those asked for last are at hand, and
the room is not asked again. There never is another of the same name, so none of them is out of date.
"""

from collections import OrderedDict

from mailroom.actors.pages.answer import File

BYTES_MAX = 16 * 2**20
"""Of a process; a page's pictures are some tens of kilobytes each."""


class FileCache:
    """Those of a process, by where they are."""

    def __init__(self, bytes_max: int = BYTES_MAX) -> None:
        self._files: OrderedDict[str, File] = OrderedDict()
        self._bytes_max = bytes_max
        self._bytes = 0

    def find(self, path: str) -> File | None:
        """The file at an address, if it is at hand."""
        if (found := self._files.get(path)) is not None:
            self._files.move_to_end(path)
        return found

    def keep(self, path: str, file: File) -> None:
        """Have it at hand from now on, until others have been asked for more."""
        if path in self._files:
            return
        self._files[path] = file
        self._bytes += len(file.content)
        while self._bytes > self._bytes_max:
            _, oldest = self._files.popitem(last=False)
            self._bytes -= len(oldest.content)
