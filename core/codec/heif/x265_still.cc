// SPDX-License-Identifier: LGPL-2.1-or-later
#include <x265.h>

#include <algorithm>
#include <array>
#include <bit>
#include <mutex>
#include <span>
#include <string>

#include "base/spare_threads.h"
#include "base/text.h"
#include "base/try.h"
#include "codec/heif/hevc_still.h"
#include "codec/heif/quality_scale.h"
#include "codec/heif/x265_effort.h"

namespace imagepacker::heif {
namespace {

/// The library refuses smaller pictures.
constexpr int kMinDimension = 16;

/// The handles of one encode, freed in the reverse order of their making.
struct Session {
  explicit Session(const x265_api& the_api) : api(the_api), param(the_api.param_alloc()), picture(nullptr) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    if (picture != nullptr) {
      api.picture_free(picture);
    }
    if (encoder != nullptr) {
      api.encoder_close(encoder);
    }
    if (param != nullptr) {
      api.param_free(param);
    }
  }

  const x265_api& api;
  x265_param* param;
  x265_encoder* encoder = nullptr;
  x265_picture* picture;
};

int color_space_of(const PixelFormatInfo& layout) {
  constexpr std::array<int, 4> kByChromaFormat = {X265_CSP_I400, X265_CSP_I420, X265_CSP_I422, X265_CSP_I444};
  return kByChromaFormat[static_cast<std::size_t>(chroma_format_idc(layout))];
}

template <class Code>
int h273_code(Code code) {
  const int value = static_cast<int>(code);
  return value < kFirstNonH273Code ? value : 2;
}

/// Video usability information, H.265 annex E.
void set_vui(x265_param& param, const ColorSpace& color, const PixelFormatInfo& layout) {
  param.vui.bEnableVideoSignalTypePresentFlag = 1;
  param.vui.videoFormat = 5;  // unspecified
  param.vui.bEnableVideoFullRangeFlag = color.range == Range::full;
  param.vui.bEnableColorDescriptionPresentFlag = 1;
  param.vui.colorPrimaries = h273_code(color.primaries);
  param.vui.transferCharacteristics = h273_code(color.transfer);
  param.vui.matrixCoeffs = h273_code(color.matrix);
  if (chroma_format_idc(layout) == 1 && color.chroma_site != ChromaSite::unspecified) {
    param.vui.bEnableChromaLocInfoPresentFlag = 1;
    param.vui.chromaSampleLocTypeTopField = static_cast<int>(color.chroma_site);
    param.vui.chromaSampleLocTypeBottomField = static_cast<int>(color.chroma_site);
  }
}

/// Everything that makes a stream of one intra picture: no look-ahead, no other pictures, no messages, headers apart.
void set_still_picture(x265_param& param) {
  param.fpsNum = 1;
  param.fpsDenom = 1;
  // Nothing states the length of the stream, and more than one picture between key pictures would be allowed: so 10-bit
  // pictures are Main 10, which every decoder has, and not the intra profile of the range extensions.
  param.totalFrames = 0;
  param.keyframeMax = 2;
  param.bframes = 0;
  param.lookaheadDepth = 0;
  param.lookaheadSlices = 0;
  param.scenecutThreshold = 0;
  param.maxNumReferences = 1;
  param.rc.cuTree = 0;
  param.bEnableWeightedPred = 0;
  param.frameNumThreads = 1;
  param.bRepeatHeaders = 0;
  param.bAnnexB = 0;
  param.bEmitInfoSEI = 0;
  param.bEmitHRDSEI = 0;
  param.decodedPictureHashSEI = 0;
  param.bEmitVUITimingInfo = 0;
  param.bEnableAccessUnitDelimiters = 0;
  param.logLevel = X265_LOG_NONE;
}

/// x265 before 4.0 points to a text of a parameter, which has to outlive it.
[[maybe_unused]] void set_text(const char*& parameter, const std::string& value) {
  parameter = value.c_str();
}

/// x265 from 4.0 on holds the text.
template <std::size_t kSize>
[[maybe_unused]] void set_text(char (&parameter)[kSize], const std::string& value) {
  parameter[value.copy(parameter, kSize - 1)] = '\0';
}

void set_rate(x265_param& param, const HevcSettings& settings) {
  if (settings.lossless) {
    param.bLossless = 1;
    return;
  }
  param.rc.rateControlMode = X265_RC_CRF;
  // With full compression of the complexity curve the rate factor is the QP: the same for every tile and picture.
  param.rc.qCompress = 1.0;
  param.rc.rfConstant = settings.qp;
  if (settings.flat) {
    return;
  }
  // The lists for chroma of 32×32 samples, which only 4:4:4 has, are not initialised in x265 3.5.
  if (param.internalCsp == X265_CSP_I444) {
    param.rc.rfConstant = flat_hevc_qp(settings.qp);
    return;
  }
  // The standard's own matrices (H.265 tables 7-5 and 7-6), made for the eye: a tenth fewer bytes for the same score.
  // x265's own setter of texts would lose a copy of it.
  static const std::string kStandard = "default";
  set_text(param.scalingLists, kStandard);
  // Costs nothing by butteraugli and gains 3 % by SSIMULACRA 2, which looks more at colours.
  constexpr int kFinerChroma = -2;
  param.cbQpOffset = kFinerChroma;
  param.crQpOffset = kFinerChroma;
}

/// True when x265 can fill up `size` to whole units: it writes at most 16 columns and rows of padding and leaves what
/// is behind them uninitialised.
bool can_fill_up(Size size, unsigned unit) {
  constexpr unsigned kMaxPadding = 16;
  const auto padding = [unit](int length) { return (unit - static_cast<unsigned>(length) % unit) % unit; };
  return std::max(padding(size.width), padding(size.height)) <= kMaxPadding;
}

/// Coding tree units may not be larger than the picture, and the smallest units have to suit its edges.
void fit_tree(x265_param& param, Size size) {
  const auto smallest = static_cast<unsigned>(std::min(size.width, size.height));
  const unsigned largest_unit = std::bit_floor(smallest);
  param.maxCUSize = std::min(param.maxCUSize, largest_unit);
  param.minCUSize = std::min(param.minCUSize, param.maxCUSize);
  while (!can_fill_up(size, param.minCUSize)) {
    // Smaller units begin where the transforms of the larger ones were split.
    param.minCUSize /= 2;
    param.tuQTMaxIntraDepth = std::max(param.tuQTMaxIntraDepth - 1, 1U);
  }
  // x265 refuses transforms that could be split beyond 4 pixels.
  const auto deepest = static_cast<unsigned>(std::bit_width(param.maxCUSize)) - 2;
  param.tuQTMaxIntraDepth = std::min(param.tuQTMaxIntraDepth, deepest);
  param.tuQTMaxInterDepth = std::min(param.tuQTMaxInterDepth, deepest);
  param.maxTUSize = std::min(param.maxTUSize, param.maxCUSize);
  param.rc.qgSize = std::min<unsigned>(param.rc.qgSize, param.maxCUSize);
}

Status take_parameter_sets(Session& session, ParameterSets& sets) {
  x265_nal* nals = nullptr;
  std::uint32_t count = 0;
  if (session.api.encoder_headers(session.encoder, &nals, &count) < 0) {
    return make_error(Errc::codec_failed, "x265 could not write its parameter sets");
  }
  constexpr std::size_t kLengthBytes = 4;
  for (const x265_nal& nal : std::span(nals, count)) {
    const ByteView bytes = std::as_bytes(std::span(nal.payload, nal.sizeBytes));
    Bytes* const target = nal.type == NAL_UNIT_VPS   ? &sets.vps
                          : nal.type == NAL_UNIT_SPS ? &sets.sps
                          : nal.type == NAL_UNIT_PPS ? &sets.pps
                                                     : nullptr;
    if (target != nullptr && bytes.size() > kLengthBytes) {
      target->assign(bytes.begin() + kLengthBytes, bytes.end());
    }
  }
  return {};
}

/// Codes the one picture; x265 may want to be asked again before it hands out the bytes.
Status take_slices(Session& session, Bytes& data) {
  x265_picture* next = session.picture;
  for (int result = 0; result == 0 && data.empty();) {
    x265_nal* nals = nullptr;
    std::uint32_t count = 0;
    result = session.api.encoder_encode(session.encoder, &nals, &count, next, nullptr);
    if (result < 0 || (result == 0 && next == nullptr)) {
      return make_error(Errc::codec_failed, text("x265 gave up on the picture (result ", result, ")"));
    }
    next = nullptr;
    for (const x265_nal& nal : std::span(nals, count)) {
      if (nal.type <= NAL_UNIT_CODED_SLICE_CRA) {
        const ByteView bytes = std::as_bytes(std::span(nal.payload, nal.sizeBytes));
        data.insert(data.end(), bytes.begin(), bytes.end());
      }
    }
  }
  return {};
}

void set_picture(x265_picture& target, const ImageView& source) {
  const PixelFormatInfo& layout = source.format.info();
  for (int c = 0; c < layout.color_component_count(); ++c) {
    // HEVC codes RGB in the order G, B, R, which is the order of the planes.
    const int plane = layout.model == ColorModel::rgb ? c : layout.components[c].plane;
    // The library takes a pointer to bytes it may write but only reads them.
    target.planes[c] = const_cast<std::byte*>(source.planes[plane].bytes.data());
    target.stride[c] = static_cast<int>(source.planes[plane].stride_bytes);
  }
  target.bitDepth = layout.depth;
  target.colorSpace = color_space_of(layout);
}

/// Null when the library refuses the parameters. It works in a thread of its own and in `wavefront_threads` more.
Result<x265_encoder*> open_encoder(const x265_api& api, x265_param& param, unsigned wavefront_threads) {
  // The library sets up its tables of functions when the first encoder is opened, without a lock of its own.
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  // It would wait for a thread that could not be started.
  const unsigned threads = wavefront_threads + 1;
  if (!has_spare_threads(threads)) {
    return make_error(Errc::codec_failed, text("x265 needs ", threads,
                                               " threads for a picture, and the system gives "
                                               "fewer; raise the limit on tasks or processes"));
  }
  return api.encoder_open(&param);
}

}  // namespace

