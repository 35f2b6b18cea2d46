// The standard normal distribution.
#pragma once

#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Of q = |x|: e^(-q^2 / 2), and Phi(-q), the probability of what is beyond q.
struct NormalTail {
  Vec height, beyond;
};

// q^2 is cut in two, the first with so few bits that it is exact: its own rounding
// would grow to an error of q^2 / 2 units.
inline Vec exp_of_half_square(Vec q) {
  constexpr Integer kLowBits = (Integer{1} << (kDouble ? 27 : 12)) - 1;
  constexpr real kHalf = 0.5;
  const Vec head = from_bits(bits_of(q) & ~splat_integer(kLowBits));
  const Vec first = -kHalf * (head * head);
  const Vec y = value_of(split_exponential(first, kHalf * ((head - q) * (head + q))));
  return first < kLowestExponent ? Vec{} : y;
}

// Phi(-q) = e^(-q^2 / 2) m(t) / (q + 4), where t = (q - 4) / (q + 4) maps [0, infinity)
// to [-1, 1). m falls from 2 to 1 / sqrt(2 pi), so smoothly that a single polynomial
// serves all q in full relative accuracy; the idea is M. M. Shepherd and J. G.
// Laframboise's, "Chebyshev approximation of (1 + 2x) exp(x^2) erfc x in 0 <= x <
// infinity", 1981. The coefficients: m at the 40 zeros of T_40, in 40 digits, gives its
// Chebyshev series; its first 12 or 26 terms, in powers of t, leave out 0.05 u. With 2
// to 8 in the place of 4 there are up to 6 terms more.
inline NormalTail normal_tail(Vec x) {
  constexpr real kFloat[] = {
      0.7552851305166057,     -0.6078966313662241,    0.38713739385984314,
      -0.1865221598399514,    0.060396648278004936,   -0.007537717159683632,
      -0.0034799546374434,    0.0016220401055284282,  0.00013365338709444132,
      -0.0002155737762864521, -1.7310823014754179e-6, 2.118298425522466e-5};
  constexpr real kMore[] = {
      0.7552851304157515,      -0.6078966419718921,   0.3871374007422149,
      -0.18652185795965484,    0.060396574890917876,  -0.00754018896682524,
      -0.0034796923670479736,  0.001630818459394586,  0.00013334430941183256,
      -0.00023109495324019437, -1.908246351414571e-6, 3.514479478753355e-5,
      7.166587641195121e-7,    -5.920586519556891e-6, -6.298367338492369e-7,
      1.0225604158296038e-6,   2.7246296951145873e-7, -1.5650236461993106e-7,
      -8.686647015997893e-8,   1.4630727405651175e-8, 2.1427603843452355e-8,
      1.4329918401088613e-9,   -3.73064508186837e-9,  -8.546521899880147e-10,
      3.403312308649495e-10,   1.175478991480774e-10};
  constexpr real kFar = 1000;  // where nothing is beyond; for infinities
  const Vec q = min(splat(kFar), absolute(x));
  const Vec r = 1 / (q + 4);
  const Vec t = (q - 4) * r;
  Vec m;
  if constexpr (kDouble) {
    m = polynomial(t, kMore);
  } else {
    m = polynomial(t, kFloat);
  }
  const Vec height = exp_of_half_square(q);
  return {height, height * (m * r)};
}

/// Phi(x), the probability of what is below x.
inline Vec normal_cdf(Vec x) {
  const Vec beyond = normal_tail(x).beyond;
  return x < 0 ? beyond : 1 - beyond;
}

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
