"""What is watched of a shop: gauges, with the alerts, the panels and the runbook page about them."""
