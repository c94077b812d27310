"""Loaders for the face data sets that users have."""
