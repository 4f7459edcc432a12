"""A parlour with a page for everybody: somebody's own bot, which no checkout knows."""

from pydantic import BaseModel, ConfigDict

from mailroom import BundledBot, Parts


class Options(BaseModel):
    """Nothing can be set."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _parts() -> Parts[Options]:
    from parlour.parts import PARTS

    return PARTS


BOT = BundledBot(options=Options, parts=_parts)
