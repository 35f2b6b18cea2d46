// The only allocation in the house: one zeroed block, aligned to a cache line (and to
// the widest vector), that is cut into views.
#pragma once

#include <cstddef>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

#include "core/matrix.hpp"
#include "core/range.hpp"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace schuss::SCHUSS_PRECISION {

class Buffer {
 public:
  static constexpr std::size_t kAlignment = 64;

  Buffer() = default;
  explicit Buffer(std::size_t size) : size_(size) {
    if (size == 0) return;
    if (size > std::numeric_limits<std::size_t>::max() / 2 / sizeof(real)) {
      throw std::bad_alloc();
    }
    data_ = static_cast<real*>(::operator new(bytes(), alignment()));
#ifdef __linux__
    // Rows of wide matrices lie on a page each, more than a TLB holds: products of
    // 2048 x 2048 took a tenth longer with small pages. Advice may be ignored.
    if (is_huge()) ::madvise(data_, bytes(), MADV_HUGEPAGE);
#endif
    clear();
  }
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Buffer() {
    if (data_) ::operator delete(data_, alignment());
  }

  real* data() const { return data_; }
  std::size_t size() const { return size_; }
  void clear() {
    if (size_) std::memset(data_, 0, size_ * sizeof(real));
  }

 private:
  static constexpr std::size_t kHugePage = std::size_t{1} << 21;

  bool is_huge() const { return size_ * sizeof(real) >= kHugePage; }
  std::size_t bytes() const {
    return is_huge() ? round_up(size_ * sizeof(real), kHugePage) : size_ * sizeof(real);
  }
  std::align_val_t alignment() const {
    return std::align_val_t{is_huge() ? kHugePage : kAlignment};
  }

  void swap(Buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  real* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A row stride for `columns` numbers in whole vectors of `lanes`. Strides that are
/// multiples of 1 KiB get one more cache line: with powers of two, which hidden layers
/// like to be, all rows of a tile would otherwise fall into the same L1 sets.
inline std::size_t padded_stride(std::size_t columns, std::size_t lanes) {
  const std::size_t stride = round_up(columns, lanes);
  const std::size_t line = Buffer::kAlignment / sizeof(real);
  const bool aliases =
      stride >= 1024 / sizeof(real) && stride % (1024 / sizeof(real)) == 0;
  return aliases ? stride + round_up(line, lanes) : stride;
}

/// Whether rows of so many columns lie side by side, each in whole vectors.
inline bool rows_touch(std::size_t columns, std::size_t lanes) {
  return padded_stride(columns, lanes) == round_up(columns, lanes);
}

/// A zeroed buffer that is one matrix with padded rows.
class PaddedMatrix {
 public:
  PaddedMatrix() = default;
  PaddedMatrix(std::size_t rows, std::size_t columns, std::size_t lanes)
      : buffer_(rows * padded_stride(columns, lanes)),
        view_{buffer_.data(), rows, columns, padded_stride(columns, lanes)} {}

  const Matrix& view() const { return view_; }

 private:
  Buffer buffer_;
  Matrix view_;
};

}  // namespace schuss::SCHUSS_PRECISION
