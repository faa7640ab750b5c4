// SPDX-License-Identifier: LGPL-2.1-or-later
#include "codec/png/bench_screen.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

namespace imagepacker {
namespace {

constexpr int kGlyphWidth = 9;
constexpr int kGlyphHeight = 17;
constexpr int kGlyphCount = 70;
constexpr int kLineHeight = 21;

using Glyph = std::array<std::uint8_t, kGlyphWidth * kGlyphHeight>;
struct Color {
  int r, g, b;
};

/// Coverage of a few strokes one to two pixels wide, smoothed.
Glyph make_glyph(std::minstd_rand& random) {
  std::array<int, kGlyphWidth * kGlyphHeight> ink{};
  for (int stroke = 0; stroke < 4; ++stroke) {
    int x = 1 + static_cast<int>(random() % 6);
    int y = 3 + static_cast<int>(random() % 10);
    const int dx = static_cast<int>(random() % 3) - 1;
    const int dy = dx == 0 ? 1 : static_cast<int>(random() % 3) - 1;
    for (int step = 0; step < 8; ++step, x += dx, y += dy) {
      if (x > 0 && x < kGlyphWidth - 2 && y > 1 && y < kGlyphHeight - 2) {
        ink[static_cast<std::size_t>(y * kGlyphWidth + x)] = 255;
        ink[static_cast<std::size_t>(y * kGlyphWidth + x + 1)] = 160;
      }
    }
  }
  Glyph glyph{};
  for (std::size_t i = 1; i + 1 < ink.size(); ++i) {
    glyph[i] = static_cast<std::uint8_t>((ink[i - 1] + 6 * ink[i] + ink[i + 1]) / 8);
  }
  return glyph;
}

class Screen {
 public:
  explicit Screen(Size size)
      : size_(size), bytes_(static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) * 3) {}

  void fill(int left, int top, int width, int height, Color color) {
    for (int y = top; y < std::min(top + height, size_.height); ++y) {
      for (int x = left; x < std::min(left + width, size_.width); ++x) {
        blend(x, y, color, 255);
      }
    }
  }

  void draw(const Glyph& glyph, int left, int top, Color ink) {
    for (int y = 0; y < kGlyphHeight && top + y < size_.height; ++y) {
      for (int x = 0; x < kGlyphWidth && left + x < size_.width; ++x) {
        blend(left + x, top + y, ink, glyph[static_cast<std::size_t>(y * kGlyphWidth + x)]);
      }
    }
  }

  Bytes take() { return std::move(bytes_); }

 private:
  void blend(int x, int y, Color color, int coverage) {
    const auto at =
        (static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) + static_cast<std::size_t>(x)) * 3;
    const std::array<int, 3> ink = {color.r, color.g, color.b};
    for (std::size_t c = 0; c < 3; ++c) {
      const int ground = static_cast<int>(bytes_[at + c]);
      bytes_[at + c] = static_cast<std::byte>((ground * (255 - coverage) + ink[c] * coverage + 127) / 255);
    }
  }

  Size size_;
  Bytes bytes_;
};

}  // namespace

Bytes text_screen(Size size) {
  std::minstd_rand random(11);
  std::vector<Glyph> glyphs;
  for (int i = 0; i < kGlyphCount; ++i) {
    glyphs.push_back(make_glyph(random));
  }
  constexpr std::array<Color, 5> kInks = {
      {{171, 178, 191}, {198, 120, 221}, {152, 195, 121}, {97, 175, 239}, {229, 192, 123}}};
  Screen screen(size);
  screen.fill(0, 0, size.width, size.height, {40, 44, 52});
  screen.fill(size.width / 2, 0, size.width / 2 + 1, size.height, {250, 250, 250});
  for (int pane = 0; pane < 2; ++pane) {
    const int left = pane * size.width / 2 + 12;
    for (int top = 8; top + kLineHeight < size.height; top += kLineHeight) {
      int x = left + static_cast<int>(random() % 4) * 2 * kGlyphWidth;
      const int end = left + static_cast<int>(random() % static_cast<unsigned>(std::max(1, size.width / 2 - 24)));
      while (x < end) {
        const Color ink = pane == 1 ? Color{34, 34, 34} : kInks[random() % kInks.size()];
        for (unsigned letters = 2 + random() % 8; letters > 0 && x < end; --letters, x += kGlyphWidth) {
          screen.draw(glyphs[std::min(random() % kGlyphCount, random() % kGlyphCount)], x, top, ink);
        }
        x += kGlyphWidth;
      }
    }
  }
  return screen.take();
}

}  // namespace imagepacker
