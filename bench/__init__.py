"""Holds the benchmarks: kernels one by one, and whole networks beside their rivals."""
