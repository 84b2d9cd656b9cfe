#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "gateway/net/http_client.h"
#include "gateway/net/number.h"
#include "handlers/plivo/errors.h"
#include "handlers/plivo/nonces.h"
#include "handlers/plivo/record.h"
#include "handlers/plivo/signature.h"

namespace northstar::plivo {
namespace {

using net::Delivery;
using namespace std::chrono_literals;

std::string sign(const std::string& token, const std::string& message) { return net::base64(sms::hmac_sha256(token, message)); }

TEST(Signature, the_address_counts_with_the_usual_port_and_without) {
  const Signature signature("token", "https://a.example/sms/main");
  EXPECT_TRUE(signature.matches("7", sign("token", "https://a.example/sms/main7")));
  EXPECT_TRUE(signature.matches("7", sign("token", "https://a.example:443/sms/main7")));
  EXPECT_FALSE(signature.matches("7", sign("token", "https://a.example:444/sms/main7")));
  EXPECT_FALSE(signature.matches("7", sign("token", "http://a.example/sms/main7")));
}

// Nothing stands between address and nonce: ".../main/status" + "7" and ".../main" + "/status7" are the same bytes.
TEST(Signature, a_receipts_signature_does_not_open_the_door_of_texts) {
  const std::string receipt = sign("token", "https://a.example/sms/main/status7");
  EXPECT_TRUE(Signature("token", "https://a.example/sms/main/status").matches("7", receipt));
  EXPECT_FALSE(Signature("token", "https://a.example/sms/main").matches("/status7", receipt));
  for (const char* bad : {"", "a/b", "a b", "a?b", "a#b", "\xC3\xB1", "a\nb"}) EXPECT_FALSE(is_nonce(bad)) << bad;
  EXPECT_TRUE(is_nonce("05429567804466091622"));
  EXPECT_TRUE(is_nonce(std::string(128, '1')));
  EXPECT_FALSE(is_nonce(std::string(129, '1')));
}

TEST(Signature, an_empty_token_accepts_nothing) {
  EXPECT_FALSE(Signature("", "https://a.example/x").matches("7", sign("", "https://a.example/x7")));
}

TEST(Nonces, one_carries_only_what_it_carried_first_and_the_oldest_is_forgotten) {
  Nonces nonces(2);
  EXPECT_TRUE(nonces.may_carry("a", "one"));
  EXPECT_TRUE(nonces.may_carry("a", "one")) << "Plivo tries again";
  EXPECT_FALSE(nonces.may_carry("a", "two"));
  EXPECT_TRUE(nonces.may_carry("b", "two"));
  EXPECT_FALSE(nonces.may_carry("a", "two")) << "two are kept";
  EXPECT_TRUE(nonces.may_carry("c", "three"));
  EXPECT_FALSE(nonces.may_carry("b", "other"));
  EXPECT_TRUE(nonces.may_carry("a", "two")) << "the oldest had to go";
}

TEST(Nonces, of_many_threads_with_one_nonce_only_one_text_gets_through) {
  for (int round = 0; round < 20; ++round) {
    Nonces nonces;
    std::atomic<int> through{0};
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] { through += nonces.may_carry("n", std::to_string(i)); });
    }
    EXPECT_EQ(through, 1);
  }
}

TEST(Record, times_are_read_with_any_offset_and_nonsense_is_none) {
  const Instant noon = Instant(std::chrono::sys_days(std::chrono::year(2021) / 7 / 13)) + 12h + 4min + 6s;
  for (const char* text : {"2021-07-13 12:04:06", "2021-07-13 12:04:06.799021", "2021-07-13 12:04:06.799021+00:00",
                           "2021-07-13T12:04:06.924044Z", "2021-07-13 17:34:06.799021+05:30", "2021-07-13 04:04:06-08:00",
                           "2021-07-13 04:04:06-0800"})
    EXPECT_EQ(read_time(text), noon) << text;
  for (const char* text : {"", "soon", "2021-07-13", "2021-02-30 12:04:06", "2021-07-13 25:04:06", "2021-07-13 12:04:06 PST",
                           "2021-07-13 12:04:06+5", "2021-07-13 12:04:06.1x", "2021-07-13 12:04:06+ab:cd"})
    EXPECT_EQ(read_time(text), std::nullopt) << text;
}

TEST(Record, numbers_are_the_same_with_and_without_plus_and_where_digits_are_starred) {
  EXPECT_EQ(net::with_plus("16195550101"), "+16195550101");
  EXPECT_EQ(net::with_plus("447700900123"), "+447700900123");
  EXPECT_EQ(net::with_plus("55501"), "55501");
  EXPECT_EQ(net::with_plus("+16195550101"), "+16195550101");
  EXPECT_EQ(net::with_plus("MYBANK"), "MYBANK");
  EXPECT_TRUE(same_number("+16195550101", "16195550101"));
  EXPECT_FALSE(same_number("16195550102", "16195550101"));
  EXPECT_FALSE(same_number("", ""));
  EXPECT_TRUE(may_be_number("16195550101", "+16195550101"));
  EXPECT_TRUE(may_be_number("16195550***", "16195550101"));
  EXPECT_TRUE(may_be_number("161XXXXX101", "16195550101"));
  EXPECT_FALSE(may_be_number("16195551***", "16195550101"));
  EXPECT_FALSE(may_be_number("1619555***", "16195550101")) << "a shorter one";
  EXPECT_FALSE(may_be_number("1619******1", "16195550101")) << "too little is left to tell";
  EXPECT_FALSE(may_be_number("55***", "55501")) << "a short code is nobody's secret";
  EXPECT_FALSE(may_be_number("", ""));
  EXPECT_FALSE(may_be_number("***", "YOU")) << "stars stand for digits";
}

TEST(SendErrors, a_sentence_of_plivos_says_what_to_do) {
  struct Row {
    int status;
    const char* sentence;
    Delivery delivery;
  };
  for (const Row& row : {Row{400, "'1111111' is not a valid phone number.", Delivery::refused},
                         Row{400, "invalid phone numbers.", Delivery::refused},
                         Row{400, "'55501' is not a valid phone number.", Delivery::misconfigured},
                         Row{400, "Insufficient Credit", Delivery::misconfigured},
                         Row{402, "", Delivery::misconfigured},
                         Row{429, "too many requests", Delivery::throttled},
                         Row{400, "rate_limit_exceeded", Delivery::throttled},
                         Row{403, "Geo permission not enabled", Delivery::refused},
                         Row{403, "", Delivery::misconfigured},
                         Row{401, "authentication_failed", Delivery::misconfigured},
                         Row{404, "not found", Delivery::misconfigured},
                         Row{405, "", Delivery::misconfigured},
                         Row{500, "src", Delivery::failed},
                         Row{503, "", Delivery::failed},
                         Row{504, "", Delivery::unknown},
                         Row{302, "", Delivery::misconfigured},
                         Row{400, "src is missing", Delivery::misconfigured},
                         Row{400, "powerpack uuid does not exist", Delivery::misconfigured},
                         Row{400, "something else", Delivery::refused},
                         Row{400, "", Delivery::refused}}) {
    const SendError error = send_error(row.status, row.sentence, "55501");
    EXPECT_EQ(error.delivery, row.delivery) << row.status << " " << row.sentence;
    EXPECT_FALSE(error.reason.empty()) << row.status << " " << row.sentence;
  }
  for (const SendError& error : kSendErrors) EXPECT_FALSE(error.reason.empty()) << error.words;
}

}  // namespace
}  // namespace northstar::plivo
