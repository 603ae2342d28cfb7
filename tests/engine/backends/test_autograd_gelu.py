"""GELU of the backend by torch keeps its digits in the tail, where 1 + erf cancels."""

import math

import torch

from engine.backends.autograd import gelu


def test_gelu_and_its_slope_in_the_tails() -> None:
    z = torch.linspace(-12, 12, 2001, requires_grad=True)
    exact = z.detach().double().requires_grad_()
    value, wanted = gelu(z), exact * torch.special.erfc(exact * -math.sqrt(0.5)) / 2
    value.sum().backward()
    wanted.sum().backward()
    assert z.grad is not None
    assert exact.grad is not None
    torch.testing.assert_close(value.double(), wanted, rtol=2e-5, atol=1e-37)
    torch.testing.assert_close(z.grad.double(), exact.grad, rtol=5e-5, atol=1e-9)
