#include "handlers/kannel/status_address.h"

#include "handlers/sms/vendor.h"

namespace northstar::kannel {
namespace {

/// Kannel reads '%' as the beginning of an escape, also in the address of our own.
void append_literal(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '%') out += '%';
    out += c;
  }
}

}  // namespace

std::string status_proof(std::string_view secret, std::string_view entry_id) {
  return sms::hex(sms::hmac_sha256(secret, "receipt of " + std::string(entry_id))).substr(0, 32);
}

std::string network_error(std::string_view octets) {
  if (octets.size() != 3) return {};
  const int code = static_cast<unsigned char>(octets[1]) << 8 | static_cast<unsigned char>(octets[2]);
  return code == 0 ? std::string() : std::to_string(code);
}

std::string status_address(std::string_view public_url, std::string_view secret, std::string_view entry_id) {
  std::string out;
  append_literal(out, public_url);
  out.append("/status?id=").append(entry_id);
  out.append("&proof=").append(status_proof(secret, entry_id));
  return out + "&type=%d&error=%#smpp#dlr_err#";
}

}  // namespace northstar::kannel
