"""What a demo of the shop has: goods and pictures of them, its people, and what the scripted model says."""
