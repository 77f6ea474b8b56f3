"""Count overtakings in the queue of certificates, from an export of the ledger alone: python fairness.py <entries-whole.jsonl

It prints month, reason and count. Then it prints every overtaking without a reason, and every gap in the export. It exits with 1 if there
is such a problem.
"""

import json
import sys
from collections import Counter
from datetime import datetime, timedelta, timezone
from hashlib import sha256

OFFICE_TIME = timezone(timedelta(hours=8))  # months begin by this clock
COMPLETING_EVENTS = (
    "application_paid",
    "application_resubmitted",
)  # from then on an application has its place in the queue
WAITING_STATES = ("queued", "resubmitted")


def read_messages(lines, problems):
    """Read the messages of the service `certificates` in their order, and check two things for each: its text has the hash that the
    ledger recorded, and it names the hash of the message before it."""
    last_position, last_hash = 0, "0" * 64
    for line in lines:
        row = json.loads(line)
        if row["service"] != "certificates" or (row["position"] or 0) <= last_position:
            continue  # another service's message, or one that was read already
        text = row["entry"].encode()
        message = json.loads(text)
        if row["leaf_hash"] != sha256(b"\0" + text).hexdigest():
            problems.append(f"entry {row['index']}: this text is not what the ledger has")
        if message["position"] != last_position + 1 or message["previous"] != last_hash:
            problems.append(f"entry {row['index']}: what certificates said before it is missing")
        last_position, last_hash = message["position"], sha256(text).hexdigest()
        yield message


def find_overtakings(messages, problems):
    """Follow the queue, and yield (month, reason) for each waiting application that was complete earlier than the one that was taken."""
    complete_since = {}  # application -> (time, position) at which it was complete
    waiting = set()
    for message in messages:
        application, event = message["subject"], message["type"].rpartition(".")[2]
        time = datetime.fromisoformat(message["time"])
        now = (time, message["position"])
        if event in COMPLETING_EVENTS:
            complete_since[application] = now
        if event == "application_taken":
            reasons = {each["ticket"]: each["reason"] for each in message["data"]["overtaken"]}
            own_place = complete_since.get(application, now)
            overtaken = {other for other in waiting if complete_since[other] < own_place}
            for other in overtaken - reasons.keys():
                problems.append(
                    f"{time} {message['actor']} took {application} before {other}: no reason is told"
                )
            for other in reasons.keys() - overtaken:
                problems.append(
                    f"{time} {message['actor']} took {application} before {other}: it did not wait before it"
                )
            for other in reasons.keys() & overtaken:
                yield f"{time.astimezone(OFFICE_TIME):%Y-%m}", reasons[other]
        state = message["data"].get("state")
        if state in WAITING_STATES:
            waiting.add(application)
        elif state:
            waiting.discard(application)


problems = []
counts = Counter(find_overtakings(read_messages(sys.stdin.buffer, problems), problems))
count_lines = [f"{month} {reason} {count}" for (month, reason), count in sorted(counts.items())]
print(*count_lines, *problems, sep="\n")
sys.exit(1 if problems else 0)
