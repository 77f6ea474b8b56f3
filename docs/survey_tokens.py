"""Check from an export of the ledger alone that each invitation gave at most one answer: python survey_tokens.py <entries-whole.jsonl

For each service and quarter it prints invitations, tokens that were signed, tokens that were spent and answers. It checks the signature of
every spent token (RSA-PSS with SHA-384) under the published key. It exits with 1 if a token is forged, occurs twice or was signed by nobody.
"""

import json
import sys
from base64 import urlsafe_b64decode
from collections import Counter, defaultdict
from hashlib import sha256, sha384

HASH = SALT = 48


def read_messages(lines, problems):
    """Read the messages of integrity in their order; each must have the hash that the ledger recorded, and name the one before it."""
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


def mask(seed, size):
    blocks = (sha384(seed + number.to_bytes(4, "big")).digest() for number in range(-(-size // HASH)))
    return int.from_bytes(b"".join(blocks)[:size], "big")


def is_signed(message, signature, modulus):
    """Verify RSASSA-PSS (RFC 8017, 8.1.2) with SHA-384, MGF1 and a salt of 48 bytes."""
    bits = modulus.bit_length() - 1
    size = (bits + 7) // 8
    power = pow(int.from_bytes(signature, "big"), 65537, modulus)
    if power.bit_length() > bits:
        return False
    encoded = power.to_bytes(size, "big")
    masked, hashed = encoded[: size - HASH - 1], encoded[size - HASH - 1 : -1]
    block = int.from_bytes(masked, "big") ^ mask(hashed, len(masked))
    block = (block & (1 << bits - 8 * (HASH + 1)) - 1).to_bytes(len(masked), "big")
    padding, salt = block[:-SALT], block[-SALT:]
    expected = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    return encoded[-1:] == b"\xbc" and int.from_bytes(padding, "big") == 1 and hashed == expected


def decoded(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def count(messages, problems):
    """Return counts by survey, that is by service and quarter."""
    keys, survey_of, windows, used = {}, {}, {}, set()
    counts = defaultdict(Counter)
    for message in messages:
        event, data, aggregate = message["type"].rpartition(".")[2], message["data"], message["aggregate"]
        survey = (data.get("service"), data.get("quarter"))
        if event == "survey_key_published":
            keys[survey] = int(data["modulus"], 16)
        elif event == "survey_invited":
            survey_of[aggregate] = survey
            counts[survey]["invited"] += 1
            if survey not in keys:
                problems.append(f"{survey}: invited before its key was published")
        elif event == "invitation_signed":
            counts[survey_of[aggregate]]["signed"] += 1
        elif event == "survey_tokens_spent":
            counts[survey]["spent"] += len(data["tokens"])
            problems.extend(judged(data["tokens"], keys.get(survey, 0), used, survey))
        elif event == "survey_window_opened":
            windows[aggregate] = data["quarter"]
        elif event == "survey_answer_recorded" and not data["on_paper"]:
            counts[data["service"], windows[aggregate]][data["kind"]] += 1
    return counts


def judged(tokens, modulus, used, survey):
    for token in tokens:
        message, signature = map(decoded, token.split("."))
        if not modulus or not is_signed(message, signature, modulus):
            yield f"{survey}: a token is forged"
        if message in used:
            yield f"{survey}: a token was used twice"
        used.add(message)


def main():
    problems = []
    for survey, counted in sorted(count(read_messages(sys.stdin, problems), problems).items()):
        print(*survey, *(f"{name}={number}" for name, number in sorted(counted.items())))
        if not counted["spent"] <= counted["signed"] <= counted["invited"]:
            problems.append(f"{survey}: more tokens than were signed, or more than were invited")
        kinds = set(counted) - {"invited", "signed", "spent"}
        problems.extend(
            f"{survey}: more answers than tokens" for kind in kinds if counted[kind] > counted["spent"]
        )
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
