"""UMKM: mentoring small food businesses, from the request to a registered product.

Publishes: zi.umkm.* (ZI_UMKM): every step of a mentored business, its visits and trainings, and who mentored whom.
Listens to: zi.intake.* (requests, their files, business numbers, erasures), zi.integrity.* (the office's decrees about
mentoring).
Reads and keeps through the vault: what businesses and officials say in words of their own; nothing of it is stored here.
"""
