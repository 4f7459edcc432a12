"""Broadcasts: one message of a bot to many chats, beside everything else that the bot does.

    create.py    how a broadcast is made                      turns.py   who is next, and when
    tell.py      one recipient, and what became of it         bot.py     the broadcasts of one bot
    part.py      those of all bots of this process

The recipients are rows (`storage/postgres/broadcasts.py`). One process sends those of a bot; it marks a few,
tells them, and writes down what became of each. After a kill nobody is told twice: those who were in hand are
`unknown` if it was a notice; an event is put again, and its mailbox knows it.
"""
