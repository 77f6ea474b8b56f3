"""Measures pymerkle's SQLite tree; run by the Python of the peers' environment, as a process of its own:
`python bench/pymerkle_tree.py FOLDER SIZE...` prints a line of JSON."""

import importlib
import json
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

PROOFS = 200


def main(folder: Path, sizes: list[int]) -> None:
    make = importlib.import_module("pymerkle").SqliteTree
    print(json.dumps({str(size): measured(make(str(folder / f"{size}.db")), size) for size in sizes}))


def measured(tree: Any, size: int) -> dict[str, float]:
    entries = [os.urandom(900) for _ in range(size)]
    alone, together = entries[: size // 100], entries[size // 100 :]
    begun = time.perf_counter()
    for entry in alone:
        tree.append_entry(entry)
    one_by_one = len(alone) / (time.perf_counter() - begun)
    begun = time.perf_counter()
    for at in range(0, len(together), 1024):
        tree.append_entries(together[at : at + 1024])
    batched = len(together) / (time.perf_counter() - begun)
    proofs = sorted(_seconds(tree, random.randint(1, size)) for _ in range(PROOFS))
    return {
        "appended_one_by_one_per_second": round(one_by_one, 1),
        "appended_1024_at_once_per_second": round(batched, 1),
        "inclusion_p50_ms": round(proofs[PROOFS // 2] * 1000, 3),
        "inclusion_p99_ms": round(proofs[int(PROOFS * 0.99)] * 1000, 3),
    }


def _seconds(tree: Any, index: int) -> float:
    begun = time.perf_counter()
    tree.prove_inclusion(index, tree.get_size())
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]])
