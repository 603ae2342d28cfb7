"""Any number of a training step as the arithmetic that made it, and the step phase by phase, with the code that ran."""
