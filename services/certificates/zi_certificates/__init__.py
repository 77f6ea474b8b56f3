"""Certificates: import letters (SKI) and export letters (SKE), from the application to a sealed letter that verifies anywhere.

So far what is pure, and the letter: the rules of application, account, register and appointment of acting signers; what their messages
disclose; the letter's page, code and seal. No process runs them yet, no page or route leads here, nothing is published or heard.
"""
