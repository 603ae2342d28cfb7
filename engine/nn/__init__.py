"""The parts of training: network, activations, losses, initializers, optimizers, schedules, random numbers."""
