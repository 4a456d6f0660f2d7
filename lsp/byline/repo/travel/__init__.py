"""Looking at a workspace as it was, and returning to it as it is."""
