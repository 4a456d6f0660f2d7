"""What lies in the byline folder: spool, snapshots, index."""
