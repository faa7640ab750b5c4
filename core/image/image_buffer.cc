// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/image_buffer.h"

#include <limits>
#include <new>
#include <utility>

#include "base/text.h"
#include "base/try.h"

namespace imagepacker {

ImageView MutableImageView::as_const() const {
  ImageView result{.format = format, .planes = {}};
  for (std::size_t p = 0; p < planes.size(); ++p) {
    result.planes[p] = {planes[p].bytes, planes[p].stride_bytes};
  }
  return result;
}

void ImageBuffer::Free::operator()(std::byte* memory) const {
  ::operator delete (memory, std::align_val_t{kRowAlignmentBytes});
}

Status ImageBuffer::reset(const ImageFormat& format) {
  IP_TRY(validate(format));
  const PixelFormatInfo& info = format.info();
  std::array<std::size_t, 4> offsets{};
  MutableImageView next{.format = format, .planes = {}};
  std::size_t total = 0;
  for (int p = 0; p < info.plane_count; ++p) {
    const std::size_t row_bytes = plane_row_bytes(info, p, format.size);
    const std::size_t stride = (row_bytes + kRowAlignmentBytes - 1) / kRowAlignmentBytes * kRowAlignmentBytes;
    const auto rows = static_cast<std::size_t>(plane_height(info, p, format.size));
    // Half of the address space leaves room for all later sums.
    if (stride > std::numeric_limits<std::ptrdiff_t>::max() / 8 / rows) {
      return make_error(Errc::limit_exceeded, text("an image of ", format.size.width, "×", format.size.height,
                                                   " pixels does not fit the address space"));
    }
    offsets[p] = total;
    next.planes[p].stride_bytes = stride;
    total += stride * rows + kPlanePaddingBytes;
  }
  if (total > capacity_bytes_) {
    memory_.reset(static_cast<std::byte*>(::operator new (total, std::align_val_t{kRowAlignmentBytes}, std::nothrow)));
    capacity_bytes_ = memory_ == nullptr ? 0 : total;
    if (memory_ == nullptr) {
      return make_error(Errc::out_of_memory, text("no memory for an image buffer of ", total, " bytes"));
    }
  }
  for (int p = 0; p < info.plane_count; ++p) {
    const auto rows = static_cast<std::size_t>(plane_height(info, p, format.size));
    next.planes[p].bytes = {memory_.get() + offsets[p], next.planes[p].stride_bytes * rows};
  }
  view_ = next;
  lender_.reset();
  return {};
}

ImageBuffer ImageBuffer::borrow(const MutableImageView& image, std::shared_ptr<const void> memory) {
  ImageBuffer buffer;
  buffer.view_ = image;
  buffer.lender_ = std::move(memory);
  return buffer;
}

MutableImageView ImageBuffer::view() {
  return view_;
}

ImageView ImageBuffer::view() const {
  return view_.as_const();
}

ImageView row_window(const ImageView& image, int first, int count) {
  const PixelFormatInfo& info = image.format.info();
  ImageView window = image;
  window.format.size.height = count;
  for (int p = 0; p < info.plane_count; ++p) {
    const int first_row = info.is_chroma_plane(p) ? first >> info.log2_chroma_h : first;
    window.planes[p].bytes =
        image.planes[p].bytes.subspan(static_cast<std::size_t>(first_row) * image.planes[p].stride_bytes);
  }
  return window;
}

}  // namespace imagepacker
