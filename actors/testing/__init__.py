"""What authors of rooms test theirs with; public as `mailroom.testing`."""
