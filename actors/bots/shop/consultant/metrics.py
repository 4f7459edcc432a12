"""What the consultant counts."""

from prometheus_client import Counter

ANSWERS = Counter(
    "mailroom_consultant_answers_total",
    "Answers of the consultant: by the model, by a text of ours, or why the model's was not to be had",
    ["outcome"],
)
REFUSED = Counter(
    "mailroom_consultant_refused_total",
    "Sentences of a model that were not shown, by what was wrong",
    ["reason"],
)
