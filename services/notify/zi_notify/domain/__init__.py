"""Deliveries and their recipients: pure."""
