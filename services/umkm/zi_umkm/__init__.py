"""UMKM: mentoring small food businesses, from the request to a registered product.

So far what is pure: the rules of case, corrective action, visit and training, what the office's rules say of them, and what their
messages disclose. No process runs them yet, no page or route leads here, nothing is published or heard; no request comes from intake.
"""
