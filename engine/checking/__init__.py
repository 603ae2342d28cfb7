"""Checks of gradients and updates against autograd, torch.optim, finite differences and the other backends."""
