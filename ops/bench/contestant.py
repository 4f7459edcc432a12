"""A service under load, ours or a peer's."""

from dataclasses import dataclass

from mailroom.ops.bench.children import Child

SECRET = "bench-secret"


@dataclass(slots=True)
class Contestant:
    """One service. Its update ids continue through all rounds, as Telegram's do."""

    name: str
    token: str
    port: int
    path: str
    processes: list[Child]
    next_update_id: int = 1
    first_chat_id: int = 1

    def fresh_chats(self, count: int) -> range:
        """Ids of chats that have not written before."""
        first = self.first_chat_id
        self.first_chat_id += count
        return range(first, first + count)

    def cpu_seconds(self) -> float:
        """Processor time of all its processes so far."""
        return sum(process.cpu_seconds() for process in self.processes)

    def stop(self) -> None:
        """End all its processes."""
        for process in self.processes:
            process.stop()
