// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "imagepacker/result.h"

struct zimg_filter_graph;

namespace imagepacker {

/// How samples lie along one axis before and after scaling: target sample i is in the middle of
/// [begin + i · extent / target_count, begin + (i + 1) · extent / target_count], where source sample j covers [j, j +
/// 1].
struct AxisScaling {
  int source_count = 0;
  int target_count = 0;
  double begin = 0;
  double extent = 0;
};

/// Resamples a plane of 16-bit samples row by row with zimg's Spline36, widened where pictures shrink so that nothing
/// aliases. Integer arithmetic: results are the same on every CPU.
class RowResampler {
 public:
  /// Fills `row` of the source into `out`, source_count samples of the horizontal axis.
  using ReadRow = std::function<void(int row, std::uint16_t* out)>;
  /// Takes `row` of the target.
  using WriteRow = std::function<void(int row, const std::uint16_t* samples)>;

  /// How many source samples beyond its own position a target sample may read when one target sample stands for `ratio`
  /// source samples.
  static int reach(double ratio);

  /// Errors: codec_failed with zimg's text, out_of_memory.
  static Result<RowResampler> create(const AxisScaling& horizontal, const AxisScaling& vertical);

  /// Reads every source row in order and writes every target row in order. The callbacks throw nothing but
  /// std::bad_alloc. Errors: as create.
  Status run(const ReadRow& read, const WriteRow& write) const;

 private:
  struct FreeGraph {
    void operator()(zimg_filter_graph* graph) const;
  };
  using Graph = std::unique_ptr<zimg_filter_graph, FreeGraph>;

  RowResampler(Graph graph, int source_width, int target_width, int source_height, int target_height)
      : graph_(std::move(graph)),
        source_width_(source_width),
        target_width_(target_width),
        source_height_(source_height),
        target_height_(target_height) {}

  Graph graph_;
  int source_width_;
  int target_width_;
  int source_height_;
  int target_height_;
};

}  // namespace imagepacker
