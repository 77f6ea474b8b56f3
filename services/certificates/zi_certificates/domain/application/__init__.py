"""An application for certificates, from the draft to letters that are valid or no longer valid. Pure.

Nobody signs for letters that are not paid, complete, and evaluated by others; nobody decides who has a known interest.
"""
