#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "gateway/app/phone/carrier.h"

namespace northstar::app {
namespace {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '*') {
      out += static_cast<char>(c);
    } else if (c == ' ') {
      out += '+';
    } else {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
  } else if (code < 0x10000) {
    out += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
            static_cast<char>(0x80 | (code & 0x3f))};
  } else if (code < 0x110000) {
    out += {static_cast<char>(0xf0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 0x3f)),
            static_cast<char>(0x80 | (code >> 6 & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
  }
}

std::string entities_resolved(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.front() == '&' ? text.find(';') : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    std::string_view name = text.substr(1, end - 1);
    const auto* named = std::ranges::find(kNamed, name, [](const auto& entry) { return entry.first; });
    if (named != kNamed.end()) {
      out += named->second;
    } else if (name.starts_with('#')) {
      const bool hex = name.starts_with("#x");
      name.remove_prefix(hex ? 2 : 1);
      std::uint32_t code = 0;
      std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
      append_utf8(out, code);
    }
    text.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

std::string encode_form(const Form& form) {
  std::string out;
  for (const auto& [name, value] : form) {
    if (!out.empty()) out += '&';
    out += percent_encoded(name) + "=" + percent_encoded(value);
  }
  return out;
}

Form decode_form(std::string_view body) {
  Form form;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view field = body.substr(0, end);
    const std::size_t equals = std::min(field.find('='), field.size());
    form.emplace_back(percent_decoded(field.substr(0, equals)),
                      percent_decoded(field.substr(std::min(equals + 1, field.size()))));
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return form;
}

std::string sign_form(std::string_view token, std::string_view url, Form form) {
  std::ranges::sort(form);
  std::string covered(url);
  for (const auto& [name, value] : form) covered += name + value;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()), reinterpret_cast<const unsigned char*>(covered.data()),
       covered.size(), digest.data(), &size);
  std::string base64(4 * ((size + 2) / 3) + 1, '\0');
  base64.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(base64.data()), digest.data(), static_cast<int>(size))));
  return base64;
}

std::optional<std::vector<std::string>> texts_of_twiml(std::string_view xml) {
  if (xml.find("<Response") == std::string_view::npos) return std::nullopt;
  std::vector<std::string> texts;
  constexpr std::string_view kOpen = "<Message", kClose = "</Message>";
  for (std::size_t at = xml.find(kOpen); at != std::string_view::npos; at = xml.find(kOpen, at)) {
    const std::size_t begin = xml.find('>', at);
    const std::size_t end = xml.find(kClose, at);
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return std::nullopt;
    std::string_view inside = xml.substr(begin + 1, end - begin - 1);
    if (inside.starts_with("<Body>") && inside.ends_with("</Body>")) {
      inside = inside.substr(6, inside.size() - 13);
    }
    texts.push_back(entities_resolved(inside));
    at = end + kClose.size();
  }
  return texts;
}

}  // namespace northstar::app
