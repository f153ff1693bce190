"""Web Push: who takes it, what waits, and how it leaves (11.1)."""
