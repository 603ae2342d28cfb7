"""Elementary functions of Lanes. Each docstring has the largest error in ulps, which a test checks.

NaN stays NaN.
"""

from typing import Any

from engine.backends.compiled.lanes import (
    absolute,
    binary_exponent,
    inlined,
    larger,
    nearest,
    power_of_two,
    smaller,
    splat,
    upper_half,
    where_positive,
)

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
    n, rest = _exp_parts(x, splat(0.0))
    return (rest + splat(1.0)) * power_of_two(n)


@inlined
def exp_and_minus_1(x: Any) -> Any:
    """eˣ and eˣ − 1, as 2ⁿ·(eʳ − 1) + (2ⁿ − 1), so that nothing cancels near 0. Within 1 ulp each, for x ≤ 0."""
    n, rest = _exp_parts(x, splat(0.0))
    scale = power_of_two(n)
    return (rest + splat(1.0)) * scale, rest * scale + (scale - splat(1.0))


@inlined
def _exp_parts(x: Any, low: Any) -> Any:
    """n and eʳ − 1 for x + low, of which low holds the digits that x cannot."""
    x = larger(splat(-87.0), smaller(splat(88.0), x))
    n = nearest((x + low) * splat(1.4426950408889634))
    r = x - n * splat(0.693359375) - n * splat(-2.12194440e-4) + low  # ln 2 in two parts: the first product is exact
    p = splat(1.9875691500e-4) * r + splat(1.3981999507e-3)
    p = p * r + splat(8.3334519073e-3)
    p = p * r + splat(4.1665795894e-2)
    p = p * r + splat(1.6666665459e-1)
    p = p * r + splat(5.0000001201e-1)
    return n, p * r * r + r


@inlined
def log(x: Any) -> Any:
    """n·ln 2 + 2·artanh((m−1)/(m+1)) with x = m·2ⁿ. Within 2 ulps, for ordinary x > 0."""
    n = binary_exponent(x)
    m = x * power_of_two(splat(0.0) - n)
    s = (m - splat(1.0)) / (m + splat(1.0))
    y = s * s
    p = splat(1 / 9) * y + splat(1 / 7)
    p = p * y + splat(1 / 5)
    p = p * y + splat(1 / 3)
    return n * splat(0.693359375) + (n * splat(-2.12194440e-4) + splat(2.0) * (s * y * p + s))


@inlined
def sigmoid(x: Any) -> Any:
    """1/(1+e⁻ˣ); the exponent is never positive, so that it cannot overflow. Within 2.4 ulps."""
    e = exp(splat(0.0) - absolute(x))
    return where_positive(x, splat(1.0), e) / (splat(1.0) + e)


@inlined
def sigmoid_and_slope(x: Any) -> Any:
    """1/(1+e⁻ˣ) and e⁻ˣ/(1+e⁻ˣ)², which is even, so that nothing cancels where the value is near 1.

    Within 3 and 4.5 ulps.
    """
    e = exp(splat(0.0) - absolute(x))
    r = splat(1.0) / (splat(1.0) + e)
    return where_positive(x, splat(1.0), e) * r, e * r * r


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


@inlined
def normal(x: Any) -> Any:
    """Φ(x) and φ(x), the standard normal distribution and its density.

    Φ(−u) = e^(−u²/2)·P(u)/Q(u), of degrees 4 and 5, fitted for the least largest relative error on 0 ≤ u ≤ 13.3,
    beyond which Φ(−u) is no ordinary float32. u² is taken as h² + (u−h)(u+h) with an exact h². Within 4 ulps.
    """
    u = smaller(splat(13.19), absolute(x))
    h = upper_half(u)
    n, rest = _exp_parts(splat(-0.5) * h * h, splat(-0.5) * (u - h) * (u + h))
    e = (rest + splat(1.0)) * power_of_two(n)
    p = splat(0.00402018216) * u + splat(0.0399841182)
    p = p * u + splat(0.181306602)
    p = p * u + splat(0.435686114)
    p = p * u + splat(0.500000002)
    q = splat(0.0100769591) * u + splat(0.100232703)
    q = q * u + splat(0.464379919)
    q = q * u + splat(1.19448357)
    q = q * u + splat(1.66925715)
    q = q * u + splat(1.0)
    tail = e * p / q
    return where_positive(x, splat(1.0) - tail, tail), splat(0.3989422804014327) * e
