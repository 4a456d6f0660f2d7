"""Everything that asks or tells git: objects, history, reflog, blame, anchors."""
