"""What bots with customers say, show and do alike, for rooms alone: `ops/docs/kit.md`."""
