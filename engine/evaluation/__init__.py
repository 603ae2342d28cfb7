"""How good outputs are: metrics, class shares, and whether classes are linearly separable."""
