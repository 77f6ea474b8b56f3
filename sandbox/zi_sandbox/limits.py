"""Limit what a child process may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """`memory` and `answer` in bytes; `cpu` seconds of processor, `wall` seconds altogether."""

    memory: int
    cpu: int
    wall: float
    answer: int
