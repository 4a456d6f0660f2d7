"""Anchors: what is known about one commit, kept on a branch of the same repository."""
