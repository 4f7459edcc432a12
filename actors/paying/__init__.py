"""How the queue of payments thinks: what a provider's answer means, and how money goes back."""
