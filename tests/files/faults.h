// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

// A write, fsync, openat, linkat, renameat, renameat2, futimens and dup that stand before the C library's, for the
// plugin too, and do as they are told: in programs of which they are a part, and, by LD_PRELOAD, in those that know
// nothing of them. They pass on what is not about regular files and folders.
//
// The environment of the latter says what is to fail, as fail(), fill_disk_after() and set_nameless_files():
// FAULT_CALL=write FAULT_NUMBER=3 FAULT_ERRNO=5, FAULT_ROOM=4096, FAULT_NAMELESS=0. FAULT_WRITES_OF=4096 makes writes
// take no more bytes than that at once. Each failure is told by kFailureLine on standard error.
namespace imagepacker::test::faults {

enum class Call { open, write, sync, name, time, duplicate };
struct NamedCall {
  Call call;
  const char* name;
};
inline constexpr NamedCall kCalls[] = {{Call::open, "open"}, {Call::write, "write"}, {Call::sync, "sync"},
                                       {Call::name, "name"}, {Call::time, "time"},   {Call::duplicate, "duplicate"}};
inline constexpr const char* kFailureLine = "a system call was made to fail";

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
