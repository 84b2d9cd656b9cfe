#pragma once
#include "gateway/base/result.h"

namespace northstar::app {

/// No core dumps, for this process and every child (R71, R79), and no other process of the same user may read its memory.
Result<void> forbid_core_dumps();

/// Whether the machine may write memory to a disk. Swap that lives in compressed RAM (zram) does not count.
bool swap_is_on();

}  // namespace northstar::app
