// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/conversion.h"

#include <cstring>
#include <new>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "color/band_converter.h"
#include "color/conversion_steps.h"

namespace imagepacker {

namespace {

void copy_rows(const ImageView& from, const MutableImageView& to) {
  const PixelFormatInfo& info = to.format.info();
  for (int p = 0; p < info.plane_count; ++p) {
    const Plane& source = from.planes[static_cast<std::size_t>(p)];
    const MutablePlane& target = to.planes[static_cast<std::size_t>(p)];
    const std::size_t row_bytes = plane_row_bytes(info, p, to.format.size);
    for (int row = 0; row < plane_height(info, p, to.format.size); ++row) {
      std::memcpy(target.bytes.data() + static_cast<std::size_t>(row) * target.stride_bytes,
                  source.bytes.data() + static_cast<std::size_t>(row) * source.stride_bytes, row_bytes);
    }
  }
}

}  // namespace

struct ConversionPlan::Impl {
  ConversionSteps steps;
};

ConversionPlan::ConversionPlan(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
ConversionPlan::ConversionPlan(ConversionPlan&&) noexcept = default;
ConversionPlan& ConversionPlan::operator=(ConversionPlan&&) noexcept = default;
ConversionPlan::~ConversionPlan() = default;

Result<ConversionPlan> ConversionPlan::create(const ImageFormat& source, const ImageFormat& target,
                                              std::uint32_t background) {
  IP_ASSIGN(auto steps, make_conversion_steps(source, target, background));
  return ConversionPlan(std::unique_ptr<const Impl>(new Impl{std::move(steps)}));
}

const ImageFormat& ConversionPlan::source() const {
  return impl_->steps.source;
}
const ImageFormat& ConversionPlan::target() const {
  return impl_->steps.target;
}
bool ConversionPlan::is_identity() const {
  return impl_->steps.is_identity;
}

Status ConversionPlan::convert(const ImageView& image, int first, int count, const MutableImageView& target) const {
  const ConversionSteps& steps = impl_->steps;
  if (image.format.layout != steps.source.layout || image.format.size != steps.source.size ||
      target.format.layout != steps.target.layout || target.format.size.width != steps.target.size.width ||
      target.format.size.height != count || first < 0 || count < 1 || first > steps.source.size.height - count) {
    return make_error(Errc::internal, text("a band of rows ", first, " to ", first + count, " does not fit a plan for ",
                                           steps.source.size.width, "×", steps.source.size.height, " pixels"));
  }
  if (steps.is_identity) {
    copy_rows(row_window(image, first, count), target);
    return {};
  }
  try {
    BandConverter(steps, image, first, target).run();
  } catch (const std::bad_alloc&) {
    return make_error(Errc::out_of_memory, "no memory for the rows of a colour conversion");
  }
  return {};
}

Result<ImageView> ConvertedRows::rows(int first, int count, ImageBuffer& scratch) const {
  if (plan_.is_identity()) {
    // The same samples under the target's name for their colours, which may be another one of equal meaning.
    ImageView window = row_window(image_, first, count);
    window.format = plan_.target();
    window.format.size.height = count;
    return window;
  }
  ImageFormat band = plan_.target();
  band.size.height = count;
  IP_TRY(scratch.reset(band));
  IP_TRY(plan_.convert(image_, first, count, scratch.view()));
  return std::as_const(scratch).view();
}

}  // namespace imagepacker
