"""Print the service standards in force, from an export of the ledger alone: python standards_in_force.py <entries-whole.jsonl

It prints each standard with its periods, its parts and the proposals that it follows, as its public page has them on the day of the newest
message. Then it prints every gap, and every text that has another digest. It exits with 1 if there is such a problem.
"""

import json
import sys
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

# Days begin by the clock of the office: 7 hours before UTC in WIB, 8 in WITA, 9 in WIT, as the first argument says.
OFFICE_TIME = timezone(timedelta(hours=int(sys.argv[1]) if sys.argv[1:] else 8))


def read_messages(lines, problems):
    """Read the messages of the service `integrity` in their order; each must have its hash in the ledger, and follow the one before."""
    last_position, last_hash = 0, "0" * 64
    for line in lines:
        row = json.loads(line)
        if row["service"] != "integrity" or (row["position"] or 0) <= last_position:
            continue
        text = row["entry"].encode()
        message = json.loads(text)
        if row["leaf_hash"] != sha256(b"\0" + text).hexdigest():
            problems.append(f"entry {row['index']}: this text is not what the ledger has")
        if message["position"] != last_position + 1 or message["previous"] != last_hash:
            problems.append(f"entry {row['index']}: what integrity said before it is missing")
        last_position, last_hash = message["position"], sha256(text).hexdigest()
        yield message


def standards_in_force(messages, today, problems):
    """Return by service the newest decree that is in force and was not withdrawn; check that its content has its digest."""
    adopted, withdrawn = [], set()
    for message in messages:
        event, data = message["type"].rpartition(".")[2], message["data"]
        if event == "standard_withdrawn":
            withdrawn.add((data["id"], data["version"]))
        if event == "standard_adopted":
            adopted.append(data)
            if sha256(data["content"].encode()).hexdigest() != data["digest"]:
                problems.append(
                    f"{data['id']} version {data['version']}: this is not the text that has its digest"
                )
    found = {}
    for data in sorted(adopted, key=lambda each: each["effective_from"]):
        is_over = data["effective_to"] is not None and data["effective_to"] < today
        if data["effective_from"] <= today and not is_over and (data["id"], data["version"]) not in withdrawn:
            found[data["service"]] = data
    return found


def print_standard(service, data):
    terms = json.loads(data["content"])
    print(
        f"standard {service}: {data['id']} version {data['version']}, from {data['effective_from']}, number {data['number']}"
    )
    for name, tier in terms.get("tiers", {}).items():
        print(f"  period {name}: {tier['period']['amount']} {tier['period']['unit']}")
    for part, text in terms["components"].items():
        print(f"  {part}: {text['en']}")
    for proposal in data["follows"]:
        print(f"  follows {proposal}")


problems = []
messages = list(read_messages(sys.stdin.buffer, problems))
newest = max((datetime.fromisoformat(each["time"]) for each in messages), default=datetime.now(UTC))
day = newest.astimezone(OFFICE_TIME).date().isoformat()
for name, decree in sorted(standards_in_force(messages, day, problems).items()):
    print_standard(name, decree)
for problem in problems:
    print(problem)
sys.exit(1 if problems else 0)
