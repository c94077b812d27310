"""The Tkinter window."""
