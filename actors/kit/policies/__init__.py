"""What a bot says of its terms and of people's data: its own words, until an owner writes others."""
