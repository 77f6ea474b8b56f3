"""Write down what public forums decided, from an export of the ledger alone: python forum_record.py <entries-whole.jsonl

It prints each forum with its groups, codes and proposals as its public page has them, without the texts of people, which are in no ledger.
Then it prints everything that contradicts itself. It exits with 1 if there is such a problem.
"""

import json
import sys
from collections import Counter
from datetime import datetime
from hashlib import sha256


def read_messages(lines, problems):
    """Read the messages of the service `integrity` in their order; each must have its hash in the ledger, and follow the one before."""
    position, previous = 0, "0" * 64
    for line in lines:
        row = json.loads(line)
        if row["service"] != "integrity" or (row["position"] or 0) <= position:
            continue
        text = row["entry"].encode()
        message = json.loads(text)
        if row["leaf_hash"] != sha256(b"\0" + text).hexdigest():
            problems.append(f"entry {row['index']}: this text is not what the ledger has")
        if (message["position"], message["previous"]) != (position + 1, previous):
            problems.append(f"entry {row['index']}: what integrity said before it is missing")
        position, previous = message["position"], sha256(text).hexdigest()
        yield message


def before(time, other):
    return datetime.fromisoformat(time) < datetime.fromisoformat(other)


class Forum:
    def __init__(self, name):
        self.name, self.state, self.terms, self.reached = name, "planned", {}, {}
        self.codes, self.proposals = Counter(), {}

    def add(self, event, message, problems):
        data, at = message["data"], message["time"]
        if event in ("forum_planned", "forum_changed", "forum_extended"):
            self.terms |= data
        if event in ("forum_opened", "forum_extended"):
            self.state = "open"
        if event == "forum_closed":
            self.state = "closed" if data["has_quorum"] else "no_quorum"
            self.reached = {each["group"]: each["count"] for each in data["reached"]}
            taken = sum(each["count"] > 0 for each in data["reached"])
            if data["has_quorum"] != (taken >= self.terms["quorum"]) or before(at, self.terms["closes_on"]):
                problems.append(f"{self.name}: closed early, or its quorum is not what it says")
        if event == "forum_cancelled":
            self.state = "cancelled"
        if event == "participant_code_issued":
            self.codes["email"] += data["attempt"] == 1
        if event == "participant_codes_printed":
            self.codes[data["kind"]] += len(data["code_digests"])
        if "proposal" in data:
            self.add_to_proposal(event, data, problems)

    def add_to_proposal(self, event, data, problems):
        number = data["proposal"]
        row = self.proposals.setdefault(
            number, {"shown": "waiting", "signs": [], "comments": {}, "outcome": "-"}
        )
        if event == "proposal_made":
            row["channel"] = data["channel"]
        if event in ("proposal_published", "proposal_hidden"):
            row["shown"] = data.get("reason", "published")
        if event in ("comment_published", "comment_hidden"):
            row["comments"][data["comment"]] = event == "comment_published"
        if event == "support_counted":
            row["signs"] += data["signs"]
            if len(set(row["signs"])) != len(row["signs"]) or len(row["signs"]) != data["support"]:
                problems.append(f"{self.name}, proposal {number}: support was counted twice or got lost")
        if event == "proposal_settled":
            if row["outcome"] != "-":
                problems.append(f"{self.name}, proposal {number}: it was answered twice")
            row["outcome"], row["grounds"] = data["outcome"], data["grounds"]

    def lines(self):
        yield f"{self.name} | {self.terms['theme']} | {self.state} | contributions until {self.terms['closes_on']}"
        for each in self.terms["groups"]:
            yield f"  {each['group']}: {self.reached.get(each['group'], '-')} of {each['target']}"
        yield "  codes: " + ", ".join(
            f"{kind} {self.codes[kind]}" for kind in ("email", "counter", "attendance")
        )
        for number, row in sorted(self.proposals.items()):
            figures = f"supported {len(row['signs'])}, comments {sum(row['comments'].values())}"
            yield f"  {number}. {row['channel']} | {row['shown']} | {figures} | {row['outcome']} {row.get('grounds', '')}".rstrip()


def main(lines):
    problems, forums = [], {}
    for message in read_messages(lines, problems):
        event, name = message["type"].removeprefix("zi.integrity."), message["subject"]
        if event == "forum_planned":
            forums[name] = Forum(name)
        if name in forums:
            forums[name].add(event, message, problems)
    print(*(line for forum in forums.values() for line in forum.lines()), *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.stdin))
