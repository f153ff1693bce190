"""What an operator asks when something may be wrong: `portal doctor` (15.3)."""
