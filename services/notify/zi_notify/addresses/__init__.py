"""Addresses of officials, and the keyed digests by which events name an address."""
