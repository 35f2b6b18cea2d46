// The vector type of the instruction set being compiled, and its elementary functions.
//
// It is the compiler's own vector extension, so a * b + c is the whole arithmetic and
// one source serves every width. All names have internal linkage: an inline function
// shared between files compiled for different machines could end up on the wrong one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/kernels.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

template <int kBytes>
struct IntegerOf;
template <>
struct IntegerOf<4> {
  using type = std::int32_t;
  using without_sign = std::uint32_t;
};
template <>
struct IntegerOf<8> {
  using type = std::int64_t;
  using without_sign = std::uint64_t;
};

using Integer = IntegerOf<sizeof(real)>::type;
using Unsigned = IntegerOf<sizeof(real)>::without_sign;
typedef real Vec __attribute__((vector_size(SCHUSS_VECTOR_BYTES)));
typedef Integer VecInteger __attribute__((vector_size(SCHUSS_VECTOR_BYTES)));
typedef Unsigned VecUnsigned __attribute__((vector_size(SCHUSS_VECTOR_BYTES)));
typedef real VecInMemory
    __attribute__((vector_size(SCHUSS_VECTOR_BYTES), aligned(sizeof(real)), may_alias));

constexpr std::size_t kLanes = SCHUSS_VECTOR_BYTES / sizeof(real);
constexpr bool kDouble = sizeof(real) == 8;
constexpr int kMantissaBits = kDouble ? 52 : 23;
constexpr Integer kExponentBias = kDouble ? 1023 : 127;
constexpr real kInfinity = static_cast<real>(__builtin_inf());

inline Vec load(const real* p) { return *reinterpret_cast<const VecInMemory*>(p); }
inline void store(real* p, Vec x) { *reinterpret_cast<VecInMemory*>(p) = x; }
inline Vec splat(real x) { return x - Vec{}; }
inline VecInteger splat_integer(Integer x) { return x - VecInteger{}; }
inline VecInteger bits_of(Vec x) { return reinterpret_cast<VecInteger>(x); }
inline Vec from_bits(VecInteger x) { return reinterpret_cast<Vec>(x); }
inline Vec absolute(Vec x) { return from_bits(bits_of(x) & (bits_of(-Vec{}) ^ -1)); }

// Comparisons with NaN are false, and these return their second argument then.
inline Vec max(Vec a, Vec b) { return a > b ? a : b; }
inline Vec min(Vec a, Vec b) { return a < b ? a : b; }

inline Vec sqrt(Vec x) {
  alignas(64) real lane[kLanes];
  store(lane, x);
  for (real& y : lane) y = kDouble ? __builtin_sqrt(y) : __builtin_sqrtf(y);
  return load(lane);
}

/// The numbers of a vector's columns, of which the first is `first`.
inline VecInteger columns_from(std::size_t first) {
  VecInteger lane;
  for (std::size_t i = 0; i < kLanes; ++i) lane[i] = static_cast<Integer>(i);
  return lane + static_cast<Integer>(first);
}

/// The first `valid` lanes of x, and `fill` in the others.
inline Vec keep(Vec x, std::size_t valid, real fill) {
  if (valid >= kLanes) return x;
  return columns_from(0) < static_cast<Integer>(valid) ? x : splat(fill);
}

/// sum_k coefficients[k] x^k by halves (Estrin's scheme): against Horner's rule a
/// multiplication more for each halving, and a fraction of the wait.
template <std::size_t kCount>
inline Vec polynomial(Vec x, const real* coefficients) {
  if constexpr (kCount == 1) {
    return splat(coefficients[0]);
  } else if constexpr (kCount == 2) {
    return coefficients[1] * x + coefficients[0];
  } else if constexpr (kCount == 3) {
    return (coefficients[2] * x + coefficients[1]) * x + coefficients[0];
  } else {
    constexpr std::size_t kLow = kCount > 8 ? 8 : kCount > 4 ? 4 : 2;
    Vec power = x * x;
    if constexpr (kLow > 2) power *= power;
    if constexpr (kLow > 4) power *= power;
    return polynomial<kCount - kLow>(x, coefficients + kLow) * power +
           polynomial<kLow>(x, coefficients);
  }
}
template <std::size_t kCount>
inline Vec polynomial(Vec x, const real (&coefficients)[kCount]) {
  return polynomial<kCount>(x, &coefficients[0]);
}

