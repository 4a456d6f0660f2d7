"""The write side of byline: tiny programs that agents start at every tool call. Standard library only."""
