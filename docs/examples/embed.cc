// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: embed FILE.heic
//
// The library alone, without GStreamer: planes in, bytes out.
//
//   c++ -std=c++20 embed.cc -o embed $(pkg-config --cflags --libs imagepacker-1.0)
#include <imagepacker/imagepacker.h>

#include <fstream>
#include <iostream>
#include <vector>

namespace ip = imagepacker;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: embed FILE.heic\n";
    return 2;
  }
  const ip::Size size{640, 480};
  const std::size_t stride = 640 * 3;
  std::vector<std::byte> pixels(stride * 480);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    pixels[i] = static_cast<std::byte>(i % stride * 255 / stride);
  }
  const ip::ImageFormat format{
      .layout = ip::PixelFormat::rgb,
      .size = size,
      .color = {ip::Primaries::bt709, ip::Transfer::srgb, ip::Matrix::rgb, ip::Range::full, ip::ChromaSite::unspecified},
  };
  ip::TaskPool pool;
  const auto packer = ip::Packer::create(format, {.format = ip::Format::heif, .quality = 90}, pool);
  if (!packer) {
    std::cerr << packer.error().message << '\n';
    return 1;
  }
  ip::Picture picture;
  picture.main = {.format = format, .planes = {ip::Plane{pixels, stride}}};
  ip::VectorSink sink;
  if (const ip::Status status = packer->pack(picture, sink); !status) {
    std::cerr << status.error().message << '\n';
    return 1;
  }
  const ip::Bytes bytes = sink.take();
  std::ofstream file(argv[1], std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  std::cout << bytes.size() << " bytes\n";
  return file ? 0 : 1;
}
