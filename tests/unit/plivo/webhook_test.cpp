#include <gmock/gmock.h>

#include <chrono>
#include <ctime>
#include <mutex>

#include "handlers/plivo/plivo.h"
#include "handlers/sms/escape.h"
#include "tests/unit/net/listener.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/stand_in.h"

namespace northstar::plivo {
namespace {

using namespace net::test;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kToken = "token-of-the-test";
constexpr const char* kUrl = "https://hooks.example.org/sms/main";
constexpr const char* kId = "b48d95dc-e3ac-11eb-a9c2-0242ac110005";

std::string form(const Fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields) sms::append_pair(body, name, value);
  return body;
}
std::string sign(const std::string& url, const std::string& nonce, const std::string& token = kToken) {
  return net::base64(sms::hmac_sha256(token, url + nonce));
}
constexpr const char* kForm = "Content-Type: application/x-www-form-urlencoded\r\n";
std::string request(const std::string& target, const Fields& fields, const std::string& signature, const std::string& nonce) {
  return post(target, form(fields),
              std::string(kForm) + "X-Plivo-Signature-V2: " + signature + "\r\nX-Plivo-Signature-V2-Nonce: " + nonce + "\r\n");
}
const Fields kText{{"MessageUUID", kId}, {"From", "16195550101"}, {"To", "55501"}, {"Text", " help \xF0\x9F\x98\x80 "},
                   {"Type", "sms"},      {"Units", "1"}};
Fields changed(const std::string& name, const std::string& value, Fields fields = kText) {
  for (auto& field : fields)
    if (field.first == name) return field.second = value, fields;
  fields.emplace_back(name, value);
  return fields;
}
Fields without(const std::string& name) {
  Fields fields = kText;
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  return fields;
}
/// As Plivo's API tells of a text; times as it writes them.
std::string record(const std::string& from = "16195550101", const std::string& to = "55501", const std::string& direction = "inbound",
                   std::chrono::minutes age = 0min, const std::string& id = kId) {
  const std::time_t then = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - age + 330min);
  char time[32];
  std::strftime(time, sizeof time, "%F %T.799021", std::gmtime(&then));
  return R"({"api_id":"a","message_uuid":")" + id + R"(","message_direction":")" + direction + R"(","from_number":")" + from +
         R"(","to_number":")" + to + R"(","message_state":"received","message_time":")" + time + R"(+05:30","units":1})";
}

class PlivoWebhook : public testing::Test {
 protected:
  ~PlivoWebhook() override {
    client.reset();
    loop.run([this] {
      server.reset();
      api.reset();
    });
  }
  /// With the read-back where there is a vendor to ask, else with a path secret.
  void serve(const StandIn* vendor = nullptr, const std::function<void(PlivoConfig&)>& change = {}, net::Limits limits = {}) {
    PlivoConfig config;
    config.public_url = kUrl;
    config.auth_id = "MA123";
    config.auth_token = kToken;
    config.read_back = vendor != nullptr;
    if (vendor) config.api.origin = net::parse_url(vendor->base())->origin;
    if (change) change(config);
    loop.run([&] {
      server.reset();
      api = std::make_unique<net::HttpClient>(loop.io);
      auto router = std::make_shared<net::Router>();
      add_routes(*router, "main", config, listener, *api, metrics.channel("main"), [this](net::Receipt receipt) {
        const std::lock_guard lock(listener.mutex);
        receipts.push_back(std::move(receipt));
      });
      server.emplace(loop.io, router, limits);
      if (!server->listen("127.0.0.1", 0)) throw std::runtime_error("cannot listen");
    });
    client.emplace(server->port());
  }
  std::string ask(const std::string& bytes) {
    client->send(bytes);
    return client->response();
  }
  std::string next_nonce() { return std::to_string(5429567804466000000 + ++nonces); }
  std::string text(const Fields& fields, const std::string& url = kUrl, const std::string& target = "/sms/main") {
    const std::string nonce = next_nonce();
    return ask(request(target, fields, sign(url, nonce), nonce));
  }

  net::Metrics metrics;
  Listener listener;
  std::vector<net::Receipt> receipts;
  Loop loop;
  std::unique_ptr<net::HttpClient> api;
  std::optional<net::Server> server;
  std::optional<Client> client;
  std::uint64_t nonces = 0;
};

