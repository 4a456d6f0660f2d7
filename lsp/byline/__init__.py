"""The read side of byline: joins recorded events with git and answers who wrote a line."""
