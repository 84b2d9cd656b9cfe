#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/app/config/values.h"
#include "gateway/base/result.h"
#include "gateway/base/sensitive.h"
#include "gateway/base/time.h"

namespace northstar::app {

using Form = std::vector<std::pair<std::string, std::string>>;

/// `a=1&b=x+y`, and back.
std::string encode_form(const Form& form);
Form decode_form(std::string_view body);

/// X-Twilio-Signature: base64 of HMAC-SHA1 over the address and, sorted by name, every name and value.
std::string sign_form(std::string_view token, std::string_view url, Form form);

/// The texts of `<Response><Message>…</Message></Response>`, entities resolved. Nothing when it is no such answer.
std::optional<std::vector<std::string>> texts_of_twiml(std::string_view xml);

/// Stands where the aggregator stands, between the demonstration's phone and a running gateway: carries texts to the
/// gateway's own webhook, signed as Twilio signs, and takes what the gateway sends through the aggregator's API.
/// `deliver` and `ahead` block; texts from the API arrive on a thread of the carrier's.
class Carrier {
 public:
  struct Line {
    std::string channel;
    Endpoint gateway;          ///< the public listener
    Endpoint operations;
    std::string signed_url;    ///< the channel's public_url
    std::string account_sid;
    std::string token;
    std::string short_code;
    std::optional<Endpoint> api;  ///< where to stand in for the API; nothing: elsewhere
  };
  /// A text that the gateway sent through the API.
  using Arrival = std::function<void(const PhoneNumber& to, MessageText text)>;

  Carrier(Line line, Arrival arrival);
  ~Carrier();
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  /// Begins to listen as the API. Refused when another phone already does.
  Result<void> open();
  /// Carries one text; gives the replies that came back in the webhook's answer.
  Result<std::vector<std::string>> deliver(const PhoneNumber& from, const MessageText& text);
  /// Moves the gateway's clock.
  Result<void> ahead(Millis by);

 private:
  struct Wire;
  Line line_;
  Arrival arrival_;
  std::unique_ptr<Wire> wire_;
};

}  // namespace northstar::app
