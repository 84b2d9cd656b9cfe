#include "gateway/net/channel.h"
