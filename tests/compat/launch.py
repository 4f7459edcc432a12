"""What a forked process does to become a script's. It has everything imported already: importing aiogram
takes seconds, and that is done once for all tests, in the server that these processes are forked from.
"""

import os
import runpy
import sys
from pathlib import Path

import ops.cli


def launch(kind, script, log, folder, environment):
    """Become `python script` on stock aiogram, or `mailroom run script`."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(output, number)
    os.chdir(folder)
    os.environ.update(environment)
    if kind == "mailroom":
        sys.argv = ["mailroom", "run", script]
        ops.cli.main()
    else:
        stock(script)


def stock(script):
    """Run a script on stock aiogram; the one thing changed is where Telegram is."""
    from aiogram.client.session.base import BaseSession
    from aiogram.client.telegram import PRODUCTION, TelegramAPIServer

    original = BaseSession.__init__

    def with_simulator(self, *args, **kwargs):
        original(self, *args, **kwargs)
        if self.api is PRODUCTION:
            self.api = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_BASE"])

    BaseSession.__init__ = with_simulator
    sys.argv = [script]
    sys.path.insert(0, str(Path(script).parent))
    runpy.run_path(script, run_name="__main__")
