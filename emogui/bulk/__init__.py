"""Whole files at once, as fast as the computer can, without a window."""
