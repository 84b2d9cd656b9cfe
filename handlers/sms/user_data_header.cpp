#include "handlers/sms/user_data_header.h"

namespace northstar::sms {

UserDataHeader read_elements(std::string_view elements) {
  UserDataHeader out;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(elements[i]); };
  for (std::size_t i = 0; i + 1 < elements.size();) {
    const std::uint8_t element = at(i), size = at(i + 1);
    const std::size_t from = i + 2;
    if (from + size > elements.size()) break;
    const bool narrow = element == 0x00 && size == 3, wide = element == 0x08 && size == 4;
    if (narrow || wide) {
      const int total = at(from + size - 2), number = at(from + size - 1);
      if (number >= 1 && number <= total)
        out = {static_cast<std::uint16_t>(wide ? at(from) << 8 | at(from + 1) : at(from)), wide, number, total, out.port_addressed};
    }
    out.port_addressed = out.port_addressed || element == 0x04 || element == 0x05;
    i = from + size;
  }
  return out;
}

std::string part_set(bool wide, unsigned reference, int total) {
  return (wide ? "w" : "n") + std::to_string(reference) + "/" + std::to_string(total);
}

}  // namespace northstar::sms
