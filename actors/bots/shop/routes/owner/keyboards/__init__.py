"""The inline keyboards of the owner's side, a file a theme."""
