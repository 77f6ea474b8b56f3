"""The anti-corruption ledger: every event of every service becomes one entry of a transparency log that outsiders check.

publishes  zi.audit.chain_break_found, configuration_adopted, configuration_withdrawn, looked, looks_counted, log_key_rotated
listens    to every service (the writer process, which publishes nothing)

writer log ledger tile_folder halt   the process that appends, signs and publishes files
main index indexing api pages        the process that reads the files and answers people
auditors standing lanes charts words what they see in the browser
bundle case_log                      the evidence of a case that an auditor or its citizen takes along
question queries timeline export     what auditors ask, and what they are answered
look looks projections timers        what auditors were shown
chain arrival                        what a message says about its place, pure
anomaly published                    audit's own events
fsck reconcile refill cli            what an operator or auditor runs
"""
