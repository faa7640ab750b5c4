// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/scaler.h"

#include <algorithm>
#include <cstdint>

namespace imagepacker {

struct Scaler::Impl {
  ImageFormat target;
};

Scaler::Scaler(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Scaler::Scaler(Scaler&&) noexcept = default;
Scaler& Scaler::operator=(Scaler&&) noexcept = default;
Scaler::~Scaler() = default;

Result<Scaler> Scaler::create(const ImageFormat&, Size) {
  return make_error(Errc::unsupported, "no scaling");
}

const ImageFormat& Scaler::target() const {
  return impl_->target;
}

Status Scaler::scale(const ImageView&, ImageBuffer&, TaskPool&) const {
  return {};
}

Size fit_within(Size size, int max_width, int max_height) {
  (void)max_width;
  (void)max_height;
  return size;
}

}  // namespace imagepacker
