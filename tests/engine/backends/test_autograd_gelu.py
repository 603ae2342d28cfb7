"""GELU of the backend by torch keeps its digits in the tail, where 1 + erf cancels."""

import math

import torch

from engine.backends.autograd import gelu


def test_gelu_and_its_slope_in_the_tails() -> None:
    z = torch.linspace(-12, 12, 2001, requires_grad=True)
    exact = z.detach().double().requires_grad_()
    value, wanted = gelu(z), exact * torch.special.erfc(exact * -math.sqrt(0.5)) / 2
    (slope,), (wanted_slope,) = torch.autograd.grad(value.sum(), z), torch.autograd.grad(wanted.sum(), exact)
    torch.testing.assert_close(value.double(), wanted, rtol=2e-5, atol=1e-37)
    torch.testing.assert_close(slope.double(), wanted_slope, rtol=5e-5, atol=1e-9)
