// SPDX-License-Identifier: LGPL-2.1-or-later
#include "image/turn.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace imagepacker {
namespace {

int mirrored(int at, int count, bool mirrors) {
  return mirrors ? count - 1 - at : at;
}

/// The stored rows "abc" and "def" as they are shown, a line for each row.
std::string shown(const Turn& turn) {
  constexpr std::string_view kStored = "abcdef";
  const int columns = turn.transposes ? 2 : 3;
  const int rows = turn.transposes ? 3 : 2;
  std::string lines;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      int stored_x = mirrored(x, columns, turn.mirrors_x);
      int stored_y = mirrored(y, rows, turn.mirrors_y);
      if (turn.transposes) {
        std::swap(stored_x, stored_y);
      }
      EXPECT_EQ(stored_x, mirrored(turn.transposes ? y : x, 3, turn.mirrors_columns()));
      EXPECT_EQ(stored_y, mirrored(turn.transposes ? x : y, 2, turn.mirrors_rows()));
      lines += kStored[static_cast<std::size_t>(stored_y * 3 + stored_x)];
    }
    lines += '\n';
  }
  return lines;
}

TEST(Turn, IsThatOfExif) {
  constexpr std::pair<Orientation, std::string_view> kExpected[] = {
      {Orientation::normal, "abc\ndef\n"},       {Orientation::flip_horizontal, "cba\nfed\n"},
      {Orientation::rotate_180, "fed\ncba\n"},   {Orientation::flip_vertical, "def\nabc\n"},
      {Orientation::transpose, "ad\nbe\ncf\n"},  {Orientation::rotate_90, "da\neb\nfc\n"},
      {Orientation::transverse, "fc\neb\nda\n"}, {Orientation::rotate_270, "cf\nbe\nad\n"},
  };
  for (const auto& [orientation, lines] : kExpected) {
    EXPECT_EQ(shown(turn_of(orientation)), lines);
    EXPECT_EQ(orientation_of(turn_of(orientation)), orientation);
  }
}

}  // namespace
}  // namespace imagepacker
