#pragma once
#include <string>
#include <string_view>

/// Putting people's words inside other formats, so that they stay words there.
namespace northstar::sms {

enum class Escape { none, xml, json, form };

/// Element content or an attribute's value. Characters that XML 1.0 has no way to write are left out.
void append_xml(std::string& out, std::string_view text);
/// The inside of a JSON string, without its quotes.
void append_json(std::string& out, std::string_view text);
/// One name or value of a form or a query (RFC 3986 unreserved characters stay).
void append_form(std::string& out, std::string_view text);
void append_escaped(std::string& out, std::string_view text, Escape escape);

/// `a=b&c=d`, each part escaped.
void append_pair(std::string& out, std::string_view name, std::string_view value);

}  // namespace northstar::sms
