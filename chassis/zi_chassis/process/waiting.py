"""Reasons of `/ready` that end by themselves once database, NATS and the ledger answer: nothing is wrong with the data, as far as anybody knows."""

NOT_COMPARED = "the store was not compared yet with what is published"
NOT_APPLIED = "the recorded erasures are not applied yet"
UNREADABLE = "the store can't be read"
