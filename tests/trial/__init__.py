"""A small portal for the tests of gate and state: real gate, real sessions, states that do one thing each."""

CANARY = "canary-in-a-fault"
"""The words of a fault: they belong neither in a log nor on a page."""
