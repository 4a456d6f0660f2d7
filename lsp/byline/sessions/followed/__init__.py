"""What agents without hooks leave behind, one module an agent: their own records as steps. Pure.

A new agent is one module here with a function from text to sessions, and one row in `workspace.following.stores`.
"""
