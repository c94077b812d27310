"""A report on a batch that a person reads: one HTML file, and the same as PDF."""
