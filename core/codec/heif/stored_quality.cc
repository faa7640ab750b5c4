// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/heif/stored_quality.h"

#include <cmath>

#include "base/byte_reader.h"
#include "codec/heif/bit_reader.h"
#include "codec/heif/hevc_headers.h"
#include "codec/heif/hevc_reading.h"
#include "codec/heif/quality_scale.h"
#include "imagepacker/options.h"

namespace imagepacker::heif {
namespace {

constexpr int kNalHeaderBits = 16;
constexpr int kInitialQp = 26;

/// What a slice header needs of the picture parameter set, clause 7.3.2.3.
struct PictureParameters {
  bool has_output_flag = false;
  int extra_bits = 0;
  std::int64_t initial_qp = kInitialQp;
};

std::optional<PictureParameters> parse_pps(ByteView nal) {
  BitReader bits(nal);
  bits.skip(kNalHeaderBits);
  bits.unsigned_golomb();  // its id
  bits.unsigned_golomb();  // the sequence's
  PictureParameters pps;
  bits.flag();  // dependent slices
  pps.has_output_flag = bits.flag();
  pps.extra_bits = static_cast<int>(bits.bits(3));
  bits.skip(2);  // sign hiding, CABAC
  bits.unsigned_golomb();
  bits.unsigned_golomb();
  pps.initial_qp += bits.signed_golomb();
  return bits.ok() ? std::optional(pps) : std::nullopt;
}

/// SliceQpY of the first slice of an IDR picture, clause 7.3.6.1.
std::optional<std::int64_t> slice_qp(ByteView nal, const SequenceParameters& sps, const PictureParameters& pps) {
  BitReader bits(nal);
  bits.skip(kNalHeaderBits);
  const bool is_first = bits.flag();
  bits.flag();             // earlier pictures
  bits.unsigned_golomb();  // the parameter set's id
  bits.skip(pps.extra_bits);
  bits.unsigned_golomb();  // slice type
  bits.skip(pps.has_output_flag ? 1 : 0);
  if (sps.has_sao) {
    bits.skip(sps.chroma_format_idc == 0 ? 1 : 2);
  }
  const std::int64_t qp = pps.initial_qp + bits.signed_golomb();
  return is_first && bits.ok() ? std::optional(qp) : std::nullopt;
}

/// What the packer takes for `quality`, or what looks like it where quantisation is flat.
double packers_qp(int quality, Transfer transfer, bool has_scaling_lists) {
  if (has_scaling_lists) {
    return hevc_qp(quality);
  }
  return is_hdr(transfer) ? flat_hevc_qp(quality, transfer) : flat_hevc_qp(hevc_qp(quality));
}

}  // namespace

std::optional<int> stored_quality(const bmff::StoredItems& items, const ImageItem& image) {
  const bmff::StoredItem& item = *items.find(image.color.items.front());
  const bmff::BoxView* const box = items.find_property(item, "hvcC");
  const auto configuration = parse_hvcc(box == nullptr ? ByteView() : box->payload);
  const auto data = bmff::read_item_data(items, item, items.file.size());
  if (!configuration || !data) {
    return std::nullopt;
  }
  const auto sps = parse_sps(configuration->sps);
  std::optional<PictureParameters> pps;
  for (const ByteView unit : configuration->units) {
    if (nal_unit_type(unit) == kPpsType && !pps) {
      pps = parse_pps(unit);
    }
  }
  std::optional<std::int64_t> qp;
  ByteReader reader(*data);
  while (sps && pps && !qp && !reader.rest().empty()) {
    constexpr int kIdrWithLeading = 19;
    constexpr int kIdrWithoutLeading = 20;
    const ByteView unit = reader.take(read_length(reader, configuration->length_bytes));
    const int type = nal_unit_type(unit);
    if (type == kIdrWithLeading || type == kIdrWithoutLeading) {
      qp = slice_qp(unit, *sps, *pps);
      break;
    }
  }
  if (!qp) {
    return std::nullopt;
  }
  int best = 0;
  const auto distance = [&](int quality) {
    return std::abs(packers_qp(quality, image.format.color.transfer, sps->has_scaling_lists) -
                    static_cast<double>(*qp));
  };
  for (int quality = 1; quality <= PackingOptions::kMaxQuality; ++quality) {
    best = distance(quality) <= distance(best) ? quality : best;
  }
  return best;
}

}  // namespace imagepacker::heif
