// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

// The program's own write, fsync, openat, linkat, renameat, renameat2, futimens and dup stand before the C library's,
// for the plugin too, and do as they are told. They pass on what is not about regular files and folders.
namespace imagepacker::test::faults {

enum class Call { open, write, sync, name, time, duplicate };
inline constexpr Call kCalls[] = {Call::open, Call::write, Call::sync, Call::name, Call::time, Call::duplicate};

/// From now on: the `nth` call of the kind, counted from 1, fails with `error_number`, once.
void fail(Call call, int nth, int error_number);
/// From now on: bytes that are written before the disk is full.
void fill_disk_after(std::size_t bytes);
/// From now on: every second call is interrupted by a signal, and a write takes 1000 bytes at most.
void disturb();
/// Files without a name can't be made; stays so until it is set anew.
void set_nameless_files(bool can_be);
/// Everything works again. True when something has failed since it was asked for.
bool stop();

}  // namespace imagepacker::test::faults
