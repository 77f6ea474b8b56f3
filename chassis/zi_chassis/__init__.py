"""Plumbing of a service; knows no domain word and no service.

domain store projections timers  decide, append, read
outbox inbox lease broker        what travels over NATS
vault keystore                   personal data and its keys
identity case_token web service  HTTP, people, health
"""
