"""How many jobs a worker has handled, as a number in a file that other processes have mapped.

The producer and the benchmark look at it many times a second, which must cost neither them nor the worker a
message.
"""

import mmap
import struct
from pathlib import Path
from typing import Self

NUMBER = struct.Struct("=q")


class Tally:
    """A number that one process counts up, and others read."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(NUMBER.size))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), NUMBER.size)

    def set(self, number: int) -> None:
        """Say how many there are."""
        NUMBER.pack_into(self._map, 0, number)

    def get(self) -> int:
        """How many there are."""
        number: int = NUMBER.unpack_from(self._map)[0]
        return number

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
