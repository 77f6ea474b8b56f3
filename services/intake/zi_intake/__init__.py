"""Intake, the front door of the office: complaints and consultations from filing to closing, requests for letters that are
passed on to the certificates desk, and the office's vault.

Publishes: zi.intake.* (ZI_INTAKE): a case's steps, its attachments, every opening of personal data, how often
it was looked at again, and every erasure.
Listens to: zi.notify.* (ZI_NOTIFY), for what became of the mails about a case; zi.certificates.* (ZI_CERTIFICATES), for the
steps of a case that was passed on; zi.integrity.* (ZI_INTEGRITY), for the standards that the office adopts.
Answers: vault.read.<service> and vault.keep.<service>, for the fields that vault_answers.READABLE and KEEPABLE name.
"""
