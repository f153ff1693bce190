"""Comptoir: a self-hosted client portal for accounting firms."""

__version__ = "0.1.0"
