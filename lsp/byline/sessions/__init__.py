"""Facts about sessions, built from events and from what agents leave on disk."""
