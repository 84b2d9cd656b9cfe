#pragma once
#include <chrono>
#include <string_view>

#include "gateway/net/http.h"
#include "handlers/sms/http.h"

namespace northstar::sms {

/// Whether a request shows what `receive` asks for. Compares in constant time; an empty secret accepts nothing.
/// `now` judges the timestamp of a signature.
bool authentic(const HttpReceive& receive, const net::Request& request, std::chrono::sys_seconds now);

}  // namespace northstar::sms
