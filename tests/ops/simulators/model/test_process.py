"""The model endpoint as its own process: it says where it is, and a port in use is one clear line."""

import signal
import subprocess
import sys
import urllib.request

COMMAND = [sys.executable, "-m", "mailroom.ops.simulators.model"]


def test_it_says_where_it_is_and_what_it_is_and_stops_on_sigterm():
    with subprocess.Popen([*COMMAND, "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("Model simulator ready at http://127.0.0.1:")
            url = line.split()[-1]
            with urllib.request.urlopen(url) as answer:
                assert "scripted-demo" in answer.read().decode()
            taken = [*COMMAND, "--port", url.rpartition(":")[2]]
            failed = subprocess.run(taken, capture_output=True, text=True, timeout=30, check=False)
            assert failed.returncode == 1
            assert failed.stderr.count("\n") == 1
            assert failed.stderr.startswith("cannot listen on 127.0.0.1:")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
