"""Sets emogui up from a fresh clone: needs Python's standard library and nothing else."""
