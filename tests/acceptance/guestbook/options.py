"""What an owner can set for a guest book."""

from pydantic import BaseModel, ConfigDict


class Options(BaseModel):
    """A guest book's own settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    thanks: str = "Thank you."
