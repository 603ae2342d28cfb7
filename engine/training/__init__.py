"""A run: the Trainer, its snapshots, timeline, stop rules, and files of weights."""
