"""Joins store, repo and attribution into answers about files."""
