"""Refusals of this service, as pages and problem documents."""

from fastapi import FastAPI

from zi_chassis.web import problem
from zi_rules.version import NoVersionError


def install(app: FastAPI) -> None:
    problem.install_lost(app, NoVersionError)
