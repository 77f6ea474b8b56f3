"""How often applications for certificates were overtaken, from an export of the ledger alone: python fairness.py <entries-whole.jsonl

Prints month, reason and count, then every overtaking without a reason and every gap in the export; ends with 1 if there is any.
"""

import json
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from hashlib import sha256

OFFICE = timezone(timedelta(hours=8))  # by whose clock the months begin
COMPLETE = ("application_paid", "application_resubmitted")
WAITING = ("queued", "resubmitted")


def messages(lines, wrong):
    """What certificates said, in its order: each text fits its leaf in the ledger and names the text before it by its hash."""
    position, before = 0, "0" * 64
    for row in map(json.loads, lines):
        if row["service"] == "certificates" and (row["position"] or 0) > position:
            said = json.loads(entry := row["entry"].encode())
            if row["leaf_hash"] != sha256(b"\0" + entry).hexdigest():
                wrong.append(f"entry {row['index']}: this text is not what the ledger has")
            if (said["position"], said["previous"]) != (position + 1, before):
                wrong.append(f"entry {row['index']}: what certificates said before it is missing")
            position, before = said["position"], sha256(entry).hexdigest()
            yield said["type"].rpartition(".")[2], said["subject"], datetime.fromisoformat(said["time"]), said


def overtakings(lines, wrong):
    """(month, reason) for each application that went on waiting while one that was complete later was taken."""
    complete, waiting = {}, set()
    for what, case, time, said in messages(lines, wrong):
        now = (time, said["position"])
        complete |= {case: now} if what in COMPLETE else {}
        if what == "application_taken":
            told = {each["ticket"]: each["reason"] for each in said["data"]["overtaken"]}
            passed = {other for other in waiting if complete[other] < complete.get(case, now)}
            for other in passed ^ told.keys():
                why = "no reason is told" if other in passed else "it did not wait before it"
                wrong.append(f"{time} {said['actor']} took {case} before {other}: {why}")
            yield from ((f"{time.astimezone(OFFICE):%Y-%m}", told[other]) for other in passed & told.keys())
        if state := said["data"].get("state"):
            (waiting.add if state in WAITING else waiting.discard)(case)


counted = Counter(overtakings(sys.stdin.buffer, problems := []))
print(*(f"{month} {why} {count}" for (month, why), count in sorted(counted.items())), *problems, sep="\n")
sys.exit(bool(problems))
