// SPDX-License-Identifier: LGPL-2.1-or-later
#include "metadata/icc_check.h"

#include <lcms2.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "base/byte_reader.h"
#include "base/text.h"
#include "color/profile_color.h"

namespace imagepacker {
namespace {

struct DeleteContext {
  void operator()(void* context) const { cmsDeleteContext(static_cast<cmsContext>(context)); }
};
struct CloseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};

/// A four-character signature as text; what is not printable becomes '?'.
std::string signature_text(std::uint32_t signature) {
  std::string chars;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const char c = static_cast<char>(signature >> shift);
    chars += c >= ' ' && c <= '~' ? c : '?';
  }
  return chars;
}

}  // namespace

Status check_icc_profile(ByteView icc, ColorModel model) {
  constexpr std::size_t kHeaderBytes = 128;
  if (icc.size() < kHeaderBytes || icc.size() > std::numeric_limits<std::uint32_t>::max() ||
      ByteReader(icc).u32be() != icc.size()) {
    return make_error(Errc::corrupt_input, text("its length of ", icc.size(), " bytes is not what its header says"));
  }
  const std::unique_ptr<void, DeleteContext> context(cmsCreateContext(nullptr, nullptr));
  const std::unique_ptr<void, CloseProfile> profile(
      context ? cmsOpenProfileFromMemTHR(static_cast<cmsContext>(context.get()), icc.data(),
                                         static_cast<cmsUInt32Number>(icc.size()))
              : nullptr);
  if (!profile) {
    return make_error(Errc::corrupt_input, text("its ", icc.size(), " bytes have no valid header or tag table"));
  }
  const std::uint32_t wanted = model == ColorModel::gray ? cmsSigGrayData : cmsSigRgbData;
  if (const std::uint32_t actual = profile_color_space(icc); actual != wanted) {
    return make_error(Errc::invalid_argument, text("it is for '", signature_text(actual),
                                                   "' colours, but the picture's are '", signature_text(wanted), "'"));
  }
  return {};
}

}  // namespace imagepacker