TEST_F(PlivoWebhook, a_text_that_plivos_api_knows_reaches_the_conversations_as_it_was_written) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, record()}; });
  serve(&vendor);
  const std::string response = text(kText);
  EXPECT_EQ(status_of(response), 200);
  EXPECT_EQ(body_of(response), R"(<?xml version="1.0" encoding="UTF-8"?><Response></Response>)");
  EXPECT_THAT(response, HasSubstr("\r\nContent-Type: application/xml; charset=utf-8\r\n"));
  ASSERT_EQ(listener.got.size(), 1u);
  const net::Inbound& inbound = listener.got[0];
  EXPECT_EQ(inbound.channel, "main");
  EXPECT_EQ(inbound.service, "55501");
  EXPECT_EQ(inbound.address.reveal(), "+16195550101");
  EXPECT_EQ(inbound.text.reveal(), " help \xF0\x9F\x98\x80 ");
  EXPECT_EQ(inbound.message_id, kId);
  EXPECT_FALSE(inbound.media);
  EXPECT_FALSE(listener.was_inline);
  EXPECT_GT(listener.left, 3s);
  const auto seen = vendor.seen();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_THAT(seen[0].head, HasSubstr("GET /v1/Account/MA123/Message/" + std::string(kId) + "/ HTTP/1.1\r\n"));
  EXPECT_THAT(seen[0].head, HasSubstr("Authorization: Basic " + net::base64("MA123:" + std::string(kToken)) + "\r\n"));
}

TEST_F(PlivoWebhook, a_signed_text_that_is_not_the_one_the_api_knows_is_refused) {
  std::string answer;
  StandIn vendor([&](const auto&) { return StandIn::Answer{200, answer}; });
  serve(&vendor);
  for (const std::string& other :
       {record("16195550199"), record("16195550101", "55502"), record("16195550101", "55501", "outbound"),
        record("16195550101", "55501", ""), record("16195551***"), record("16195550101", "55***"),
        record("16195550101", "55501", "inbound", 73h), record("16195550101", "55501", "inbound", 0min, "another"), std::string("{}")}) {
    answer = other;
    EXPECT_EQ(status_of(text(kText)), 403) << other;
  }
  EXPECT_THAT(listener.got, IsEmpty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"signature\"} 9"));
  answer = record("16195550***", "55501", "inbound", 71h);
  EXPECT_EQ(status_of(text(kText)), 200) << "Plivo was asked to keep no whole numbers";
  answer = R"({"message_direction":"inbound","from_number":"+16195550101","to_number":"55501"})";
  EXPECT_EQ(status_of(text(kText)), 200) << "no time and no id in the record";
  EXPECT_EQ(listener.got.size(), 2u);
}

// R90: Plivo posts again after a minute, two and four.
TEST_F(PlivoWebhook, when_the_api_cannot_say_the_answer_is_an_honest_503_and_the_next_try_gets_in) {
  StandIn::Answer answer;
  std::mutex mutex;
  StandIn vendor([&](const auto&) {
    const std::lock_guard lock(mutex);
    return answer;
  });
  serve(&vendor, {}, net::Limits{.answer_time = 2500ms});
  const std::string bytes = request("/sms/main", kText, sign(kUrl, "42"), "42");
  for (const auto& bad :
       {StandIn::Answer{500, ""}, StandIn::Answer{401, ""}, StandIn::Answer{403, ""}, StandIn::Answer{429, ""},
        StandIn::Answer{200, "not json"}, StandIn::Answer{302, ""}, StandIn::Answer{.drop = true}, StandIn::Answer{.hang = true}}) {
    {
      const std::lock_guard lock(mutex);
      answer = bad;
    }
    const std::string response = ask(bytes);
    EXPECT_EQ(status_of(response), 503) << bad.status;
    EXPECT_THAT(response, HasSubstr("\r\nRetry-After: "));
  }
  EXPECT_THAT(listener.got, IsEmpty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"away\"} 8"));
  {
    const std::lock_guard lock(mutex);
    answer = StandIn::Answer{200, record()};
  }
  EXPECT_EQ(status_of(ask(bytes)), 200) << "the same request, nonce and all";
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(PlivoWebhook, a_vendor_that_is_gone_is_a_503_too) {
  std::optional<StandIn> vendor(std::in_place, [](const auto&) { return StandIn::Answer{200, record()}; });
  serve(&*vendor);
  vendor.reset();
  EXPECT_EQ(status_of(text(kText)), 503);
  EXPECT_THAT(listener.got, IsEmpty());
}

