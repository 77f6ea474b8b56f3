"""Aggregates and rules of the integrity zone: pure, no clock, no chance, no input or output."""
