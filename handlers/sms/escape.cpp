#include "handlers/sms/escape.h"

namespace northstar::sms {
namespace {

constexpr char kHexUpper[] = "0123456789ABCDEF";

bool unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

/// U+FFFE and U+FFFF are well-formed UTF-8 but not characters of XML (XML 1.0 section 2.2).
bool noncharacter_at(std::string_view text, std::size_t i) {
  return text.size() - i >= 3 && text[i] == '\xEF' && text[i + 1] == '\xBF' &&
         (text[i + 2] == '\xBE' || text[i + 2] == '\xBF');
}

}  // namespace

void append_xml(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      case '\r': out += "&#13;"; break;  // a bare one would be read as a line feed
      case '\n':
      case '\t': out += c; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) break;
        if (noncharacter_at(text, i)) {
          i += 2;
          break;
        }
        out += c;
    }
  }
}

void append_json(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHexUpper[static_cast<unsigned char>(c) >> 4];
          out += kHexUpper[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
  }
}

void append_form(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (unreserved(byte)) {
      out += c;
    } else {
      out += '%';
      out += kHexUpper[byte >> 4];
      out += kHexUpper[byte & 15];
    }
  }
}

void append_escaped(std::string& out, std::string_view text, Escape escape) {
  switch (escape) {
    case Escape::none: out += text; break;
    case Escape::xml: append_xml(out, text); break;
    case Escape::json: append_json(out, text); break;
    case Escape::form: append_form(out, text); break;
  }
}

void append_pair(std::string& out, std::string_view name, std::string_view value) {
  if (!out.empty()) out += '&';
  append_form(out, name);
  out += '=';
  append_form(out, value);
}

}  // namespace northstar::sms
