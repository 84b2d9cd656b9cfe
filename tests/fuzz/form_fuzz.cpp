// Any bytes as a webhook's body, query and signature: none may be accepted without the token, none may upset the parser.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "handlers/sms/twilio_signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar::sms;
  static const TwilioSignature signature("a token that the fuzzer does not know", "https://a.example/sms/main");
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view given = bytes.substr(0, std::min<std::size_t>(28, size)), body = bytes.substr(given.size());
  Form form;
  if (form.parse(body)) {
    for (const Field& field : form.fields())
      if (!valid_utf8(field.name) || !valid_utf8(field.value)) std::abort();
    form.sort();
    if (signature.matches({true, body}, form.fields(), given)) std::abort();
  } else if (!form.fields().empty()) {
    std::abort();
  }
  if (signature.matches_body({true, body}, body, given)) std::abort();
  return 0;
}
