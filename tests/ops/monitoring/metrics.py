"""All metrics that the code defines, and those that an expression asks for."""

import re
from importlib import import_module
from pathlib import Path

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

ROOT = Path(__file__).resolve().parents[3]
LAYERS = ("storage", "actors", "supervisors", "ingress", "ops")
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}
ADDED_BY_PROMETHEUS = {"job", "instance", "le"}

_QUOTED = re.compile(r'"[^"]*"')
_NAME = re.compile(r"\b(?:mailroom|process|python)_\w+|\bup\b")
_MATCHERS = re.compile(r"\{([^}]*)\}")
_GROUPED = re.compile(r"\bby \(([^)]*)\)")


def source() -> str:
    """All code of the product."""
    return "\n".join(
        path.read_text(encoding="utf-8") for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))
    )


def ours() -> list[MetricWrapperBase]:
    """The metrics of the product: every module that speaks of Prometheus is imported first."""
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            if "prometheus_client" in path.read_text(encoding="utf-8"):
                import_module(".".join(("mailroom", *path.relative_to(ROOT).with_suffix("").parts)))
    known = list(REGISTRY._collector_to_names)
    return [one for one in known if isinstance(one, MetricWrapperBase) and one._name.startswith("mailroom_")]


def names_of(metric: MetricWrapperBase) -> set[str]:
    """What a metric's samples are called."""
    return {metric._name + suffix for suffix in SUFFIXES[metric._type]}


def labels_by_name() -> dict[str, set[str]]:
    """The labels of every sample there can be."""
    found = {name: set(metric._labelnames) for metric in ours() for name in names_of(metric)}
    for family in REGISTRY.collect():
        if not family.name.startswith("mailroom_"):
            found |= {sample.name: set(sample.labels) for sample in family.samples}
    return found | {"up": set()}


def names_in(expression: str) -> set[str]:
    """The metrics an expression asks for."""
    return set(_NAME.findall(_QUOTED.sub('""', expression)))


def labels_in(expression: str) -> set[str]:
    """The labels an expression asks for, to choose by or to group by."""
    bare = _QUOTED.sub('""', expression)
    chosen = {
        one for inside in _MATCHERS.findall(bare) for one in re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside)
    }
    grouped = {one.strip() for inside in _GROUPED.findall(bare) for one in inside.split(",")}
    return chosen | grouped
