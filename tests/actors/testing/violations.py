"""What a room may not have, a violation of each kind, with what it is told."""

IMPORTS = {
    "from mailroom.actors.turn import Turn": "1: mailroom.actors.turn.Turn may move: import it from mailroom",
    "def f():\n    import mailroom.storage.vault": "2: mailroom.storage.vault may move",
    "from mailroom import actors": "1: mailroom.actors may move",
    "from mailroom.ingress.app import x": "1: mailroom.ingress.app.x is an outer part",
    "import mailroom.ops.settings as s": "1: mailroom.ops.settings is an outer part",
    "from mailroom.supervisors import tree": "1: mailroom.supervisors.tree is an outer part",
    "from quart import request": "1: quart.request is an outer part: a room gives values, and knows none",
    "from mailroom.actors.bots.shop import BOT": "1: mailroom.actors.bots.shop.BOT is another room's",
}
CLOCKS = {
    "import datetime\nx = datetime.datetime.now()": "2: datetime.datetime.now is the machine's clock: ask",
    "from datetime import datetime as d\nx = d.utcnow": "2: datetime.datetime.utcnow is the machine's",
    "import datetime as dt\nx = dt.date.today()": "2: datetime.date.today is the machine's",
    "from time import time as t\nx = t()": "2: time.time is the machine's",
    "import time\nx = dict(default_factory=time.time_ns)": "2: time.time_ns is the machine's",
    "import time\nx = time.strftime('%H')": "2: time.strftime is the machine's",
    "from mailroom.storage.clock import REAL_TIME as r\nx = r": "2: mailroom.storage.clock.REAL_TIME is a",
    "from mailroom.storage.clock import Clock\nx = Clock()": "2: makes a clock of its own",
    'X = f"""\nSELECT localtimestamp,\n{1}"""': "2: localtimestamp is the database's clock: say {now}",
    'X = "update {schema}.coins set at = statement_timestamp()"': "1: statement_timestamp() is",
}
STATEMENTS = {
    "SELECT 1,\n now();": "3: now() is the database's clock: say {now}",
    "SELECT Current_Date;": "2: Current_Date is the database's clock",
    "SELECT current_timestamp(3);": "2: current_timestamp is the database's",
    "SELECT 1;\n\n-- c: d\nSELECT clock_timestamp( );": "5: clock_timestamp( ) is the database's",
    "SELECT 'today'::date;": "2: 'today' is the database's",
    "SELECT timestamptz 'now';": "2: timestamptz 'now' is the database's",
    "INSERT INTO {schema}.coins (worth)\nVALUES (1);": "2: coins.at would have the database's time",
    "INSERT INTO {schema}.coins VALUES (1);": "2: coins.at would have the database's time",
    "SELECT worth\nFROM {schema}.rich_now;": "3: rich_now asks the database's clock: ask what",
    "SELECT worth\nFROM coins;": "3: coins has no place: say {schema}.coins",
    "DELETE FROM ONLY Coins WHERE worth = 0;": "2: Coins has no place",
}
MIGRATIONS = {
    "UPDATE {schema}.coins SET at = now();": "1: now() in a migration is the database's clock",
    "CREATE TABLE IF NOT EXISTS notes (id int);": "1: notes has no place: say {schema}.notes",
    "SELECT 1;\nALTER TABLE coins ADD x int;": "2: coins has no place",
}
DOMAIN = {
    "import random": "1: random leaves it to chance: hand what comes of it over to the rule",
    "from secrets import token_hex": "1: secrets.token_hex leaves it to chance",
    "import uuid\nx = uuid.uuid4()": "2: uuid.uuid4 leaves it to chance",
    "import time": "1: time is a clock",
    "from datetime import date\ndef f(day=date.today): ...": "2: datetime.date.today is a clock",
    "from aiogram.types import Message": "1: aiogram.types.Message is a framework",
    "def f():\n    import asyncio": "2: asyncio is a framework",
    "import asyncpg": "1: asyncpg is a store",
    "import httpx": "1: httpx is the world outside",
    "x = open('x')": "1: open is the world outside",
    "from jar import coins": "1: jar.coins is not of the domain: a rule knows rules alone",
    "from ..coins import count": "1: jar.coins.count is not of the domain",
}
VIOLATIONS = [
    *(("a.py", text, told) for text, told in (IMPORTS | CLOCKS).items()),
    *(("a.sql", f"-- a: b\n{text}", told) for text, told in STATEMENTS.items()),
    *(("migrations/0002_more.sql", text, told) for text, told in MIGRATIONS.items()),
    *(("domain/a.py", text, told) for text, told in DOMAIN.items()),
]
