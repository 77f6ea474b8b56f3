"""Aggregates and rules of certificates: pure, no clock, no chance, no input or output."""
