"""Somebody is forgotten: asked for in the chat, done once nothing of theirs is under way any more.

    asked in the chat ──confirmed──► job ──nothing is open──► event in the chat ──► rows, then the chat
                                      ▲   └─ something is: later ─┘      │
                                      └────── something is open again ───┘

The rows go in one transaction, in the chat's turn: whatever is killed, it is done again to the same end. What
the room itself deletes is its `Parts.forget`; what stays in its books is of nobody from then on.

    wishes.py     who wants to be forgotten: the room's table `erasures`
    erasure.py    what a room says of it, as one value; the deed: asked, looked at, done
    dialogue.py   what people see of it, and the router
"""
