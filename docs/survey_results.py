"""Compute the published results of surveys again, from an export of the ledger alone: python survey_results.py <entries-whole.jsonl

It prints quarter, survey, service, answers, index, and the interval. Then it prints every difference and every gap. It exits with 1 if
there is such a problem.
"""

import json
import sys
from fractions import Fraction
from hashlib import sha256

CONVERSIONS = {
    "times_25": lambda mean, scale: mean * 25,
    "share_of_four": lambda mean, scale: mean / scale * 4,
    "stretched_to_four": lambda mean, scale: (mean - 1) / (scale - 1) * 4,
}


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


def two_places(value):
    """Round half up to hundredths."""
    whole, rest = divmod(int(value * 100 + Fraction(1, 2)), 100)
    return f"{whole}.{rest:02}"


def bounds(rows):
    """Sum 1000 resamples of the rows, drawn with SHA-256 of the sorted rows, and take the 26th and the 975th."""
    seed, totals = (
        sha256(json.dumps(sorted(rows), separators=(",", ":")).encode()).digest(),
        sorted(map(sum, rows)),
    )
    needed = 1000 * len(rows)
    blocks = (sha256(seed + number.to_bytes(8, "big")).digest() for number in range(needed // 8 + 1))
    draws = [
        int.from_bytes(each[at : at + 4], "big") * len(rows) >> 32
        for each in blocks
        for at in range(0, 32, 4)
    ]
    sums = sorted(sum(totals[d] for d in draws[at : at + len(rows)]) for at in range(0, needed, len(rows)))
    return sums[25], sums[974]


def small_services(services, least):
    """Return the services of fewer answers than the least number, and the next smallest until they are enough together."""
    small = []
    for number, service in sorted((services.count(each), each) for each in set(services)):
        if number >= least and (not small or sum(map(services.count, small)) >= least):
            break
        small.append(service)
    return small


def compute(opened, rows):
    """Return index, low and high; nothing of fewer answers than the window's least number."""
    if len(rows) < opened["least_answers"]:
        return None, None, None
    convert = CONVERSIONS[opened["conversion"]]
    of = len(rows) * len(opened["elements"])
    totals = (sum(map(sum, rows)), *bounds(rows))
    return tuple(two_places(convert(Fraction(total, of), opened["scale"])) for total in totals)


problems, windows, answers = [], {}, {}
for message in read_messages(sys.stdin.buffer, problems):
    event, window, data = message["type"].rpartition(".")[2], message["aggregate"], message["data"]
    if event == "survey_window_opened":
        windows[window], answers[window] = data, []
    elif event == "survey_answer_recorded":
        row = [data["values"][element] for element in windows[window]["elements"]]
        answers[window].append((data["service"], row))
    elif event == "survey_result_published":
        small = small_services([service for service, _ in answers[window]], windows[window]["least_answers"])
        for result in data["results"]:
            rows = [row for service, row in answers[window] if result["service"] in (None, service)]
            found, name = (
                (None, None, None) if result["service"] in small else compute(windows[window], rows),
                f"{data['quarter']} {data['kind']} {result['service'] or 'all'}",
            )
            print(name, len(rows), *(each or "-" for each in found))
            if (len(rows), *found) != (result["answers"], result["index"], result["low"], result["high"]):
                problems.append(f"{name}: published was {result['answers']} {result['index']}")
print(*problems, sep="\n")
sys.exit(1 if problems else 0)
