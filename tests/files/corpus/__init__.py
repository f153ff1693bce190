"""Files as clients and strangers send them, each made when a test asks, and what becomes of each (10.2, 10.3, 10.6)."""
