"""Build helpers; `make` calls them."""
