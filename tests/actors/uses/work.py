"""Work for the process that work is given to."""

import os
import time

_times = 0


def where():
    """Which process does this, and how many times it has."""
    global _times
    _times += 1
    return os.getpid(), _times


def spins(seconds):
    """Takes the processor."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        pass


def raises(error):
    raise error


class OddError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def raises_what_cannot_be_sent():
    raise OddError(1, 2)


def prints(line):
    print(line, flush=True)
    return line


def ends_with(code):
    os._exit(code)


def large(size):
    return b"x" * size
