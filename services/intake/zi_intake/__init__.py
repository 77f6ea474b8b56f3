"""Intake, the front door of the office: complaints and consultations from filing to closing, and the office's vault.

Publishes: zi.intake.* (ZI_INTAKE): a case's steps, its attachments, every opening of personal data and every erasure.
Listens to: zi.notify.* (ZI_NOTIFY), for what became of the mails about a case.
Answers: vault.read.<service>, for the fields that reading.READABLE names.
"""
