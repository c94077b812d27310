"""The commands of `emogui`, one module each, imported when they are called."""
