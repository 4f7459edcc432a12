"""Pages of bots: `/app/BOT/`, of whichever bots have one. Nothing here knows a bot by its name."""
