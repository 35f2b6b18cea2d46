// What keeps a network from learning its examples by heart: some numbers left out, or
// noise added. Both draw by place, and know nothing of threads and batches.
#include "kernels/random.hpp"
#include "kernels/table.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

/// Calls body(row, first, count, words) for every group of columns [first, first +
/// count) of each row, with a word for each of them.
template <class Body>
void for_each_group(std::size_t rows, std::size_t columns, const Draws& draws,
                    const Body& body) {
  alignas(SCHUSS_VECTOR_BYTES) std::uint32_t words[kDrawn];
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t first = 0; first < columns; first += kDrawn) {
      draw(draws, i, first / kDrawn, words);
      const std::size_t left = columns - first;
      body(i, first, left < kDrawn ? left : kDrawn, words);
    }
  }
}

void dropout(std::size_t rows, std::size_t columns, const Draws& draws,
             std::uint32_t threshold, real scale, const real* x, real* y,
             std::size_t stride) {
  for_each_group(rows, columns, draws,
                 [&](std::size_t i, std::size_t first, std::size_t count,
                     const std::uint32_t* words) {
                   const real* from = x + i * stride + first;
                   real* const to = y + i * stride + first;
                   for (std::size_t j = 0; j < count; j += kLanes) {
                     const auto kept = load_words(words + j) >= Unsigned{threshold};
                     // A product, so that NaN and infinity are seen.
                     store(to + j, load(from + j) * (kept ? splat(scale) : Vec{}));
                   }
                 });
}

/// sin and cos of x in [-pi / 4, pi / 4], by Taylor's series: the first terms left out
/// are 0.03 and 0.001 units in the last place in float32, 0.001 and 0.02 in float64.
inline Vec sine(Vec x) {
  constexpr real kFloat[] = {-1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880};
  constexpr real kMore[] = {
      -1.0 / 6,        1.0 / 120,        -1.0 / 5040,          1.0 / 362880,
      -1.0 / 39916800, 1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000};
  const Vec square = x * x;
  if constexpr (kDouble) {
    return x * square * polynomial(square, kMore) + x;
  } else {
    return x * square * polynomial(square, kFloat) + x;
  }
}
inline Vec cosine(Vec x) {
  constexpr real kFloat[] = {-1.0 / 2, 1.0 / 24, -1.0 / 720, 1.0 / 40320,
                             -1.0 / 3628800};
  constexpr real kMore[] = {
      -1.0 / 2,       1.0 / 24,        -1.0 / 720,         1.0 / 40320,
      -1.0 / 3628800, 1.0 / 479001600, -1.0 / 87178291200, 1.0 / 20922789888000};
  const Vec square = x * x;
  if constexpr (kDouble) {
    return square * polynomial(square, kMore) + 1;
  } else {
    return square * polynomial(square, kFloat) + 1;
  }
}

/// Two independent normal numbers from two words, of which 24 bits are one number and
/// 24 and 2 more the other: r cos and r sin of an angle that is as likely anywhere.
/// Source: Box and Muller 1958.
inline void normal_pair(VecUnsigned of_radius, VecUnsigned of_angle, Vec& a, Vec& b) {
  constexpr real kUnit = static_cast<real>(0x1p-24);
  constexpr real kQuarterTurn = static_cast<real>(1.5707963267948966192L);
  const auto real_of = [](VecUnsigned word) {
    return __builtin_convertvector(reinterpret_cast<VecInteger>(word), Vec);
  };
  const Vec radius = sqrt(-2 * log((real_of(of_radius >> 8) + 1) * kUnit));
  const Vec part = real_of((of_angle >> 6) & Unsigned{0xffffff}) * kUnit;
  const Vec angle = (part - static_cast<real>(0.5)) * kQuarterTurn;
  const Vec along = radius * cosine(angle), across = radius * sine(angle);
  const auto turned = (of_angle & Unsigned{1u << 30}) != 0;  // by a quarter
  const auto opposite = (of_angle & Unsigned{1u << 31}) != 0;
  const Vec first = turned ? -across : along, second = turned ? along : across;
  a = opposite ? -first : first;
  b = opposite ? -second : second;
}

void gaussian_noise(std::size_t rows, std::size_t columns, const Draws& draws,
                    real deviation, const real* x, real* y, std::size_t stride) {
  for_each_group(
      rows, columns, draws,
      [&](std::size_t i, std::size_t first, std::size_t count,
          const std::uint32_t* words) {
        const real* from = x + i * stride + first;
        real* const to = y + i * stride + first;
        const auto add = [&](std::size_t j, Vec noise) {
          if (j >= count) return;
          store(to + j, load(from + j) + keep(deviation * noise, count - j, 0));
        };
        for (std::size_t half = 0; half < count; half += 2 * kApart) {
          for (std::size_t j = half; j < half + kApart && j < count; j += kLanes) {
            Vec a, b;
            normal_pair(load_words(words + j), load_words(words + j + kApart), a, b);
            add(j, a);
            add(j + kApart, b);
          }
        }
      });
}

}  // namespace

void add_noise(Kernels& kernels) {
  kernels.dropout = dropout;
  kernels.gaussian_noise = gaussian_noise;
}

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
