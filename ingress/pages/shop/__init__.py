"""The shop's page, `/app/shop`."""
