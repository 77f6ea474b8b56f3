"""Integrity: the integrity zone of the office: service standards, public forum, surveys, registers, compensation.

Publishes: zi.integrity.* (ZI_INTEGRITY): standards and who adopted them, the forum from proposal to closed action, survey results,
what the registers disclose, and compensation from a missed deadline to what was given.
Listens to: zi.intake.*, zi.umkm.*, zi.certificates.* (missed deadlines, finished cases).
Has a vault of its own for contributors who have no case (decision 31).
"""
