// SPDX-License-Identifier: LGPL-2.1-or-later
#include "container/md5.h"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace imagepacker {
namespace {

std::string md5_of(const std::string& message) {
  return md5_hex(std::as_bytes(std::span(message)));
}

// The test suite of RFC 1321, clause A.5.
TEST(Md5, GivesTheDigestsOfTheStandard) {
  EXPECT_EQ(md5_of(""), "D41D8CD98F00B204E9800998ECF8427E");
  EXPECT_EQ(md5_of("a"), "0CC175B9C0F1B6A831C399E269772661");
  EXPECT_EQ(md5_of("abc"), "900150983CD24FB0D6963F7D28E17F72");
  EXPECT_EQ(md5_of("message digest"), "F96B697D7CB7938D525A2F31AAF161D0");
  EXPECT_EQ(md5_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"),
            "D174AB98D277D9F5A5611C2C9F419D9F");
  EXPECT_EQ(md5_of("12345678901234567890123456789012345678901234567890123456789012345678901234567890"),
            "57EDF4A22BE3C955AC49DA2E2107B67A");
}

}  // namespace
}  // namespace imagepacker
