"""Certificates: import letters (SKI) and export letters (SKE), from the application to a sealed letter that verifies anywhere.

Publishes: zi.certificates.* (ZI_CERTIFICATES): every step of an application, its account and its letters, each number that the
register gives, and the appointments of acting signers.
Listens to: zi.intake.* (requests and their files), zi.umkm.* (who mentored which business, and into which application its case may be
taken over), zi.integrity.* (who has an interest in which, and the office's
decrees about letters).
Reads and keeps through the vault: who the company is, words of officials, contents and files of letters; reads there what a business
told in its mentoring case, by its consent. Nothing of it is stored here.
Asks: the ledger, for the receipts that go into letters.
"""
