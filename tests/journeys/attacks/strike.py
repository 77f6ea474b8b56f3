"""Carry out an attack on what a house left."""

from collections.abc import Callable

from tests.journeys.attacks.attack import Attack
from tests.journeys.attacks.left import Left

Strike = Callable[[Left, Attack], None]
