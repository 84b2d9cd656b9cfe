// Any bytes as a webhook's body, query and signature: none may be accepted without the token, none may upset the parser.
#include <algorithm>
#include <string_view>

#include "handlers/sms/twilio_signature.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar::sms;
  using northstar::fuzz::require;
  static const TwilioSignature signature("a token that the fuzzer does not know", "https://a.example/sms/main");
  const std::string_view bytes = northstar::fuzz::bytes_of(data, size);
  const std::string_view given = bytes.substr(0, std::min<std::size_t>(28, size)), body = bytes.substr(given.size());
  Form form;
  if (form.parse(body)) {
    for (const Field& field : form.fields()) require(valid_utf8(field.name) && valid_utf8(field.value), "fields are UTF-8");
    form.sort();
    require(!signature.matches({true, body}, form.fields(), given), "no form is accepted without the token");
  } else {
    require(form.fields().empty(), "what is no form has no fields");
  }
  require(!signature.matches_body({true, body}, body, given), "no body is accepted without the token");
  return 0;
}
