"""What other servers call of a bot's own, `/webhook/bots/BOT/PATH`."""
