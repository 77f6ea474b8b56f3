"""Count overtakings in the queue of certificates, from an export of the ledger alone: python fairness.py <entries-whole.jsonl

It prints month, reason and count; `parked` is what was taken while an earlier application waited for its applicant's data, `asked` who asked for
data and for which letter (`beyond`: for a document that no rule names), `waited` how often, in hours half of them at most, and the longest. Then it
prints every overtaking without a reason, and every gap in the export. It exits with 1 if there is such a problem.
"""

import json
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from hashlib import sha256

# Months begin by the clock of the office: 7 hours before UTC in WIB, 8 in WITA, 9 in WIT, as the first argument says.
OFFICE_TIME = timezone(timedelta(hours=int(sys.argv[1]) if sys.argv[1:] else 8))
# these give the place in the queue
COMPLETING_EVENTS = ("application_paid", "application_submitted_free", "application_resubmitted")
WAITING_STATES, PARKED_STATE = ("queued", "resubmitted"), "need_data"


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


def follow_queue(messages, counts, waits, problems):
    complete_since, states, kinds, parked_since = {}, {}, {}, {}  # of each application
    for message in messages:
        application, event = message["subject"], message["type"].rpartition(".")[2]
        data, time = message["data"], datetime.fromisoformat(message["time"])
        now, month = (time, message["position"]), f"{time.astimezone(OFFICE_TIME):%Y-%m}"
        kinds[application] = data.get("kinds") or kinds.get(application)
        if event in COMPLETING_EVENTS:
            complete_since[application] = now
        if event == "application_taken":
            reasons = {each["ticket"]: each["reason"] for each in data["overtaken"]}
            own_place = complete_since.get(application, now)
            earlier = {other for other in states if complete_since.get(other, now) < own_place}
            overtaken = {other for other in earlier if states[other] in WAITING_STATES}
            parked = sum(states[other] == PARKED_STATE for other in earlier)
            counts[month, "parked"] += parked
            took = f"{time} {message['actor']} took {application} before"
            problems += [f"{took} {other}: no reason is told" for other in overtaken - reasons.keys()]
            problems += [f"{took} {other}: it did not wait before it" for other in reasons.keys() - overtaken]
            if data.get("parked") not in (None, parked):
                problems.append(f"{took} {parked} that waited for data: it tells of {data['parked']}")
            counts.update((month, reasons[other]) for other in reasons.keys() & overtaken)
        if event == "data_asked":
            for kind in kinds[application] or ():
                counts[month, "asked", message["actor"], kind] += 1
                counts[month, "beyond", message["actor"], kind] += bool(data.get("unnamed"))
            parked_since[application] = time, month
        states[application] = data.get("state") or states.get(application)
        if application in parked_since and states[application] != PARKED_STATE:
            began, month = parked_since.pop(application)
            waits[month].append(-(-int((time - began).total_seconds()) // 3600))


counts, waits, problems = Counter(), defaultdict(list), []
follow_queue(read_messages(sys.stdin.buffer, problems), counts, waits, problems)
lines = [(*names, count) for names, count in counts.items() if count]
lines += [(month, "waited", len(w), sorted(w)[(len(w) - 1) // 2], max(w)) for month, w in waits.items()]
print(*sorted(" ".join(map(str, line)) for line in lines), *problems, sep="\n")
sys.exit(1 if problems else 0)
