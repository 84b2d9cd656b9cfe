#include "gateway/store/sessions.h"
