"""A firm's year, lived twice: by the portal, and by a slow reference that knows nothing of it."""
