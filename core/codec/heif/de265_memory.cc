// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/de265_memory.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace imagepacker::heif {
namespace {

/// Rows begin at multiples of this, as the library's own do. Larger ones make powers of two of common widths, whose
/// rows push each other out of the cache.
constexpr std::size_t kAlignment = 16;

/// After so many bytes of a row the mark repeats.
constexpr std::size_t kMarkBytes = 64;

/// The library's loops read beyond the last row, less far than this.
constexpr std::size_t kPaddingBytes = 64;

/// The least unit of coding, H.265 clause 7.4.3.2.1.
constexpr int kUnit = 8;

/// What no unit of a picture begins with: noise.
constexpr std::array<std::uint8_t, kMarkBytes> make_mark() {
  std::array<std::uint8_t, kMarkBytes> mark{};
  std::uint32_t state = 0x2545F491;
  for (std::uint8_t& byte : mark) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return mark;
}
constexpr std::array<std::uint8_t, kMarkBytes> kMark = make_mark();

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

struct Plane {
  std::unique_ptr<void, Free> memory;
  std::uint8_t* samples = nullptr;  ///< at a multiple of kAlignment
  std::size_t row_bytes = 0;        ///< a multiple of kAlignment
  std::size_t sample_bytes = 1;
  int width = 0;  ///< as coded
  int height = 0;

  [[nodiscard]] std::uint8_t* row(int y) const { return samples + static_cast<std::size_t>(y) * row_bytes; }
};

/// Throws std::bad_alloc.
Plane allocate(int width, int height, int bits, bool is_zeroed) {
  Plane plane{.memory = nullptr, .sample_bytes = bits > 8 ? 2U : 1U, .width = width, .height = height};
  plane.row_bytes = (static_cast<std::size_t>(width) * plane.sample_bytes + kAlignment - 1) / kAlignment * kAlignment;
  std::size_t bytes = plane.row_bytes * static_cast<std::size_t>(height) + kPaddingBytes + kAlignment;
  void* aligned = is_zeroed ? std::calloc(bytes, 1) : std::malloc(bytes);
  if (aligned == nullptr) {
    throw std::bad_alloc();
  }
  plane.memory.reset(aligned);
  plane.samples = static_cast<std::uint8_t*>(std::align(kAlignment, bytes - kAlignment, aligned, bytes));
  return plane;
}

/// Marks the first row of every unit.
void mark(const Plane& plane) {
  for (int y = 0; y < plane.height; y += kUnit) {
    for (std::size_t at = 0; at < plane.row_bytes; at += kMarkBytes) {
      std::memcpy(plane.row(y) + at, kMark.data(), std::min(kMarkBytes, plane.row_bytes - at));
    }
  }
}

/// True when a unit still has its mark.
bool has_mark(const Plane& plane) {
  const std::size_t unit_bytes = kUnit * plane.sample_bytes;
  const std::size_t used_bytes = static_cast<std::size_t>(plane.width) * plane.sample_bytes;
  for (int y = 0; y < plane.height; y += kUnit) {
    for (std::size_t at = 0; at + unit_bytes <= used_bytes; at += unit_bytes) {
      if (std::memcmp(plane.row(y) + at, kMark.data() + at % kMarkBytes, unit_bytes) == 0) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

/// Its address is the user data of the image's planes.
struct PictureMemory::Picture {
  std::array<Plane, 3> planes;
};

PictureMemory::PictureMemory() = default;
PictureMemory::~PictureMemory() = default;

void PictureMemory::lend_to(de265_decoder_context* decoder) {
  de265_image_allocation functions{.get_buffer = get_buffer, .release_buffer = release_buffer};
  de265_set_image_allocation_functions(decoder, &functions, this);
}

bool PictureMemory::is_decoded() const {
  return pictures_.size() == 1 && !has_mark(pictures_.front().planes[0]);
}

int PictureMemory::get_buffer(de265_decoder_context*, de265_image_spec* spec, de265_image* image, void* memory) {
  const de265_chroma chroma = de265_get_chroma_format(image);
  const bool is_narrow = chroma == de265_chroma_420 || chroma == de265_chroma_422;
  const bool is_low = chroma == de265_chroma_420;
  auto& lender = *static_cast<PictureMemory*>(memory);
  auto& pictures = lender.pictures_;
  // What is not the first is not shown unless it was copied from the first as a whole, to be filtered.
  const bool is_first = pictures.empty();
  Picture picture;
  try {
    for (int c = 0; c < (chroma == de265_chroma_mono ? 1 : 3); ++c) {
      Plane& plane = picture.planes[static_cast<std::size_t>(c)];
      plane = allocate(c > 0 && is_narrow ? spec->width / 2 : spec->width,
                       c > 0 && is_low ? spec->height / 2 : spec->height, de265_get_bits_per_pixel(image, c), is_first);
    }
    if (is_first) {
      mark(picture.planes[0]);
    }
    pictures.push_back(std::move(picture));
    for (int c = 0; c < 3; ++c) {
      const Plane& plane = pictures.back().planes[static_cast<std::size_t>(c)];
      de265_set_image_plane(image, c, plane.samples, static_cast<int>(plane.row_bytes), &pictures.back());
    }
  } catch (const std::bad_alloc&) {
    lender.has_run_out_ = true;
    return 0;
  }
  return 1;
}

void PictureMemory::release_buffer(de265_decoder_context*, de265_image* image, void* memory) {
  const void* const released = de265_get_image_plane_user_data(image, 0);
  static_cast<PictureMemory*>(memory)->pictures_.remove_if(
      [=](const Picture& picture) { return &picture == released; });
}

}  // namespace imagepacker::heif
