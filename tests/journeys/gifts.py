"""Gifts that an official reports: an act of the integrity zone that needs nothing before it, with texts for its vault."""

import httpx

HERE = "/integrity/desk/gifts"
GIFT = {
    "kind": "received",
    "happened_on": "2026-01-05",
    "giver": "Direktur Rekaan",
    "thing": "Kain rekaan",
}


def report(client: httpx.Client, who: dict[str, str], key: str) -> httpx.Response:
    """Send the form of this key; at every repeat it is the same report."""
    form = {"key": key, **GIFT}
    return client.post(HERE, data=form, headers=who | {"Accept": "text/html"}, timeout=10)
