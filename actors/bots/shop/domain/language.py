"""In which languages goods are described."""


def described(language: str, russian: str, english: str) -> str:
    """What is written of goods, which is written in these two: whoever is spoken to in another one reads the
    English.
    """
    return russian if language == "ru" else english