TEST_F(PlivoWebhook, a_record_that_comes_to_be_just_behind_the_webhook_is_waited_for) {
  std::atomic<int> asked{0};
  StandIn vendor(
      [&](const auto&) { return ++asked < 3 ? StandIn::Answer{404, R"({"error":"not found"})"} : StandIn::Answer{200, record()}; });
  serve(&vendor);
  EXPECT_EQ(status_of(text(kText)), 200);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(PlivoWebhook, a_text_that_the_api_does_not_know_is_never_handed_over) {
  StandIn vendor([](const auto&) { return StandIn::Answer{404, R"({"error":"not found"})"}; });
  serve(&vendor);
  EXPECT_EQ(status_of(text(kText)), 503);
  EXPECT_EQ(vendor.seen().size(), 3u);
  EXPECT_THAT(listener.got, IsEmpty());
}

TEST_F(PlivoWebhook, only_what_is_signed_is_asked_about_and_an_id_stays_inside_its_path) {
  StandIn vendor([](const auto&) { return StandIn::Answer{200, record()}; });
  serve(&vendor);
  EXPECT_EQ(status_of(ask(request("/sms/main", kText, sign(kUrl, "1", "other-token"), "1"))), 403);
  for (const char* id : {"../../MA999/Message/x", "a?b", "a b", "a%2fb", "a\r\nX: y", "\xC3\xB1"})
    EXPECT_EQ(status_of(text(changed("MessageUUID", id))), 400) << id;
  EXPECT_THAT(vendor.seen(), IsEmpty());
  EXPECT_THAT(listener.got, IsEmpty());
}

TEST_F(PlivoWebhook, texts_that_wait_for_the_api_together_keep_their_own_words_and_numbers) {
  StandIn vendor([](const StandIn::Seen& seen) {
    std::this_thread::sleep_for(300ms);
    const auto at = seen.head.find("/Message/") + 9;
    const std::string id = seen.head.substr(at, 3);
    return StandIn::Answer{200, record("1619555010" + id.substr(2), "55501", "inbound", 0min, id)};
  });
  serve(&vendor);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 8; ++i) {
    const std::string digit = std::to_string(i), nonce = next_nonce();
    const Fields fields{
        {"MessageUUID", "id" + digit}, {"From", "1619555010" + digit}, {"To", "55501"}, {"Text", "words of " + digit}, {"Type", "sms"}};
    clients.push_back(std::make_unique<Client>(server->port()));
    clients.back()->send(request("/sms/main", fields, sign(kUrl, nonce), nonce));
  }
  for (const auto& each : clients) EXPECT_EQ(status_of(each->response()), 200);
  ASSERT_EQ(listener.got.size(), 8u);
  for (const net::Inbound& inbound : listener.got) {
    const std::string digit = inbound.message_id.substr(2);
    EXPECT_EQ(inbound.address.reveal(), "+1619555010" + digit);
    EXPECT_EQ(inbound.text.reveal(), "words of " + digit);
  }
}

TEST_F(PlivoWebhook, wrong_missing_and_doubled_signatures_are_refused_and_nothing_gets_in) {
  serve();
  const std::string right = sign(kUrl, "7"), headers = std::string(kForm) + "X-Plivo-Signature-V2: " + right + "\r\n";
  for (const std::string& bytes :
       {request("/sms/main", kText, sign(kUrl, "8"), "7"), request("/sms/main", kText, "", "7"), request("/sms/main", kText, right, ""),
        post("/sms/main", form(kText), kForm), post("/sms/main", form(kText), headers),
        post("/sms/main", form(kText), std::string(kForm) + "X-Plivo-Signature-V2-Nonce: 7\r\n"),
        request("/sms/main", kText, sign(kUrl, "7", "other-token"), "7"),
        request("/sms/main", kText, sign("https://evil.example/sms/main", "7"), "7"), request("/sms/main/status", kText, right, "7"),
        request("/sms/main", kText, sign(kUrl, "/status7"), "/status7"),
        request("/sms/main", kText, sign(std::string(kUrl) + "/status", "7"), "7"),
        post("/sms/main", form(kText), headers + "X-Plivo-Signature-V2: " + right + "\r\nX-Plivo-Signature-V2-Nonce: 7\r\n"),
        post("/sms/main", form(kText), headers + "X-Plivo-Signature-V2-Nonce: 7\r\nX-Plivo-Signature-V2-Nonce: 7\r\n"),
        post("/sms/main", form(kText), std::string(kForm) + "X-Plivo-Signature: " + right + "\r\nX-Plivo-Signature-V2-Nonce: 7\r\n"),
        post("/sms/main", form(kText),
             std::string(kForm) + "X-Forwarded-Host: evil.example\r\nX-Plivo-Signature-V2: " + sign("https://evil.example/sms/main", "7") +
                 "\r\nX-Plivo-Signature-V2-Nonce: 7\r\n")}) {
    Client fresh(server->port());
    fresh.send(bytes);
    EXPECT_EQ(status_of(fresh.response()), 403) << bytes;
  }
  EXPECT_THAT(listener.got, IsEmpty());
  EXPECT_EQ(status_of(ask(request("/sms/main", kText, right, "7"))), 200) << "and the right one still is accepted";
}

