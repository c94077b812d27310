"""Live sources: the threads that capture and analyse, and what they hand to a watcher."""
