// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints PSNR and SSIM of the luma of two 8-bit PPM files as JSON.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

struct Luma {
  int width = 0;
  int height = 0;
  std::vector<double> samples;

  [[nodiscard]] double at(int x, int y) const {
    return samples[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

bool read_luma(const char* path, Luma& luma) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  int max_value = 0;
  file >> magic >> luma.width >> luma.height >> max_value;
  file.get();
  if (!file || magic != "P6" || max_value != 255) {
    return false;
  }
  luma.samples.resize(static_cast<std::size_t>(luma.width) * static_cast<std::size_t>(luma.height));
  std::vector<std::uint8_t> rgb(luma.samples.size() * 3);
  file.read(reinterpret_cast<char*>(rgb.data()), static_cast<std::streamsize>(rgb.size()));
  for (std::size_t i = 0; i < luma.samples.size(); ++i) {
    luma.samples[i] = 0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2];
  }
  return bool(file);
}

double psnr(const Luma& a, const Luma& b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    squares += (a.samples[i] - b.samples[i]) * (a.samples[i] - b.samples[i]);
  }
  return 10 * std::log10(255.0 * 255.0 * static_cast<double>(a.samples.size()) / std::max(squares, 1e-9));
}

/// SSIM (Wang et al. 2004) of one 8×8 window.
double window_ssim(const Luma& a, const Luma& b, int left, int top) {
  constexpr int kSide = 8;
  constexpr double kCount = kSide * kSide;
  double sum_a = 0, sum_b = 0, sum_aa = 0, sum_bb = 0, sum_ab = 0;
  for (int y = top; y < top + kSide; ++y) {
    for (int x = left; x < left + kSide; ++x) {
      const double va = a.at(x, y);
      const double vb = b.at(x, y);
      sum_a += va;
      sum_b += vb;
      sum_aa += va * va;
      sum_bb += vb * vb;
      sum_ab += va * vb;
    }
  }
  const double mean_a = sum_a / kCount;
  const double mean_b = sum_b / kCount;
  const double variance_a = sum_aa / kCount - mean_a * mean_a;
  const double variance_b = sum_bb / kCount - mean_b * mean_b;
  const double covariance = sum_ab / kCount - mean_a * mean_b;
  constexpr double kC1 = 0.01 * 255 * 0.01 * 255;
  constexpr double kC2 = 0.03 * 255 * 0.03 * 255;
  return (2 * mean_a * mean_b + kC1) * (2 * covariance + kC2) /
         ((mean_a * mean_a + mean_b * mean_b + kC1) * (variance_a + variance_b + kC2));
}

double ssim(const Luma& a, const Luma& b) {
  double sum = 0;
  std::int64_t windows = 0;
  for (int y = 0; y + 8 <= a.height; y += 4) {
    for (int x = 0; x + 8 <= a.width; x += 4) {
      sum += window_ssim(a, b, x, y);
      ++windows;
    }
  }
  return sum / static_cast<double>(std::max<std::int64_t>(windows, 1));
}

}  // namespace

int main(int argc, char** argv) {
  Luma a;
  Luma b;
  if (argc != 3 || !read_luma(argv[1], a) || !read_luma(argv[2], b) || a.width != b.width || a.height != b.height) {
    std::cerr << "usage: imagepacker-score A.ppm B.ppm   (8 bit, of one size)\n";
    return 2;
  }
  std::cout << "{\"psnr\": " << psnr(a, b) << ", \"ssim\": " << ssim(a, b) << "}\n";
  return 0;
}
