// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/webp/vp8_encoder.h"

#include <array>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "codec/webp/alpha_chunk.h"
#include "container/riff.h"
#include "container/riff_webp.h"
#include "imagepacker/options.h"

namespace imagepacker::webp {
namespace {

constexpr int kMaxDimension = 16383;

/// What an encoder that waits for its next picture may hold for it, for each thread: enough for a stream in 4K.
constexpr std::size_t kMostSpareBytes = std::size_t{16} << 20;

/// What one step of `effort` means.
struct EffortLevel {
  int exact_subblock_modes;
  int passes;
};

constexpr std::array<EffortLevel, PackingOptions::kMaxEffort + 1> kEffortLevels = {{
    {1, 1},
    {1, 1},
    {2, 1},
    {2, 1},
    {3, 1},
    {5, 1},
    {5, 2},
    {7, 2},
    {10, 2},
    {10, 2},
    {10, 2},
}};

}  // namespace

vp8::KeyFrameSettings make_key_frame_settings(int effort, double quant_index) {
  const EffortLevel& level = kEffortLevels.at(static_cast<std::size_t>(effort));
  vp8::KeyFrameSettings settings;
  settings.quant_index = quant_index;
  settings.search.exact_subblock_modes = level.exact_subblock_modes;
  settings.search.passes = level.passes;
  return settings;
}

Result<Bytes> Vp8Encoder::encode_color(const EncodeJob& job) const {
  std::unique_ptr<vp8::KeyFrameMemory> memory = memory_.take();
  IP_ASSIGN(Bytes frame, vp8::encode_key_frame(settings_, job.image, job.pool, job.stop, memory.get()));
  if (memory->bytes() <= kMostSpareBytes) {
    memory_.give_back(std::move(memory));
  }
  return frame;
}

Status Vp8Encoder::encode(const EncodeJob& job, ByteSink& sink) const {
  if (job.stop.stop_requested()) {
    return make_error(Errc::cancelled, "packing was cancelled");
  }
  const Size size = input_.size;
  if (size.width > kMaxDimension || size.height > kMaxDimension) {
    return make_error(Errc::limit_exceeded, text("a picture of ", size.width, "×", size.height,
                                                 " pixels; WebP can hold 1×1 to ", kMaxDimension, "×", kMaxDimension));
  }
  Bytes frame;
  Bytes alpha;
  // Colour first, which is this thread's: the one that is done with alpha goes on with rows of colour.
  const auto encode_part = [&](std::size_t part) -> Status {
    if (part == 0) {
      IP_ASSIGN(frame, encode_color(job));
    } else {
      IP_ASSIGN(alpha, make_alpha_chunk(job.image, alpha_, job.stop));
    }
    return {};
  };
  IP_TRY(job.pool.for_each(input_.has_alpha() ? 2 : 1, encode_part));
  std::vector<RiffChunk> image;
  if (input_.has_alpha()) {
    image.push_back({.fourcc = "ALPH", .payload = alpha});
  }
  image.push_back({.fourcc = "VP8 ", .payload = frame});
  return write_webp({.size = size,
                     .image = image,
                     .icc = job.metadata.icc.empty() ? ByteView(icc_) : ByteView(job.metadata.icc),
                     .exif = job.metadata.exif,
                     .xmp = job.metadata.xmp},
                    sink);
}

}  // namespace imagepacker::webp
