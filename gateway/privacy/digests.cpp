#include "gateway/privacy/digests.h"
