"""Live analysis of a camera or a played video, in threads of its own."""
