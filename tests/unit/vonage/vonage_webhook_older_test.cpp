#include <algorithm>

#include "gateway/net/channel.h"
#include "handlers/sms/escape.h"
#include "tests/unit/vonage/door.h"
#include "tests/unit/vonage/signing.h"

namespace northstar::vonage {
namespace {

using namespace net::test;
using namespace test;
using testing::HasSubstr;
using Fields = std::vector<std::pair<std::string, std::string>>;

Fields text_now() {
  return {{"msisdn", "16195550101"},
          {"to", "55501"},
          {"messageId", "0A0000000123ABCD1"},
          {"text", "help & a=b _ \xF0\x9F\x98\x80"},
          {"type", "unicode"},
          {"keyword", "HELP"},
          {"api-key", "a1b2c3d4"},
          {"message-timestamp", "2026-11-24 23:05:08"},
          {"timestamp", std::to_string(seconds_now())},
          {"nonce", "n"}};
}
Fields changed(Fields fields, const std::string& name, const std::string& value) {
  for (auto& field : fields)
    if (field.first == name) return field.second = value, fields;
  fields.emplace_back(name, value);
  return fields;
}
Fields without(Fields fields, const std::string& name) {
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  return fields;
}
Fields in_parts(const std::string& number, const std::string& total, const std::string& text = "words",
                const std::string& reference = "222") {
  return changed(changed(changed(changed(changed(text_now(), "concat", "true"), "concat-ref", reference), "concat-total", total),
                         "concat-part", number),
                 "text", text);
}
/// By HMAC-SHA256, in capitals, as Vonage writes it.
Fields sealed(Fields fields, const std::string& secret = "the-signature-secret") {
  std::ranges::sort(fields);
  std::string line;
  for (auto [name, value] : fields) {
    std::ranges::replace_if(value, [](char c) { return c == '&' || c == '='; }, '_');
    line += "&" + name + "=" + value;
  }
  std::string sig = digits(hmac(EVP_sha256(), secret, line));
  for (char& c : sig)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  fields.emplace_back("sig", sig);
  return fields;
}
std::string form(const Fields& fields) {
  std::string body;
  for (const auto& [name, value] : fields)
    sms::append_pair(body, name, value);
  return body;
}
std::string json(const Fields& fields) {
  std::string body = "{";
  for (const auto& [name, value] : fields) {
    body += (body.size() > 1 ? ",\"" : "\"") + name + "\":\"";
    sms::append_json(body, value);
    body += '"';
  }
  return body + "}";
}
std::string as_form(const std::string& body, const std::string& target = "/sms/main") {
  return post(target, body, "Content-Type: application/x-www-form-urlencoded\r\n");
}
std::string as_json(const std::string& body, const std::string& target = "/sms/main") {
  return post(target, body, "Content-Type: application/json\r\n");
}
std::string as_query(const std::string& query, const std::string& target = "/sms/main") {
  return "GET " + target + "?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

class VonageOlder : public test::Door {
 protected:
  static VonageConfig older() {
    VonageConfig config = standard();
    config.signature = VonageConfig::Signature::older;
    config.hash = Hash::sha256;
    return config;
  }
  int text(const Fields& fields) { return net::test::status_of(ask(as_form(form(sealed(fields))))); }
  int receipt(const Fields& fields) { return net::test::status_of(ask(as_form(form(sealed(fields)), "/sms/main/status"))); }
};

TEST_F(VonageOlder, a_signed_text_is_read_from_a_form_from_json_and_from_a_query) {
  serve(older());
  const Fields fields = sealed(text_now());
  for (const std::string& bytes : {as_form(form(fields)), as_json(json(fields)), as_query(form(fields))})
    EXPECT_EQ(net::test::status_of(ask(bytes)), 200) << bytes;
  ASSERT_EQ(listener.got.size(), 3u);
  for (const net::Inbound& inbound : listener.got) {
    EXPECT_EQ(inbound.service, "55501");
    EXPECT_EQ(inbound.address.reveal(), "+16195550101");
    EXPECT_EQ(inbound.text.reveal(), "help & a=b _ \xF0\x9F\x98\x80");
    EXPECT_EQ(inbound.message_id, "0A0000000123ABCD1");
    EXPECT_FALSE(inbound.media);
  }
  EXPECT_FALSE(listener.was_inline);
}

TEST_F(VonageOlder, each_method_is_the_one_that_is_configured) {
  VonageConfig config = older();
  config.hash = Hash::md5hash;
  serve(config);
  EXPECT_EQ(text(text_now()), 403) << "signed with SHA-256";
  Fields fields = text_now();
  std::ranges::sort(fields);
  std::vector<sms::Field> views;
  for (const auto& [name, value] : fields)
    views.push_back({name, value});
  fields.emplace_back("sig", *older_signature(Hash::md5hash, kSecret, views));
  EXPECT_EQ(net::test::status_of(ask(as_form(form(fields)))), 200);
}

TEST_F(VonageOlder, wrong_missing_and_stale_signatures_are_refused_and_nothing_gets_in) {
  serve(older());
  const Fields right = sealed(text_now());
  for (const Fields& fields :
       {changed(right, "text", "other"), changed(right, "msisdn", "16195550102"), without(right, "sig"), changed(right, "sig", ""),
        changed(right, "added", "1"), without(right, "nonce"), sealed(text_now(), "another"),
        sealed(changed(text_now(), "timestamp", std::to_string(seconds_now() - 400))),
        sealed(changed(text_now(), "timestamp", std::to_string(seconds_now() + 400))), sealed(without(text_now(), "timestamp")),
        sealed(changed(text_now(), "timestamp", "now")), sealed(changed(text_now(), "api-key", "other"))}) {
    EXPECT_EQ(net::test::status_of(ask(as_form(form(fields)))), 403) << form(fields);
    EXPECT_EQ(net::test::status_of(ask(as_json(json(fields)))), 403) << json(fields);
    EXPECT_EQ(net::test::status_of(ask(as_query(form(fields)))), 403) << form(fields);
  }
  EXPECT_EQ(net::test::status_of(ask(as_query(form(right), "/sms/main/status"))), 400) << "a text is no receipt";
  EXPECT_EQ(net::test::status_of(ask(post("/sms/main", "{}", "Content-Type: application/json\r\nAuthorization: Bearer x\r\n"))), 403);
  EXPECT_TRUE(listener.got.empty());
  EXPECT_TRUE(receipts.empty());
}

TEST_F(VonageOlder, without_a_secret_everything_is_refused) {
  VonageConfig config = older();
  config.signature_secret.clear();
  serve(config);
  EXPECT_EQ(net::test::status_of(ask(as_form(form(sealed(text_now(), ""))))), 403);
  EXPECT_THAT(metrics.text(), HasSubstr("reason=\"no_credential\"} 1"));
}

TEST_F(VonageOlder, other_content_is_415_and_broken_or_half_messages_are_400) {
  serve(older());
  EXPECT_EQ(net::test::status_of(ask(post("/sms/main", "x", "Content-Type: text/plain\r\n"))), 415);
  EXPECT_EQ(net::test::status_of(ask(as_form("text=%zz"))), 400);
  EXPECT_EQ(net::test::status_of(ask(as_form("text=%ff"))), 400);
  for (const char* broken : {"", "[]", "{", R"({"text":{"a":"b"}})", R"({"text":null})", R"({"text":"a","text":"b"})"})
    EXPECT_EQ(net::test::status_of(ask(as_json(broken))), 400) << broken;
  Fields twice = sealed(text_now());
  twice.emplace_back("msisdn", "16195550102");
  EXPECT_EQ(net::test::status_of(ask(as_form(form(twice)))), 400);
  for (const char* field : {"msisdn", "to", "messageId", "text", "type"})
    EXPECT_EQ(text(without(text_now(), field)), 400) << field;
  for (const char* field : {"msisdn", "to", "messageId", "type"})
    EXPECT_EQ(text(changed(text_now(), field, "")), 400) << field;
  EXPECT_EQ(text(changed(text_now(), "messageId", std::string(65, 'a'))), 400);
  EXPECT_TRUE(listener.got.empty());
}

TEST_F(VonageOlder, parts_are_handed_over_to_be_joined_by_sender_and_set) {
  serve(older());
  EXPECT_EQ(text(in_parts("2", "3", "tu padr\xC3\xA3o ")), 200);
  EXPECT_EQ(text(in_parts("1", "3", "\xF0\x9F\x98\x80")), 200);
  EXPECT_EQ(text(in_parts("1", "3", "x", "7")), 200);
  EXPECT_TRUE(listener.got.empty());
  ASSERT_EQ(listener.parts.size(), 3u);
  const net::InboundPart& part = listener.parts[0];
  EXPECT_EQ(part.of.channel, "main");
  EXPECT_EQ(part.of.service, "55501");
  EXPECT_EQ(part.of.address.reveal(), "+16195550101");
  EXPECT_TRUE(part.of.text.empty());
  EXPECT_TRUE(part.of.message_id.empty());
  EXPECT_EQ(part.number, 2);
  EXPECT_EQ(part.total, 3);
  EXPECT_EQ(part.alphabet, net::InboundPart::kUtf8);
  EXPECT_EQ(part.octets.reveal(), "tu padr\xC3\xA3o ");
  EXPECT_EQ(part.set, listener.parts[1].set);
  EXPECT_NE(part.set, listener.parts[2].set);
  EXPECT_FALSE(listener.was_inline);
  EXPECT_GT(listener.left, 3s);
}

TEST_F(VonageOlder, part_numbers_that_cannot_be_are_ignored_and_the_words_are_kept) {
  serve(older());
  const std::vector<Fields> odd{in_parts("0", "3"),
                                in_parts("4", "3"),
                                in_parts("1", "1"),
                                in_parts("x", "3"),
                                in_parts("1", ""),
                                in_parts("1", "256"),
                                in_parts("-1", "3"),
                                in_parts("1", "3", "words", ""),
                                in_parts("1", "3", "words", "a b"),
                                in_parts("1", "3", "words", std::string(33, '1')),
                                changed(in_parts("1", "3"), "concat", "false"),
                                without(in_parts("1", "3"), "concat-ref")};
  for (const Fields& fields : odd)
    EXPECT_EQ(text(fields), 200);
  EXPECT_TRUE(listener.parts.empty());
  ASSERT_EQ(listener.got.size(), odd.size());
  for (const net::Inbound& inbound : listener.got)
    EXPECT_EQ(inbound.text.reveal(), "words");
}

TEST_F(VonageOlder, a_part_that_cannot_be_kept_is_asked_for_again) {
  serve(older());
  listener.reply.kind = net::Reply::Kind::away;
  const std::string response = ask(as_form(form(sealed(in_parts("1", "2")))));
  EXPECT_EQ(net::test::status_of(response), 503);
  EXPECT_THAT(response, HasSubstr("\r\nRetry-After: "));
}

// R43
TEST_F(VonageOlder, binary_messages_are_media_and_get_one_answer_however_many_parts_they_have) {
  serve(older());
  const auto binary = [](Fields fields) { return changed(without(changed(std::move(fields), "type", "binary"), "text"), "data", "00ff"); };
  EXPECT_EQ(text(binary(text_now())), 200);
  for (const char* number : {"1", "2", "3"})
    EXPECT_EQ(text(binary(in_parts(number, "3"))), 200);
  EXPECT_TRUE(listener.parts.empty());
  ASSERT_EQ(listener.got.size(), 2u);
  for (const net::Inbound& inbound : listener.got)
    EXPECT_TRUE(inbound.media && inbound.text.empty());
}

TEST_F(VonageOlder, names_and_short_codes_are_never_answered_in_parts_either) {
  serve(older());
  for (const char* from : {"MYBANK", "22000"}) {
    EXPECT_EQ(text(changed(text_now(), "msisdn", from)), 200);
    EXPECT_EQ(text(changed(in_parts("1", "2"), "msisdn", from)), 200);
  }
  EXPECT_TRUE(listener.got.empty());
  EXPECT_TRUE(listener.parts.empty());
}

// R26
TEST_F(VonageOlder, receipts_of_the_sms_api_are_read) {
  serve(older());
  using Status = net::Receipt::Status;
  struct Row {
    const char *word, *code;
    Status status;
    const char* kept;
    bool filtered;
  };
  const std::vector<Row> rows{{"delivered", "0", Status::delivered, "", false},  {"accepted", "0", Status::under_way, "", false},
                              {"buffered", "0", Status::under_way, "", false},   {"unknown", "1", Status::under_way, "1", false},
                              {"expired", "2", Status::undelivered, "2", false}, {"failed", "3", Status::failed, "3", false},
                              {"rejected", "6", Status::undelivered, "6", true}, {"failed", "9", Status::failed, "9", false},
                              {"failed", "words", Status::failed, "", false}};
  for (const Row& row : rows)
    EXPECT_EQ(receipt({{"messageId", "0B"},
                       {"msisdn", "16195550101"},
                       {"to", "55501"},
                       {"status", row.word},
                       {"err-code", row.code},
                       {"api-key", "a1b2c3d4"},
                       {"timestamp", std::to_string(seconds_now())}}),
              200);
  EXPECT_EQ(receipt({{"status", "delivered"}, {"timestamp", std::to_string(seconds_now())}}), 400);
  EXPECT_EQ(receipt({{"messageId", "0B"}, {"timestamp", std::to_string(seconds_now())}}), 400);
  const std::lock_guard lock(listener.mutex);
  ASSERT_EQ(receipts.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(receipts[i].message_id, "0B");
    EXPECT_EQ(receipts[i].status, rows[i].status) << i;
    EXPECT_EQ(receipts[i].error_code, rows[i].kept) << i;
    EXPECT_EQ(receipts[i].filtered, rows[i].filtered) << i;
  }
}

TEST_F(VonageOlder, a_receipt_at_the_address_for_texts_is_no_text) {
  serve(older());
  EXPECT_EQ(text({{"messageId", "0B"}, {"msisdn", "16195550101"}, {"to", "55501"}, {"status", "delivered"},
                  {"err-code", "0"}, {"timestamp", std::to_string(seconds_now())}}), 200);
  EXPECT_TRUE(listener.got.empty());
}

TEST_F(VonageOlder, receipts_of_our_own_sends_come_with_a_token_and_are_read_too) {
  serve(older());
  const std::string body = R"({"message_uuid":"u","status":"delivered","channel":"sms"})";
  const auto with = [&](const std::string& key, const std::string& target) {
    const std::string token = hs256(kHeader,
                                    R"({"iss":"Vonage","iat":)" + std::to_string(seconds_now()) + R"(,"api_key":")" + key +
                                        R"(","payload_hash":")" + sha256(body) + R"("})",
                                    kSecret);
    return net::test::status_of(ask(post(target, body, "Content-Type: application/json\r\nAuthorization: Bearer " + token + "\r\n")));
  };
  EXPECT_EQ(with("a1b2c3d4", "/sms/main/status"), 200);
  EXPECT_EQ(with("other", "/sms/main/status"), 403);
  EXPECT_EQ(with("a1b2c3d4", "/sms/main"), 403) << "a token signs no text here";
  ASSERT_EQ(receipts.size(), 1u);
  EXPECT_EQ(receipts[0].message_id, "u");
}

}  // namespace
}  // namespace northstar::vonage
