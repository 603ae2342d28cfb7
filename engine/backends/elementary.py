"""Elementary functions of Lanes. Each says its largest error in ulps; `tests/engine/test_compiled.py` holds it to that.

What is not a number stays so.
"""

from typing import Any

from engine.backends.lanes import absolute, inlined, larger, nearest, power_of_two, smaller, splat, where_positive

SATURATION = 7.9529963  # the least x at which the fit of tanh is 1; beyond, it would sometimes be larger


@inlined
def tanh(x: Any) -> Any:
    """x·P(x²)/Q(x²), both of degree 4, fitted for the least largest relative error. Within 6 ulps, never beyond ±1."""
    x = larger(splat(-SATURATION), smaller(splat(SATURATION), x))
    y = x * x
    p = splat(2.1912873e-08) * y + splat(3.1948573e-05)
    p = p * y + splat(0.005251632)
    p = p * y + splat(0.19833225)
    p = p * y + splat(1.4765517)
    q = splat(1.2359639e-06) * y + splat(0.0005000257)
    q = q * y + splat(0.038550258)
    q = q * y + splat(0.690516)
    q = q * y + splat(1.4765517)
    return p * x / q


@inlined
def exp(x: Any) -> Any:
    """2ⁿ·eʳ with x = n·ln 2 + r; eʳ by a polynomial. For −87 ≤ x ≤ 88, beyond which it stays what it is there.

    Within 1 ulp.
    """
    x = larger(splat(-87.0), smaller(splat(88.0), x))
    n = nearest(x * splat(1.4426950408889634))
    r = x - n * splat(0.693359375) - n * splat(-2.12194440e-4)  # ln 2 in two parts: the first product is exact
    p = splat(1.9875691500e-4) * r + splat(1.3981999507e-3)
    p = p * r + splat(8.3334519073e-3)
    p = p * r + splat(4.1665795894e-2)
    p = p * r + splat(1.6666665459e-1)
    p = p * r + splat(5.0000001201e-1)
    return (p * r * r + r + splat(1.0)) * power_of_two(n)


@inlined
def sigmoid(x: Any) -> Any:
    """1/(1+e⁻ˣ); the exponent is never positive, so that it cannot overflow. Within 2.4 ulps."""
    e = exp(splat(0.0) - absolute(x))
    return where_positive(x, splat(1.0), e) / (splat(1.0) + e)


@inlined
def softplus(x: Any) -> Any:
    """log(1+eˣ) = max(x, 0) + log(1+u) with u = e^−|x|, and log(1+u) = 2·artanh(s) with s = u/(2+u) ≤ 1/3.

    Within 3.3 ulps.
    """
    u = exp(splat(0.0) - absolute(x))
    s = u / (splat(2.0) + u)
    y = s * s
    p = splat(1 / 13) * y + splat(1 / 11)
    p = p * y + splat(1 / 9)
    p = p * y + splat(1 / 7)
    p = p * y + splat(1 / 5)
    p = p * y + splat(1 / 3)
    p = p * y + splat(1.0)
    return larger(splat(0.0), x) + splat(2.0) * s * p
