#pragma once
#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/channel.h"
#include "gateway/net/http_client.h"
#include "gateway/net/notices.h"
#include "gateway/net/settings.h"

/// What the channels of several aggregators have in common.
namespace northstar::sms {

/// Where a vendor's REST API is.
struct Api {
  net::Origin origin;
  std::string path;  ///< in front of every target; usually empty, never with a slash at its end
};
/// Reads `api_base`.
Api read_api(net::Settings& settings, std::string_view otherwise, bool allow_plain);
/// Reads `public_url`: our webhook as the vendor knows it, without a query. A path in front of a proxy may be any.
std::string read_public_url(net::Settings& settings);

/// Whether every name and string in it is UTF-8: a lone surrogate in an escape is not.
bool all_utf8(const boost::json::value& value);
/// A body that is one JSON object; nothing otherwise, or when a string in it is no UTF-8 (a lone surrogate).
std::optional<boost::json::object> read_object(std::string_view body);
/// A string; empty when there is none of that name.
std::string_view string_at(const boost::json::object& object, std::string_view key);
/// An object inside; an empty one when there is none of that name.
const boost::json::object& object_at(const boost::json::object& object, std::string_view key);

/// A date and a time of day in UTC; nothing where there is no such. The second may be a leap second.
std::optional<Instant> utc_time(int year, int month, int day, int hour, int minute, int second);

/// What an HTTP status says of a text where the vendor says no more. A redirect is never followed: somebody else would
/// get our credentials. 504 and a success that nobody described: the text may have been taken.
net::Delivery delivery_of(int status);
/// A call that got no answer.
net::Sent unanswered(const net::NoAnswer& failure, net::Notices& notices);

/// A text that the vendor did not take; the log says why. `code` is the vendor's own, 0 when there is none.
net::Sent not_taken(net::Notices& notices, net::Delivery delivery, std::string_view reason, int status, int code = 0);

/// Whether two secrets are equal, without telling by its time where they differ or how long they are.
bool same_secret(std::string_view a, std::string_view b);
/// 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view message);
std::string hex(std::string_view bytes);
/// After the scheme's name, which may be in any case (RFC 9110 section 11.1); empty when it is another scheme.
std::string_view credentials(std::string_view header, std::string_view scheme);
/// Whether a time in seconds, one to twelve digits and nothing else, is within `window` of `now`, either way.
bool fresh(std::string_view timestamp, std::chrono::seconds window, std::chrono::sys_seconds now);

/// An error code as receipts carry it: digits, eight at most; empty otherwise.
std::string error_code(std::string_view code);

}  // namespace northstar::sms
