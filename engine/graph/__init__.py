"""The chain rule on numbers: expressions and networks as graphs, run forward and backward."""
