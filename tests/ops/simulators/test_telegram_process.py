"""The simulator as its own process: it says where it is, and a port in use is one clear line."""

import signal
import subprocess
import sys
import urllib.request

COMMAND = [sys.executable, "-m", "mailroom.ops.simulators.telegram"]


def test_it_says_where_it_is_serves_and_stops_on_sigterm():
    with subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("Telegram simulator ready at http://127.0.0.1:")
            url = line.split()[-1]
            with urllib.request.urlopen(f"{url}/bot1:a/getMe") as answer:
                assert answer.status == 200
            taken = subprocess.run(
                [*COMMAND, "--port", url.rpartition(":")[2]],
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
            assert taken.returncode == 1
            assert taken.stderr.count("\n") == 1
            assert taken.stderr.startswith("cannot listen on 127.0.0.1:")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
