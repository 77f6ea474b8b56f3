"""How refusals of this service are answered and described."""

from fastapi import FastAPI

from zi_chassis.web import problem
from zi_rules.version import NoVersionError


def install(app: FastAPI) -> None:
    problem.install_lost(app, NoVersionError)
