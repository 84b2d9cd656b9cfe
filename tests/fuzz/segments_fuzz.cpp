// Any bytes as a text to be sent: its parts are as many as were counted, none is empty, and together they are the text.
#include <string>

#include "gateway/reply/segments.h"
#include "handlers/sms/form.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace northstar;
  const std::string_view text = fuzz::bytes_of(data, size);
  const auto encoding = reply::encode_sms(text);
  const auto parts = reply::cut_sms(text);
  const auto beyond = reply::first_beyond_gsm(text);
  fuzz::require(encoding.segments >= 1, "an empty text is one part");
  if (!sms::valid_utf8(text)) return 0;
  fuzz::require(encoding.ucs2 == !beyond.empty(), "one letter beyond GSM makes all of it UCS-2");
  std::string whole;
  for (const std::string& part : parts) {
    fuzz::require(sms::valid_utf8(part), "no part ends inside a letter");
    whole += part;
  }
  fuzz::require(whole == text, "the parts together are the text");
  return 0;
}
