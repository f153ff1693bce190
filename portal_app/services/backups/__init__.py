"""Backups: rows and objects of one moment, sealed, in a folder that many of them share (15.3)."""
