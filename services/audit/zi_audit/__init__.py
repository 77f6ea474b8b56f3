"""The anti-corruption ledger: every event of every service becomes one entry of a transparency log that outsiders check.

publishes  zi.audit.chain_break_found, configuration_adopted, configuration_withdrawn, looked, looks_counted, log_key_rotated
listens    to every service (the writer process, which publishes nothing)

domain     pure: the hash chain of a sender, audit's own events and decisions, questions and their answers
files      the published files: tiles, checkpoints, keys, proofs of senders, status of the writer
writer     writer.main is the process that appends, signs and publishes; it imports nothing of the web process
read       the index of the published files, a case's evidence, read models of audit's own events
messaging  what audit's events disclose, what follows the log and causes them, timers
web        pages, API, accesses recorded before anything is shown
tools      fsck, reconcile, refill and what else an operator or auditor runs by cli
main       the web process
"""