Size hevc_size(Size size, const PixelFormatInfo& layout) {
  const auto fit = [](int length, int log2_chroma) {
    const int step = 1 << log2_chroma;
    return std::max((length + step - 1) / step * step, kMinDimension);
  };
  return {fit(size.width, layout.log2_chroma_w), fit(size.height, layout.log2_chroma_h)};
}

bool hevc_has_depth(int depth) {
  return x265_api_get(depth) != nullptr;
}

Result<HevcStill> encode_hevc(const ImageView& picture, const HevcSettings& settings) {
  const PixelFormatInfo& layout = picture.format.info();
  const x265_api* const api = x265_api_get(layout.depth);
  if (api == nullptr) {
    return make_error(Errc::codec_failed, text("x265 has no ", layout.depth, "-bit encoder here"));
  }
  Session session(*api);
  if (session.param == nullptr) {
    return make_error(Errc::out_of_memory, "no memory for the parameters of x265");
  }
  x265_param& param = *session.param;
  IP_TRY(set_effort(*api, param, settings.effort));
  set_still_picture(param);
  param.sourceWidth = picture.format.size.width;
  param.sourceHeight = picture.format.size.height;
  param.internalCsp = color_space_of(layout);
  set_rate(param, settings);
  param.internalBitDepth = layout.depth;
  fit_tree(param, picture.format.size);
  set_vui(param, picture.format.color, layout);
  param.bEnableWavefront = settings.wavefront_threads > 0;
  const std::string threads = settings.wavefront_threads > 0 ? std::to_string(settings.wavefront_threads) : "none";
  set_text(param.numaPools, threads);

  IP_ASSIGN(session.encoder, open_encoder(*api, param, settings.wavefront_threads));
  session.picture = api->picture_alloc();
  if (session.encoder == nullptr || session.picture == nullptr) {
    return make_error(Errc::codec_failed, text("x265 refused a picture of ", picture.format.size.width, "×",
                                               picture.format.size.height, " pixels as ", layout.name));
  }
  api->picture_init(&param, session.picture);
  set_picture(*session.picture, picture);
  HevcStill still;
  IP_TRY(take_parameter_sets(session, still.sets));
  state_level(still.sets, picture.format.size);
  IP_TRY(take_slices(session, still.data));
  return still;
}

}  // namespace imagepacker::heif
