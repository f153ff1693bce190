"""The build and what it leaves: weights, policies, languages, and how it is served."""
