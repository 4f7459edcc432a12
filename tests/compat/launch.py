"""What a forked process does to become a script's. It has everything imported already: importing aiogram
takes seconds, and that is done once for all tests, in the server that these processes are forked from.
"""

import os
import runpy
import sys
from pathlib import Path

import mailroom.ops.cli

ROOT = str(Path(__file__).parents[2])


def launch(kind, program, log, folder, environment):
    """Become `python PROGRAM` on stock aiogram, or `mailroom run PROGRAM`; it is a list of words."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number in (1, 2):
        os.dup2(output, number)
    os.chdir(folder)
    os.environ.update(environment)
    sys.path[:] = [folder for folder in sys.path if folder != ROOT]  # as where Mailroom is installed
    if kind == "mailroom":
        sys.argv = ["mailroom", "run", *program]
        mailroom.ops.cli.main()
    else:
        stock(program)


def stock(program):
    """Run a program on stock aiogram; the one thing changed is where Telegram is."""
    from aiogram.client.session.base import BaseSession
    from aiogram.client.telegram import PRODUCTION, TelegramAPIServer

    original = BaseSession.__init__

    def with_simulator(self, *args, **kwargs):
        original(self, *args, **kwargs)
        if self.api is PRODUCTION:
            self.api = TelegramAPIServer.from_base(os.environ["TELEGRAM_API_BASE"])

    BaseSession.__init__ = with_simulator
    sys.argv = list(program)
    if program[0] == "-m":
        sys.path.insert(0, str(Path.cwd()))
        sys.argv[:2] = ["-m"]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, str(Path(program[0]).parent))
        runpy.run_path(program[0], run_name="__main__")
