// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scale/scaler.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "color/chroma_axis.h"
#include "scale/planar_layout.h"
#include "scale/stripe.h"

namespace imagepacker {
namespace {

/// Target rows per task: enough that the rows which neighbours read as well don't count.
constexpr int kStripeRows = 128;

/// zimg's filters need memory and time that grow with the side of the source, before any picture is there.
constexpr int kLongestSide = 1 << 18;

/// Scaling of the samples on `grid` when `source` luma samples become `target`. Chroma keeps its place relative to
/// luma, before as after.
AxisScaling scaling_on(SampleGrid grid, int source, int target) {
  const double ratio = static_cast<double>(source) / target;
  const double spacing = 1 << grid.log2_spacing;
  const double phase = grid.half_phase / 2.0;
  const auto count = [&](int luma) { return ((luma - 1) >> grid.log2_spacing) + 1; };
  // In luma pixels, whose sample i is at i + 0.5: target chroma sample i is at (i · spacing + phase + 0.5) · ratio in
  // the source; `begin` is where i = −0.5 comes to lie, in source chroma samples.
  const double begin = (((phase + 0.5 - spacing / 2) * ratio) - 0.5 - phase) / spacing + 0.5;
  return {count(source), count(target), begin, ratio * count(target)};
}

}  // namespace

struct Scaler::Impl {
  struct Component {
    int index;
    AxisScaling horizontal;
    AxisScaling vertical;
  };
  ImageFormat source;
  ImageFormat target;
  std::vector<Component> components;
};

Scaler::Scaler(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
Scaler::Scaler(Scaler&&) noexcept = default;
Scaler& Scaler::operator=(Scaler&&) noexcept = default;
Scaler::~Scaler() = default;

const ImageFormat& Scaler::target() const {
  return impl_->target;
}

Result<Scaler> Scaler::create(const ImageFormat& source, Size target_size) {
  IP_TRY(validate(source));
  if (std::max(source.size.width, source.size.height) > kLongestSide) {
    return make_error(Errc::limit_exceeded, text("a picture of ", source.size.width, "x", source.size.height,
                                                 " can't be shrunk; allowed are up to ", kLongestSide, " per side"));
  }
  Impl impl{source, source, {}};
  impl.target.layout = planar_layout(source);
  impl.target.size = target_size;
  impl.target.alpha = source.has_alpha() ? source.alpha : Alpha::none;
  IP_TRY(validate(impl.target));
  const PixelFormatInfo& info = impl.target.info();
  for (int c = 0; c < 4; ++c) {
    if (c == 3 ? !info.has_alpha : c >= info.color_component_count()) {
      continue;
    }
    const bool is_chroma = info.model == ColorModel::yuv && (c == 1 || c == 2);
    const SampleGrid x = is_chroma ? chroma_grid_x(info, source.color) : kLumaGrid;
    const SampleGrid y = is_chroma ? chroma_grid_y(info, source.color) : kLumaGrid;
    impl.components.push_back({c, scaling_on(x, source.size.width, target_size.width),
                               scaling_on(y, source.size.height, target_size.height)});
    // What zimg refuses, it refuses now.
    IP_TRY(RowResampler::create(impl.components.back().horizontal, impl.components.back().vertical));
  }
  return Scaler(std::make_unique<const Impl>(std::move(impl)));
}

Status Scaler::scale(const ImageView& image, ImageBuffer& target, TaskPool& pool) const {
  if (image.format.layout != impl_->source.layout || image.format.size != impl_->source.size) {
    return make_error(Errc::internal, "the picture is not of the format that the scaler was created for");
  }
  IP_TRY(target.reset(impl_->target));
  const MutableImageView view = target.view();
  struct Task {
    const Impl::Component* component;
    int first_row;
  };
  std::vector<Task> tasks;
  for (const Impl::Component& component : impl_->components) {
    for (int row = 0; row < component.vertical.target_count; row += kStripeRows) {
      tasks.push_back({&component, row});
    }
  }
  return pool.for_each(tasks.size(), [&](std::size_t index) {
    const auto& [component, first_row] = tasks[index];
    return scale_stripe({.source = image,
                         .target = view,
                         .component = component->index,
                         .horizontal = component->horizontal,
                         .vertical = component->vertical,
                         .first_row = first_row,
                         .row_count = std::min(kStripeRows, component->vertical.target_count - first_row)});
  });
}

}  // namespace imagepacker
