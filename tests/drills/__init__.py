"""Fault drills: what the portal promises, while somebody pulls the plug."""
