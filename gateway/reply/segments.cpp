#include "gateway/reply/segments.h"