TEST_F(PlivoWebhook, the_main_accounts_signature_the_port_and_a_query_are_no_hindrance) {
  serve();
  EXPECT_EQ(status_of(ask(post("/sms/main", form(kText),
                               std::string(kForm) + "X-Plivo-Signature-V2: " + sign(kUrl, "1", "subaccounts-token") +
                                   "\r\nX-Plivo-Signature-Ma-V2: " + sign(kUrl, "1") + "\r\nX-Plivo-Signature-V2-Nonce: 1\r\n"))),
            200);
  EXPECT_EQ(status_of(text(kText, "https://hooks.example.org:443/sms/main")), 200);
  EXPECT_EQ(status_of(text(kText, kUrl, "/sms/main?a=b")), 200) << "V2 leaves the query out";
  EXPECT_EQ(listener.got.size(), 3u);
}

TEST_F(PlivoWebhook, a_nonce_carries_one_text_and_that_one_as_often_as_plivo_posts_it) {
  serve();
  const auto under = [&](const std::string& nonce, const Fields& fields) {
    return status_of(ask(request("/sms/main", fields, sign(kUrl, nonce), nonce)));
  };
  EXPECT_EQ(under("1", kText), 200);
  EXPECT_EQ(under("1", kText), 200);
  for (const char* field : {"Text", "From", "To", "MessageUUID"}) EXPECT_EQ(under("1", changed(field, "16195550177")), 403) << field;
  EXPECT_EQ(under("1", changed("Type", "mms")), 403);
  EXPECT_EQ(under("1", changed("Units", "2")), 200) << "what nobody reads may differ";
  EXPECT_EQ(under("2", changed("Text", "another")), 200);
  EXPECT_EQ(listener.got.size(), 4u);
}

TEST_F(PlivoWebhook, all_threads_share_one_memory_of_nonces) {
  const auto shared = std::make_shared<Nonces>();
  const auto share = [&](PlivoConfig& config) { config.nonces = shared; };
  serve(nullptr, share);
  const std::string signature = sign(kUrl, "1");
  EXPECT_EQ(status_of(ask(request("/sms/main", kText, signature, "1"))), 200);
  serve(nullptr, share);  // another router, as another thread has
  EXPECT_EQ(status_of(ask(request("/sms/main", changed("Text", "other"), signature, "1"))), 403);
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(PlivoWebhook, with_a_path_secret_only_that_path_is_there_and_the_signature_covers_it) {
  const std::string secret = "0123456789abcdef", url = std::string(kUrl) + "/" + secret;
  serve(nullptr, [&](PlivoConfig& config) { config.path_secret = secret; });
  EXPECT_EQ(status_of(text(kText)), 404);
  EXPECT_EQ(status_of(text(kText, url, "/sms/main/0123456789abcdeg")), 404);
  EXPECT_EQ(status_of(text(kText, kUrl, "/sms/main/" + secret)), 403);
  EXPECT_EQ(status_of(text(kText, url, "/sms/main/" + secret)), 200);
  EXPECT_EQ(status_of(text({{"MessageUUID", "u"}, {"Status", "sent"}}, url + "/status", "/sms/main/" + secret + "/status")), 204);
  EXPECT_EQ(status_of(text({{"MessageUUID", "u"}, {"Status", "sent"}}, std::string(kUrl) + "/status", "/sms/main/status")), 404);
  EXPECT_EQ(listener.got.size(), 1u);
}

TEST_F(PlivoWebhook, without_a_token_everything_is_refused) {
  serve(nullptr, [](PlivoConfig& config) { config.auth_token.clear(); });
  EXPECT_EQ(status_of(ask(request("/sms/main", kText, sign(kUrl, "7", ""), "7"))), 403);
  EXPECT_EQ(status_of(ask(request("/sms/main/status", kText, sign(std::string(kUrl) + "/status", "7", ""), "7"))), 403);
  EXPECT_THAT(listener.got, IsEmpty());
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"no_credential\"} 2"));
}

