"""What is wrong, and what to do about it, as plain text in the language of whoever is refused."""

from mailroom.actors.kit.owners.refusals import Wrong
from mailroom.actors.kit.owners.texts.shared import SharedTexts
from mailroom.actors.texts.declared import Texts


def problem(wrong: Wrong, shared: SharedTexts, *texts: Texts) -> str:
    """Say it with the first of these texts that has one called like the fault. `near`, the nearest name, is
    put into a sentence of its own, which is left out where there is none.
    """
    name = wrong.fault.value
    said = next(getattr(one, name) for one in texts if hasattr(one, name))
    if isinstance(said, str):
        return said
    near = wrong.values.get("near")
    words: str = said(**wrong.values | {"near": shared.near(near=near) if near else ""})
    return words
