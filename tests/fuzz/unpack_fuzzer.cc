// SPDX-License-Identifier: LGPL-2.1-or-later
// libFuzzer entry, one program for each format in UNPACKED_FORMAT: see docs/testing.md.
#include <cstddef>
#include <cstdint>
#include <span>

#include "imagepacker/repacker.h"
#include "imagepacker/unpacker.h"

namespace {

using namespace imagepacker;

/// Small enough for thousands of images in a second.
constexpr UnpackLimits kLimits{.max_pixels = 1 << 18, .max_memory_bytes = std::uint64_t{16} << 20};

void check(const Error& error) {
  if (error.code == Errc::internal) {
    __builtin_trap();  // a defect that the library noticed itself
  }
}

void unpack(ByteView file, DynamicRange range, TaskPool& pool) {
  auto unpacker = Unpacker::create(file, {.limits = kLimits, .dynamic_range = range, .layouts = {}}, pool);
  if (!unpacker.has_value()) {
    check(unpacker.error());
    return;
  }
  constexpr int kMaxFrames = 3;
  for (int frame = 0; frame < unpacker->info().frames && frame < kMaxFrames; ++frame) {
    const auto owned = unpacker->unpack();
    if (!owned.has_value()) {
      check(owned.error());
      return;
    }
    // What a caller may read.
    if (!validate(owned->picture.main).has_value() || owned->picture.main.format != unpacker->info().main) {
      __builtin_trap();
    }
  }
}

void repack_to_jpeg(ByteView file, const PackingOptions& packing, bool is_coding_given, TaskPool& pool) {
  VectorSink sink;
  const auto result =
      repack(file, {.packing = packing, .is_coding_given = is_coding_given, .limits = kLimits}, pool, sink);
  if (!result.has_value()) {
    check(result.error());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static TaskPool pool(1);
  const ByteView file = std::as_bytes(std::span(data, size));
  const auto unpacker = Unpacker::create(file, {.limits = kLimits}, pool);
  if (!unpacker.has_value()) {
    check(unpacker.error());
    return 0;
  }
  if (unpacker->info().format != Format::UNPACKED_FORMAT) {
    return 0;
  }
  unpack(file, DynamicRange::automatic, pool);
  // The other ways share the decoder; one of them each time, so that inputs stay fast.
  switch (size % 5) {
    case 0:
      unpack(file, DynamicRange::hdr, pool);
      break;
    case 1:
      unpack(file, DynamicRange::sdr, pool);
      break;
    case 2:
      repack_to_jpeg(file, {.effort = 0, .keep_gps = false}, false, pool);
      break;
    case 3:
      repack_to_jpeg(file, {.effort = 0, .apply_orientation = Orientation::rotate_90}, false, pool);
      break;
    default:
      repack_to_jpeg(file, {.effort = 0, .progressive = true}, true, pool);
      break;
  }
  return 0;
}
