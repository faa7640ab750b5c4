// SPDX-License-Identifier: LGPL-2.1-or-later
#include "color/h273_codes.h"

#include <array>

namespace imagepacker {
namespace {

constexpr std::array kPrimaries = {Primaries::bt709,       Primaries::unspecified, Primaries::bt470m,
                                   Primaries::bt470bg,     Primaries::smpte170m,   Primaries::smpte240m,
                                   Primaries::film,        Primaries::bt2020,      Primaries::smpte_st428,
                                   Primaries::smpte_rp431, Primaries::smpte_eg432, Primaries::ebu3213};
constexpr std::array kTransfers = {Transfer::bt709,  Transfer::unspecified, Transfer::gamma22,   Transfer::gamma28,
                                   Transfer::bt601,  Transfer::smpte240m,   Transfer::linear,    Transfer::log100,
                                   Transfer::log316, Transfer::srgb,        Transfer::bt2020_10, Transfer::bt2020_12,
                                   Transfer::pq,     Transfer::hlg};
constexpr std::array kMatrices = {Matrix::rgb,     Matrix::bt709, Matrix::unspecified, Matrix::fcc,
                                  Matrix::bt470bg, Matrix::bt601, Matrix::smpte240m,   Matrix::bt2020_ncl};

template <class Enum, std::size_t Count>
std::optional<Enum> find_code(const std::array<Enum, Count>& all, int code) {
  for (const Enum one : all) {
    if (static_cast<int>(one) == code) {
      return one;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Primaries> primaries_of_code(int code) {
  return find_code(kPrimaries, code);
}

std::optional<Transfer> transfer_of_code(int code) {
  return find_code(kTransfers, code);
}

std::optional<Matrix> matrix_of_code(int code) {
  return find_code(kMatrices, code);
}

}  // namespace imagepacker
