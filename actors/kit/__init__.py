"""What every bundled bot says and shows alike."""