// Adding 1.5 * 2^mantissa rounds to an integer, which then stands in the low bits.
constexpr real kRounder = kDouble ? 0x1.8p52 : 0x1.8p23;
constexpr real kLog2E = static_cast<real>(1.4426950408889634074L);
// ln 2 in two pieces; the first has so few bits that its product with an exponent is
// exact.
constexpr real kLn2High = static_cast<real>(kDouble ? 0x1.62e42feep-1L : 0x1.62ep-1L);
constexpr real kLn2Low =
    static_cast<real>(0.693147180559945309417232L - static_cast<long double>(kLn2High));

inline VecInteger rounded_bits(Vec shifted) {
  // Of numbers far out of range the difference overflows, and is not used.
  return reinterpret_cast<VecInteger>(reinterpret_cast<VecUnsigned>(shifted) -
                                      reinterpret_cast<VecUnsigned>(splat(kRounder)));
}

inline Vec to_real(VecInteger n) {
  return from_bits(n + bits_of(splat(kRounder))) - kRounder;
}

/// 2^n for n in the range of normal exponents.
inline Vec power_of_two(VecInteger n) {
  return from_bits((n + kExponentBias) << kMantissaBits);
}

/// e^x = 2^n (1 + p) with n an integer and |p| < 0.42.
struct SplitExponential {
  VecInteger n;
  Vec p;
};

// Range reduction to |r| <= ln(2) / 2, then Taylor's series from r^2 / 2!: the first
// term left out is 0.09 units in the last place in float32, 0.04 in float64. A minimax
// polynomial would save one term of six, which no measured workload would notice.
inline Vec exponential_series(Vec r) {
  constexpr real kFloat[] = {1.0 / 2,   1.0 / 6,   1.0 / 24,
                             1.0 / 120, 1.0 / 720, 1.0 / 5040};
  constexpr real kMore[] = {1.0 / 2,        1.0 / 6,         1.0 / 24,
                            1.0 / 120,      1.0 / 720,       1.0 / 5040,
                            1.0 / 40320,    1.0 / 362880,    1.0 / 3628800,
                            1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800};
  if constexpr (kDouble) {
    return r * r * polynomial(r, kMore) + r;
  } else {
    return r * r * polynomial(r, kFloat) + r;
  }
}

inline SplitExponential split_exponential(Vec x) {
  const Vec shifted = x * kLog2E + kRounder;
  const Vec n = shifted - kRounder;
  const Vec r = (x - n * kLn2High) - n * kLn2Low;
  return {rounded_bits(shifted), exponential_series(r)};
}

/// Of x + rest, where `rest` is far smaller and would be lost if they were added.
inline SplitExponential split_exponential(Vec x, Vec rest) {
  const Vec shifted = (x + rest) * kLog2E + kRounder;
  const Vec n = shifted - kRounder;
  const Vec r = (x - n * kLn2High) - (n * kLn2Low - rest);
  return {rounded_bits(shifted), exponential_series(r)};
}

/// 2^n in two factors: at both ends of the range of e^x it would not fit one.
struct PowerOfTwo {
  explicit PowerOfTwo(VecInteger n)
      : first(power_of_two(n >> 1)), second(power_of_two(n - (n >> 1))) {}
  Vec first, second;
};

// Where e^x is 0 or infinite. Comparing is left to the end, where nothing waits for it:
// what was computed beyond means nothing, and NaN stays NaN.
constexpr real kLowestExponent = kDouble ? -746 : -104;
constexpr real kHighestExponent = kDouble ? 710 : 89;

