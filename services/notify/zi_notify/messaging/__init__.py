"""Published messages, receipts of gateways, and the webhooks of other systems."""
