"""The pure core: events and texts in, one owner per line out. No clock, disk, git or environment."""
