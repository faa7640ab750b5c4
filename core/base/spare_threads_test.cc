// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/spare_threads.h"

#include <gtest/gtest.h>

#include "base/no_new_threads_test_scope.h"

namespace imagepacker {
namespace {

TEST(SpareThreads, AreThereUnlessTheSystemGivesNone) {
  EXPECT_TRUE(has_spare_threads(3));
  {
    const NoNewThreads scope;
    EXPECT_FALSE(has_spare_threads(1));
    EXPECT_TRUE(has_spare_threads(0));
  }
  EXPECT_TRUE(has_spare_threads(1));
}

}  // namespace
}  // namespace imagepacker
