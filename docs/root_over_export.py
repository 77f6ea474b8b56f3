"""Computes the Merkle root (RFC 6962) over an export with entries and compares it with the one that the ledger signed. Needs Python
and nothing of this project:

    python3 root_over_export.py checkpoint entries-whole.jsonl"""

import base64
import hashlib
import json
import sys


def root(hashes):
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + root(hashes[:left]) + root(hashes[left:])).digest()


def main(checkpoint, export):
    with open(checkpoint, encoding="utf-8") as note:
        origin, size, signed = note.read().splitlines()[:3]
    leaves = []
    with open(export, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry["index"] != len(leaves):
                sys.exit(f"Entry {len(leaves)} is missing from the export.")
            leaf = bytes.fromhex(entry["leaf_hash"])
            text = entry["entry"]  # null where the entry is no text: then only its hash is here
            if text is not None and hashlib.sha256(b"\0" + text.encode()).digest() != leaf:
                sys.exit(f"Entry {entry['index']} is not what its leaf hash says.")
            leaves.append(leaf)
    if not 0 < int(size) <= len(leaves):
        sys.exit(f"The export ends at {len(leaves)} entries, the signed tree has {size}. Export again.")
    if root(leaves[: int(size)]) != base64.b64decode(signed):
        sys.exit("The root over the export is NOT the one that was signed.")
    print(f"The root over {size} exported entries is the one that {origin} signed.")


if __name__ == "__main__":
    main(*sys.argv[1:])