inline Vec value_of(const SplitExponential& split) {
  const PowerOfTwo power(split.n);
  return (power.first * split.p + power.first) * power.second;
}

inline Vec exp(Vec x) {
  const Vec y = value_of(split_exponential(x));
  const Vec above = x > kHighestExponent ? splat(kInfinity) : y;
  return x < kLowestExponent ? Vec{} : above;
}

/// e^x - 1 for x <= 0; what comes of others means nothing.
inline Vec expm1_of_negative(Vec x) {
  constexpr real kSaturated = kDouble ? -40 : -20;
  const SplitExponential split = split_exponential(max(splat(kSaturated), x));
  const Vec power = power_of_two(split.n);
  return power * split.p + (power - 1);
}

inline Vec sigmoid(Vec x) {
  const Vec y = 1 / (value_of(split_exponential(-x)) + 1);
  const Vec above = x > -kLowestExponent ? splat(1) : y;
  return x < -kHighestExponent ? Vec{} : above;
}

// tanh x = t / (t + 2) with t = e^2|x| - 1, which is exact to the last place near zero.
inline Vec tanh(Vec x) {
  constexpr real kSaturated = kDouble ? 20 : 10;
  const Vec magnitude = absolute(x);
  const SplitExponential split = split_exponential(2 * magnitude);
  const Vec power = power_of_two(split.n);
  const Vec t = power * split.p + (power - 1);
  const Vec y = magnitude > kSaturated ? splat(1) : t / (t + 2);
  return x < 0 ? -y : (x == 0 ? x : y);
}

/// e ln 2 + ln(1 + f) for 1 + f in [sqrt 1/2, 3 / 2].
// With s = f / (2 + f): ln(1 + f) = 2 artanh s = f - s (f - R), R = 2 s^2 / 3 +
// 2 s^4 / 5 + ... Up to 1 + f = sqrt 2 the first term left out is 0.02 units in the
// last place, at 3 / 2 it is 0.13.
inline Vec log_of_parts(Vec e, Vec f) {
  constexpr real kFloat[] = {2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9};
  constexpr real kMore[] = {2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
                            2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21};
  const Vec s = f / (2 + f);
  const Vec z = s * s;
  Vec series;
  if constexpr (kDouble) {
    series = polynomial(z, kMore);
  } else {
    series = polynomial(z, kFloat);
  }
  return e * kLn2High + (f - (s * (f - z * series) - e * kLn2Low));
}

// x = 2^e (1 + f) with 1 + f in [sqrt 1/2, sqrt 2].
inline Vec log(Vec x) {
  constexpr real kSmallestNormal = kDouble ? 0x1p-1022 : 0x1p-126;
  constexpr real kLift = kDouble ? 0x1p54 : 0x1p25;
  constexpr Integer kLifted = kDouble ? 54 : 25;
  const Vec positive = x > 0 ? x : splat(1);
  const VecInteger small = positive < kSmallestNormal;
  const VecInteger bits = bits_of(small ? positive * kLift : positive);
  const VecInteger root = bits_of(splat(static_cast<real>(0.70710678118654752440L)));
  const VecInteger exponent = (bits - root) >> kMantissaBits;
  const Vec f = from_bits(bits - (exponent << kMantissaBits)) - 1;
  const Vec e = to_real(exponent - (small & splat_integer(kLifted)));
  const Vec y = log_of_parts(e, f);
  const Vec edge = x == 0 ? splat(-kInfinity) : (x < 0 ? splat(__builtin_nan("")) : x);
  return ((x > 0) & (x < kInfinity)) ? y : edge;
}

/// ln(1 + x) for 0 <= x <= 1; above 1/2 it is ln 2 + ln((1 + x) / 2), exactly so.
inline Vec log1p_of_fraction(Vec x) {
  const VecInteger upper = x > static_cast<real>(0.5);
  return log_of_parts(upper ? splat(1) : Vec{},
                      upper ? (x - 1) * static_cast<real>(0.5) : x);
}

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
