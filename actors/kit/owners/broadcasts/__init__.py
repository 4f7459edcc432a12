"""A word to all people of a bot: whom it reaches says the room; how it is written and sent, the kit.

    audience.py   whom, as the room's tables know them        screens.py   what owners see of it
    send.py       written down once, with its recipients      routes.py    from the chat
    callbacks.py  what its buttons carry                      asks.py      from the console

It is sent by `actors/broadcast/`, within Telegram's limits.
"""
