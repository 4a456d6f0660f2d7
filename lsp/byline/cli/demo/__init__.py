"""`byline demo`: a recorded day of work, played through the real hook and shown by the real server."""
