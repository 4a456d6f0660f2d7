"""Sessions from before byline, from what agents keep of them.

A session's life and prompts become events, and so do those of its writes whose texts chain to a content that git or
the disk still has. What does not chain gives no line: the session is only joined, by a best guess, to the commits
made while it ran.
"""
