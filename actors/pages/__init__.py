"""What a room shows and is asked besides its chat, as values: page, section of the console, hooks.

They know no HTTP. `ingress/pages` and `ingress/console` make it of them, once for all bots.
"""
