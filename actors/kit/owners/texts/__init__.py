"""What the kit says to those who run a bot: declared here, said in the files beside it, a folder a language.

A room reads them with its own, as one group in the folder `owner` of each language:

    class OwnerTexts(Texts):
        shared: SharedTexts            # of the kit
        broadcasts: BroadcastTexts
        orders: OrderTexts             # of the room

    OWNER_TEXTS = read_texts(OwnerTexts, OWNER_FOLDER, default="en", theme="owner", over=OWN_FOLDER)

A file of the room's comes first, text by text: so it adds a language, or says something in its own words.
"""

from pathlib import Path

OWNER_FOLDER = Path(__file__).parent
"""Where they are said."""
