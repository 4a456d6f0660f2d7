"""Ownership scenarios: stories as data, played with real git through the real hook, judged line by line."""
