"""Who is at a page: what people prove, the browsers and links they come by, and where they are told things.

The platform does this once for all bots. All of it is of one bot: whoever is there at two is two people.
"""
