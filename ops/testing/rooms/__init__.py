"""A room under test: its services, its jobs done one after another, its accounts in memory."""
