// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sink/shutter.h"

#include <gtest/gtest.h>

namespace imagepacker::element {
namespace {

TEST(Shutter, EveryFrameIsAPhotoUnlessOneMustAsk) {
  Shutter shutter;
  shutter.start();
  EXPECT_EQ(shutter.release(true), 0U);
  EXPECT_EQ(shutter.request(), 0U);
  shutter.set_on_request(true);
  EXPECT_EQ(shutter.release(true), std::nullopt);
}

TEST(Shutter, EachRequestGetsAFrameOfItsOwn) {
  Shutter shutter;
  shutter.set_on_request(true);
  EXPECT_EQ(shutter.request(), 0U) << "not started";
  shutter.start();
  EXPECT_EQ(shutter.request(), 1U);
  EXPECT_EQ(shutter.request(), 2U);
  EXPECT_EQ(shutter.release(true), 1U);
  EXPECT_EQ(shutter.request(), 3U);
  EXPECT_EQ(shutter.release(true), 2U);
  EXPECT_EQ(shutter.release(true), 3U);
  EXPECT_EQ(shutter.release(true), std::nullopt);
}

TEST(Shutter, RequestsWaitForRoom) {
  Shutter shutter;
  shutter.set_on_request(true);
  shutter.start();
  shutter.request();
  EXPECT_EQ(shutter.release(false), std::nullopt);
  EXPECT_EQ(shutter.release(true), 1U);
}

TEST(Shutter, TheFirstFramesMayBeSkipped) {
  Shutter shutter;
  shutter.set_skipped_frames(2);
  for (int run = 0; run < 2; ++run) {
    shutter.start();
    EXPECT_EQ(shutter.release(true), std::nullopt);
    EXPECT_EQ(shutter.release(true), std::nullopt);
    EXPECT_EQ(shutter.release(true), 0U);
    shutter.stop();
  }
}

TEST(Shutter, TheEndTakesRequestsBack) {
  Shutter shutter;
  shutter.set_on_request(true);
  shutter.start();
  shutter.request();
  shutter.request();
  EXPECT_EQ(shutter.end(), 2U);
  EXPECT_EQ(shutter.release(true), std::nullopt);
}

}  // namespace
}  // namespace imagepacker::element
