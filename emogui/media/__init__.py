"""Pictures and frames in."""
