"""A small portal for the tests of gate and state: real gate, real sessions, states that do one thing each."""
