// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// All of the public interface.

#include "imagepacker/byte_sink.h"
#include "imagepacker/color_space.h"
#include "imagepacker/image.h"
#include "imagepacker/metadata.h"
#include "imagepacker/notice.h"
#include "imagepacker/options.h"
#include "imagepacker/orientation.h"
#include "imagepacker/packer.h"
#include "imagepacker/picture.h"
#include "imagepacker/pixel_format.h"
#include "imagepacker/repacker.h"
#include "imagepacker/result.h"
#include "imagepacker/task_pool.h"
#include "imagepacker/unpacker.h"
