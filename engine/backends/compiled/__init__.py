"""The backend that numba compiles: kernels on SIMD lanes, their arrays, and the cache of machine code."""
