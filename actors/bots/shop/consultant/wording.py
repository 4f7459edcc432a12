"""The letters of what a model says: what nobody sees is taken out, and it is taken apart into sentences.
Pure.
"""

import itertools
import re
import unicodedata

MARKUP = re.compile(r"[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}|^#{1,6}\s+", re.MULTILINE)
SENTENCE_END = re.compile(r"(?<=[.!?…])[»”\"')]*\s+(?=[^\Wа-яёa-z]|[\x00«“\"„•*(–—-])|\n+")
"""A new sentence begins with a capital, a digit, a sign, or where a name was blanked out."""

CLAUSE_END = re.compile(
    r"\s*[,;:()—–]+\s*|\s+-\s+|\s+(?=(?:and|but|or|so|because|since|which|и|а|но|или|зато|потому)\s)",
    re.IGNORECASE,
)
CONJUNCTION = re.compile(
    r"^(?:and|but|or|so|because|since|which|plus|и|а|но|или|зато|потому|что|которы[йеми]+|которую?)\s+",
    re.IGNORECASE,
)
CLAUSE_WORDS_MIN = 3


def clean(text: str) -> str:
    """The text as it is judged and shown: signs that nobody sees and marks that nobody needs are gone."""
    # "Ⅳ" is a number as long as it is no "IV".
    text = "".join(
        str(unicodedata.numeric(one)) if unicodedata.category(one) == "Nl" else one for one in text
    )
    text = unicodedata.normalize("NFKC", text)
    seen = "".join(
        char
        for char in text
        if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Mn", "Me")
    )
    # NFKC has put accents into their letters; those that stand alone are gone.
    seen = MARKUP.sub("", seen)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[^\S\n]+", " ", seen)).strip()


def whole_sentences(text: str) -> str:
    """A text that is still being written, up to its last whole sentence."""
    ends = [found.start() for found in re.finditer(r"[.!?…](?=\s+[^\Wа-яa-z])|\n", text)]
    return text[: ends[-1] + 1].rstrip() if ends else ""


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end, with the space that follows them."""
    cuts = [0, *(found.end() for found in SENTENCE_END.finditer(text)), len(text)]
    return [(start, end) for start, end in itertools.pairwise(cuts) if text[start:end].strip()]


def clauses(sentence: str) -> list[str]:
    """The parts of a sentence that could each be one; none where it has no parts. A word or two belong to
    what stands before them.
    """
    parts: list[str] = []
    for part in CLAUSE_END.split(sentence):
        if parts and min(len(part.split()), len(parts[-1].split())) < CLAUSE_WORDS_MIN:
            parts[-1] = f"{parts[-1]} {part}".strip()
        elif part:
            parts.append(part)
    whole = [CONJUNCTION.sub("", one).rstrip(" .!?…") for one in parts]
    return whole if len(whole) > 1 else []
