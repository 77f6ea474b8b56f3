"""Routes and pages, most of them for who operates; nothing below imports it."""
