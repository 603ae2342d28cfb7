"""Data sets, files of a person's own points, features and targets."""
