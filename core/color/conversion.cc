// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/conversion.h"

#include "base/text.h"

namespace imagepacker {

struct ConversionPlan::Impl {
  ImageFormat source;
  ImageFormat target;
};

ConversionPlan::ConversionPlan(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
ConversionPlan::ConversionPlan(ConversionPlan&&) noexcept = default;
ConversionPlan& ConversionPlan::operator=(ConversionPlan&&) noexcept = default;
ConversionPlan::~ConversionPlan() = default;

Result<ConversionPlan> ConversionPlan::create(const ImageFormat& source, const ImageFormat& target, std::uint32_t) {
  if (source.layout != target.layout || source.color != target.color) {
    return make_error(Errc::unsupported, text("no conversion from ", source.info().name, " to ", target.info().name));
  }
  return ConversionPlan(std::unique_ptr<const Impl>(new Impl{source, target}));
}

const ImageFormat& ConversionPlan::source() const {
  return impl_->source;
}
const ImageFormat& ConversionPlan::target() const {
  return impl_->target;
}
bool ConversionPlan::is_identity() const {
  return true;
}
Status ConversionPlan::convert(const ImageView&, int, int, const MutableImageView&) const {
  return {};
}

Result<ImageView> ConvertedRows::rows(int first, int count, ImageBuffer&) const {
  return row_window(image_, first, count);
}

}  // namespace imagepacker
