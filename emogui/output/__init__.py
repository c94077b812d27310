"""What is made of a result: drawings, charts, tables."""
