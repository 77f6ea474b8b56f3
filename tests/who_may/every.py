"""All aggregates of all services."""

from tests.who_may import (
    certificates,
    intake,
    integrity_compensation,
    integrity_conflict,
    integrity_contributors,
    integrity_forum,
    integrity_invitations,
    integrity_maklumat,
    integrity_minutes,
    integrity_office_letters,
    integrity_registers,
    integrity_standards,
    integrity_surveys,
    programs,
    umkm,
)
from tests.who_may.table import Aggregate

AGGREGATES: tuple[Aggregate, ...] = (
    *intake.AGGREGATES,
    *umkm.AGGREGATES,
    *certificates.AGGREGATES,
    *integrity_compensation.AGGREGATES,
    *integrity_conflict.AGGREGATES,
    *integrity_contributors.AGGREGATES,
    *integrity_invitations.AGGREGATES,
    *integrity_standards.AGGREGATES,
    *integrity_surveys.AGGREGATES,
    *integrity_maklumat.AGGREGATES,
    *integrity_minutes.AGGREGATES,
    *integrity_office_letters.AGGREGATES,
    *integrity_registers.AGGREGATES,
    *integrity_forum.AGGREGATES,
    *programs.AGGREGATES,
)
