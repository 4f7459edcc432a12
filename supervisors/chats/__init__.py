"""What supervises the chats: actors come when a message arrives, go when they have been idle, and come back
after a crash.

`chats.py` is the way to them, made anew for each ownership; `residents.py` who is in memory, `crashes.py`
what follows when an actor fails itself, `sweep.py` how those are found that nobody told of, `handle.py` what
on-call asks for. Everything that is forgotten is found again in Redis: the ready set of each partition names
the chats with messages waiting, so a start, a crash and a lost notification are all cured by the same sweep.
"""