TEST_F(PlivoWebhook, broken_encodings_missing_fields_and_other_content_get_4xx_without_echo) {
  serve();
  const auto raw = [&](std::string_view body, std::string_view type) {
    const std::string nonce = next_nonce();
    return ask(post("/sms/main", body,
                    "Content-Type: " + std::string(type) + "\r\nX-Plivo-Signature-V2: " + sign(kUrl, nonce) +
                        "\r\nX-Plivo-Signature-V2-Nonce: " + nonce + "\r\n"));
  };
  const char* kFormType = "application/x-www-form-urlencoded; charset=UTF-8";
  EXPECT_EQ(status_of(raw("Text=%zzcanary", kFormType)), 400);
  EXPECT_EQ(status_of(raw("Text=%ffcanary", kFormType)), 400);
  EXPECT_EQ(status_of(raw("", kFormType)), 400);
  EXPECT_EQ(status_of(raw("canary", "text/plain")), 415);
  EXPECT_EQ(status_of(raw("{}", "application/json")), 415);
  EXPECT_EQ(status_of(raw("canary", "multipart/form-data; boundary=x")), 415);
  EXPECT_EQ(status_of(ask(post("/sms/main", "canary"))), 415);
  EXPECT_THAT(raw("Text=%zzcanary", kFormType), Not(HasSubstr("canary")));
  for (const char* field : {"MessageUUID", "From", "To", "Text"}) EXPECT_EQ(status_of(text(without(field))), 400) << field;
  for (const char* field : {"MessageUUID", "From", "To"}) EXPECT_EQ(status_of(text(changed(field, ""))), 400) << field;
  for (const char* field : {"MessageUUID", "From", "To", "Text", "Type"}) {
    Fields twice = kText;
    twice.emplace_back(field, "16195550102");
    EXPECT_EQ(status_of(text(twice)), 400) << field << ": which of the two?";
  }
  EXPECT_EQ(status_of(text(changed("MessageUUID", std::string(65, 'a')))), 400);
  EXPECT_EQ(status_of(ask("GET /sms/main HTTP/1.1\r\nHost: a\r\n\r\n")), 405);
  EXPECT_THAT(listener.got, IsEmpty());
}

// R43
TEST_F(PlivoWebhook, pictures_are_named_and_never_fetched_and_their_words_are_kept) {
  serve();
  Fields picture = without("Text");
  picture = changed("Type", "mms", picture);
  picture.emplace_back("Body", "look");
  picture.emplace_back("Media0", "https://media.plivo.com/x");
  EXPECT_EQ(status_of(text(picture)), 200);
  EXPECT_EQ(status_of(text(changed("Type", "mms", without("Text")))), 200) << "a picture without words";
  EXPECT_EQ(status_of(text(changed("MediaCount", "1"))), 200);
  EXPECT_EQ(status_of(text(changed("MediaCount", "0"))), 200);
  EXPECT_EQ(status_of(text(without("Type"))), 200) << "sms when not said";
  ASSERT_EQ(listener.got.size(), 5u);
  EXPECT_EQ(listener.got[0].text.reveal(), "look");
  EXPECT_EQ(listener.got[1].text.reveal(), "");
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(listener.got[i].media, i < 3) << i;
}

TEST_F(PlivoWebhook, what_is_no_text_is_left_alone_and_names_and_short_codes_are_never_answered) {
  serve();
  listener.reply = {.kind = net::Reply::Kind::text, .text = MessageText("hello"), .entry_id = "e"};
  EXPECT_EQ(status_of(text(changed("Type", "whatsapp"))), 200);
  for (const char* from : {"MYBANK", "22000", "AMZN 2FA"}) {
    const std::string response = text(changed("From", from));
    EXPECT_EQ(status_of(response), 200) << from;
    EXPECT_THAT(body_of(response), Not(HasSubstr("hello"))) << from;
  }
  EXPECT_THAT(listener.got, IsEmpty());
}

