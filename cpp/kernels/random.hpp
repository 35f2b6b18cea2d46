// Random numbers by their place: no state, so that any thread may draw any of them, and
// a step back draws again what the way forward drew.
#pragma once

#include "kernels/vec.hpp"

namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA {

namespace {

constexpr int kWordBytes = SCHUSS_VECTOR_BYTES;
typedef std::uint32_t Words __attribute__((vector_size(kWordBytes)));
typedef std::uint32_t WordsInMemory
    __attribute__((vector_size(kWordBytes), aligned(4), may_alias));
constexpr std::size_t kWords = kWordBytes / sizeof(std::uint32_t);

/// As many words as a vector has numbers, and these words as integers of that size.
typedef std::uint32_t SomeWords
    __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
inline VecUnsigned load_words(const std::uint32_t* p) {
  return __builtin_convertvector(*reinterpret_cast<const SomeWords*>(p), VecUnsigned);
}

template <int kBits>
Words rotated(Words x) {
  return (x << kBits) | (x >> (32 - kBits));
}

/// One round: two pairs of words are mixed.
template <int kFirst, int kSecond>
void mix(Words& a, Words& b, Words& c, Words& d) {
  a += b;
  b = rotated<kFirst>(b) ^ a;
  c += d;
  d = rotated<kSecond>(d) ^ c;
}

/// Threefry4x32 with 20 rounds: four words of a counter, scrambled by four of a key,
/// for a counter per lane. It adds, rotates and takes exclusive ors of 32 bits alone,
/// which all instruction sets have for whole vectors, where Philox multiplies to 64.
/// Source: Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1,
/// 2, 3".
inline void threefry(const std::uint32_t (&key)[4], Words (&x)[4]) {
  constexpr std::uint32_t kParity = 0x1bd11bda;
  const std::uint32_t keys[5] = {key[0], key[1], key[2], key[3],
                                 kParity ^ key[0] ^ key[1] ^ key[2] ^ key[3]};
  for (std::uint32_t s = 0; s <= 5; ++s) {
#pragma GCC unroll 4
    for (std::uint32_t w = 0; w < 4; ++w) x[w] += keys[(s + w) % 5];
    x[3] += s;
    if (s == 5) break;
    if (s % 2 == 0) {
      mix<10, 26>(x[0], x[1], x[2], x[3]);
      mix<11, 21>(x[0], x[3], x[2], x[1]);
      mix<13, 27>(x[0], x[1], x[2], x[3]);
      mix<23, 5>(x[0], x[3], x[2], x[1]);
    } else {
      mix<6, 20>(x[0], x[1], x[2], x[3]);
      mix<17, 11>(x[0], x[3], x[2], x[1]);
      mix<25, 10>(x[0], x[1], x[2], x[3]);
      mix<18, 20>(x[0], x[3], x[2], x[1]);
    }
  }
}

/// Columns that are drawn at a time: word w of counter 16 g + i belongs to column
/// 64 g + 16 w + i, so that vectors of any length up to 16 are neighbours.
constexpr std::size_t kDrawn = 64, kApart = 16;

/// words[j] <- the word of column `group` kDrawn + j of a row, for all j below kDrawn.
inline void draw(const Draws& draws, std::size_t row, std::size_t group,
                 std::uint32_t (&words)[kDrawn]) {
  const std::uint32_t key[4] = {static_cast<std::uint32_t>(draws.key),
                                static_cast<std::uint32_t>(draws.key >> 32), 0, 0};
  Words lane;
  for (std::size_t i = 0; i < kWords; ++i) lane[i] = static_cast<std::uint32_t>(i);
  const auto all = [&](std::uint64_t value) {
    return static_cast<std::uint32_t>(value) - Words{};
  };
  for (std::size_t i = 0; i < kApart; i += kWords) {
    Words x[4] = {lane + static_cast<std::uint32_t>(group * kApart + i),
                  all(draws.first_row + row), all(draws.step), all(draws.step >> 32)};
    threefry(key, x);
    for (std::size_t w = 0; w < 4; ++w) {
      *reinterpret_cast<WordsInMemory*>(words + w * kApart + i) = x[w];
    }
  }
}

}  // namespace

}  // namespace schuss::SCHUSS_PRECISION::SCHUSS_ISA
