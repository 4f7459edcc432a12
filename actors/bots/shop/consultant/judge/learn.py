"""Learns from the examples which sentences are statements: `python -m
mailroom.actors.bots.shop.consultant.judge.learn`.

Kernel ridge regression, both sides weighing alike: the mark of a sentence is a weighted sum over the
examples, the nearest counting most, about 1 for a statement and -1 for prose. (A linear model on the same
vectors let through four statements in a hundred more, at the same number of honest sentences refused.)
`learned.npz` says which examples made it, so that a test can tell when somebody forgot to run this. It ends
with what it would get wrong of sentences that it had not seen, a tenth of them at a time.
"""

import hashlib
from pathlib import Path
from typing import Any

from mailroom.actors.bots.shop.consultant.judge.child import LEARNED, SCALE, encoder, likeness
from mailroom.actors.bots.shop.consultant.wording import clauses

EXAMPLES = Path(__file__).with_name("examples")
WIDTH = 2.0
RIDGE = 0.05
PARTS = 10


def examples(kind: str) -> list[str]:
    """The sentences of a side, in both languages: `statements` or `prose`."""
    files = sorted(EXAMPLES.glob(f"{kind}_*.txt"))
    lines = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys(filter(None, lines)))


def digest() -> str:
    """Of all examples."""
    told = "\n".join([*examples("statements"), "", *examples("prose")])
    return hashlib.sha256(told.encode()).hexdigest()


def fitted(vectors: Any, sides: Any) -> tuple[Any, float]:
    """The weight of each example, and the bias. A side is 1 or -1."""
    import numpy as np  # like the encoder, wanted here alone

    count = len(sides)
    share = np.where(sides > 0, count / 2 / (sides > 0).sum(), count / 2 / (sides < 0).sum())
    system = np.ones((count + 1, count + 1))
    system[:count, :count] = likeness(vectors, vectors, WIDTH) + np.diag(RIDGE / share)
    system[count, count] = 0
    solved = np.linalg.solve(system, np.append(sides, 0.0))
    return solved[:count], float(solved[count])


def main() -> None:
    """Learn, and write it down."""
    import numpy as np

    encode = encoder()
    statements, prose = examples("statements"), examples("prose")
    # Every part of what may be said may be said. (Of a lie, not every part is one.)
    parts = [part for one in prose for part in clauses(one)]
    prose = list(dict.fromkeys([*prose, *parts]))
    sentences = [*statements, *prose]
    sides = np.array([1.0] * len(statements) + [-1.0] * len(prose))
    kept = np.rint(np.array([encode([one])[0] for one in sentences]) * SCALE).clip(-127, 127).astype(np.int8)
    vectors = kept.astype(float) / SCALE
    weights, bias = fitted(vectors, sides)
    np.savez_compressed(
        LEARNED,
        examples=kept,
        weights=weights.astype(np.float32),
        bias=np.float32(bias),
        width=np.float32(WIDTH),
        digest=np.array(digest()),
    )
    part = np.arange(len(sides)) % PARTS
    marks = np.zeros(len(sides))
    for one in range(PARTS):
        seen = part != one
        w, b = fitted(vectors[seen], sides[seen])
        marks[~seen] = likeness(vectors[~seen], vectors[seen], WIDTH) @ w + b
    for sentence, mark, side in sorted(zip(sentences, marks, sides, strict=True), key=lambda one: one[1]):
        if (mark > 0) != (side > 0):
            print(f"{mark:+.2f} {sentence}")  # noqa: T201  # run by hand
    wrong = [(marks[sides > 0] <= 0).mean(), (marks[sides < 0] > 0).mean()]
    print(f"unseen: {wrong[0]:.1%} of statements shown, {wrong[1]:.1%} of prose refused")  # noqa: T201


if __name__ == "__main__":
    main()
