"""What is wrong with a run: statistics of its layers, findings, and runs that fail in a known way."""
