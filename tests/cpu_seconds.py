"""How much a program does, however busy the machine is that it does it on."""

import resource


def cpu_seconds_of_children() -> float:
    """Of all programs that we have started, and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
