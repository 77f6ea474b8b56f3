"""notify: tells citizens by e-mail, SMS, WhatsApp or a notice on their browser what happened to their case and officials what waits for them, and says honestly how far each message came.

Publishes: zi.notify.delivery_{requested,handing_over,handed_over,uncertain,deferred,failed,unconfirmed,postponed,withheld,delivered,
undelivered}, recipient_{asked,confirmed,stopped,frequency_chosen} (of no case, by a keyed digest of the address), channel_switched_{off,on},
printed_letter_{queued,settled}, message_skipped.
Listens to: intake, certificates and umkm (steps of cases whose citizen is reachable by e-mail), integrity (codes and answers of a
forum, invitations to surveys, compensation).
Reads through the vaults of intake and integrity: an address, of a browser too, for the moment of sending; none is ever stored here.
Chats of officials are written to by a process of its own for each message (messenger_call.py), which alone loads Apprise.
Beside it: the demo's mailbox (`python -m zi_notify.mailbox`), an SMTP server with a page to read what came.
"""
