"""The minutes of a forum (berita acara): drafted, frozen by digest at the first signature, signed by the head and by the public.

A dissent stays for ever, whatever becomes of its point; a change after a signature voids the signatures. Pure.
"""
