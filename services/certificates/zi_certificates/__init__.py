"""Certificates: import letters (SKI) and export letters (SKE), from the application to a number in the year's register.

So far the rules of the process only, all of them pure: application, account, register, appointment of acting signers, and what
their messages will disclose. No process runs them yet, no page or route leads here, and nothing is published or heard.
"""
