"""Official letters as sealed files: content, page, code, seal, and the work until each letter has its file.

The service says what its letters state (a subclass of `LetterContent` and a template), which key seals them (`load_keys`), and which
register numbers them (`LetterRegister`). Files are verified without any service by `zi-verify certificate`.
"""
