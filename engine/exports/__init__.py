"""Exports: a run as programs and files that others open, each compared with the run before it is offered."""