TEST_F(PlivoWebhook, numbers_without_a_plus_are_whole_numbers_of_any_country) {
  serve();
  text(changed("From", "447700900123"));
  text(changed("From", "+16195550101", changed("To", "18005550100")));
  ASSERT_EQ(listener.got.size(), 2u);
  EXPECT_EQ(listener.got[0].address.reveal(), "+447700900123");
  EXPECT_EQ(listener.got[1].address.reveal(), "+16195550101");
  EXPECT_EQ(listener.got[1].service, "+18005550100");
}

// R17
TEST_F(PlivoWebhook, a_text_that_plivos_keyword_handling_has_seen_is_still_handed_over) {
  serve(nullptr, [](PlivoConfig& config) { config.service = "55599"; });
  EXPECT_EQ(status_of(text(changed("MessageIntent", "optout", changed("Text", "STOP")))), 200);
  ASSERT_EQ(listener.got.size(), 1u);
  EXPECT_EQ(listener.got[0].text.reveal(), "STOP");
  EXPECT_EQ(listener.got[0].service, "55599") << "the configured short code";
}

TEST_F(PlivoWebhook, when_the_store_is_away_the_answer_is_an_honest_503) {
  serve();
  listener.reply.kind = net::Reply::Kind::away;
  const std::string response = text(kText);
  EXPECT_EQ(status_of(response), 503);
  EXPECT_THAT(response, HasSubstr("\r\nRetry-After: "));
  EXPECT_THAT(response, Not(HasSubstr("<Response")));
}

// R26
TEST_F(PlivoWebhook, receipts_are_verified_against_their_own_address_and_read) {
  serve();
  const std::string url = std::string(kUrl) + "/status";
  const auto receipt = [&](const Fields& fields, const std::string& signed_url) {
    return status_of(text(fields, signed_url, "/sms/main/status"));
  };
  const Fields dropped{{"MessageUUID", "u-1"}, {"Status", "undelivered"}, {"ErrorCode", "30"}, {"To", "16195550101"}};
  EXPECT_EQ(receipt(dropped, kUrl), 403) << "signed for another address";
  EXPECT_EQ(receipt({{"MessageUUID", "u-1"}}, url), 400);
  EXPECT_EQ(receipt({{"Status", "sent"}}, url), 400);
  EXPECT_EQ(receipt({{"MessageUUID", "u/1"}, {"Status", "sent"}}, url), 400);
  EXPECT_EQ(receipt({{"MessageUUID", "u-1"}, {"Status", "sent"}, {"Status", "delivered"}}, url), 400);
  using Status = net::Receipt::Status;
  struct Row {
    const char *status, *code;
    Status expected;
    const char* expected_code;
    bool filtered;
  };
  const std::vector<Row> rows{{"undelivered", "30", Status::undelivered, "30", true},
                              {"delivered", "000", Status::delivered, "", false},
                              {"delivered", "", Status::delivered, "", false},
                              {"queued", "", Status::under_way, "", false},
                              {"sending", "", Status::under_way, "", false},
                              {"sent", "words", Status::under_way, "", false},
                              {"failed", "200", Status::failed, "200", false},
                              {"rejected", "100", Status::undelivered, "100", false},
                              {"undelivered", "300", Status::undelivered, "300", false}};
  for (const Row& row : rows)
    EXPECT_EQ(receipt({{"MessageUUID", "u-2"}, {"Status", row.status}, {"ErrorCode", row.code}}, url), 204) << row.status;
  const std::lock_guard lock(listener.mutex);
  ASSERT_EQ(receipts.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(receipts[i].channel, "main");
    EXPECT_EQ(receipts[i].message_id, "u-2");
    EXPECT_EQ(receipts[i].status, rows[i].expected) << rows[i].status;
    EXPECT_EQ(receipts[i].error_code, rows[i].expected_code) << rows[i].status;
    EXPECT_EQ(receipts[i].filtered, rows[i].filtered) << rows[i].status;
  }
}

TEST_F(PlivoWebhook, a_receipts_nonce_carries_no_other_receipt) {
  serve();
  const std::string url = std::string(kUrl) + "/status", signature = sign(url, "5");
  const auto receipt = [&](const char* status) {
    return status_of(ask(request("/sms/main/status", {{"MessageUUID", "u"}, {"Status", status}}, signature, "5")));
  };
  EXPECT_EQ(receipt("sent"), 204);
  EXPECT_EQ(receipt("sent"), 204) << "Plivo tries again";
  EXPECT_EQ(receipt("failed"), 403);
  EXPECT_EQ(receipts.size(), 2u);
}

}  // namespace
}  // namespace northstar::plivo
