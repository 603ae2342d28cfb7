"""Programs: a run as a PyTorch and a NumPy script."""
