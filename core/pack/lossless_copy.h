// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <stop_token>
#include <vector>

#include "imagepacker/byte_sink.h"
#include "imagepacker/notice.h"
#include "imagepacker/repacker.h"
#include "imagepacker/task_pool.h"

namespace imagepacker {

/// Copies the coded samples of `file`, whose headers say `source`, into a new file. Empty when that is not possible, or
/// not what is asked for, and options.require_lossless_copy is false; the sink has got nothing then. Errors: of the
/// codec; unsupported when a copy is required and can't be, saying why.
Result<std::optional<RepackedInfo>> copy_losslessly(ByteView file, const ImageInfo& source,
                                                    const RepackOptions& options, TaskPool& pool, ByteSink& sink,
                                                    const std::stop_token& stop, std::vector<Notice>& notices);

/// The metadata of a file of `format` with what the options replace and change in them.
Status edit_metadata(Metadata& metadata, const ImageFormat& format, const RepackOptions& options,
                     std::vector<Notice>& notices);

}  // namespace imagepacker
