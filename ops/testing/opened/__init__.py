"""A room opened by itself: its services, its jobs done one after another, its accounts in memory."""
