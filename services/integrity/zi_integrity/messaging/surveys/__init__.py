"""Surveys at the privacy border: their messages and the data of each."""
