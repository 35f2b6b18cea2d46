// The order of a table's rows in an epoch, which a key and the epoch's number
// determine.
#pragma once

#include <cstddef>
#include <cstdint>

namespace schuss {

/// order <- a random permutation of 0 ... rows - 1, the same on every machine; rows is
/// below 2^32. Sources: Durstenfeld 1964 (inside out); Steele, Lea and Flood 2014
/// (SplitMix64).
void shuffle(std::size_t rows, std::uint64_t key, std::uint64_t epoch,
             std::int64_t* order);

}  // namespace schuss
