"""notify: tells citizens by e-mail what happened to their case, and says honestly how far each mail came.

Publishes: zi.notify.delivery_{requested,handing_over,handed_over,uncertain,deferred,failed,unconfirmed,postponed,withheld},
recipient_{asked,confirmed,stopped} (of no case, by a keyed digest of the address), message_skipped.
Listens to: intake, certificates and umkm (steps of cases whose citizen is reachable by e-mail), integrity (codes and answers of a
forum, invitations to surveys, compensation).
Reads through the vaults of intake and integrity: an address, for the moment of sending; none is ever stored here.
Beside it: the demo's mailbox (`python -m zi_notify.mailbox`), an SMTP server with a page to read what came.
"""
