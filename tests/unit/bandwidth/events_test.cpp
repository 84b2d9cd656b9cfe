#include "handlers/bandwidth/events.h"

#include <gtest/gtest.h>

#include <string>

#include "handlers/bandwidth/errors.h"

namespace northstar::bandwidth {
namespace {

using Kind = Event::Kind;
using Status = net::Receipt::Status;

constexpr const char* kApplication = "93de2206-9669-4e07-948d-329f4b722ee2";

std::string message(const std::string& more) {
  return R"("message":{"id":"m1","time":"2026-11-24T23:05:10Z","to":["55501"],"from":"+16195550101",)"
         R"("applicationId":"93de2206-9669-4e07-948d-329f4b722ee2","owner":"55501","direction":"in","segmentCount":1)" +
         more + "}";
}
std::string received(const std::string& more = R"(,"text":"help")") {
  return R"({"type":"message-received","time":"2026-11-24T23:05:10Z","description":"Incoming message received","to":"55501",)" +
         message(more) + "}";
}
Event one(const std::string& element, const char* application = kApplication) {
  const auto events = read_events("[" + element + "]", application);
  EXPECT_TRUE(events && events->size() == 1) << element;
  return events && events->size() == 1 ? events->front() : Event();
}
std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(BandwidthEvents, a_text_is_read_as_it_was_written) {
  const Event event = one(received(R"(,"text":" S\u00ed \ud83d\ude00\n","media":null)"));
  EXPECT_EQ(event.kind, Kind::text);
  EXPECT_EQ(event.from, "+16195550101");
  EXPECT_EQ(event.to, "55501");
  EXPECT_EQ(event.text, " S\xC3\xAD \xF0\x9F\x98\x80\n");
  EXPECT_EQ(event.id, "m1");
  EXPECT_FALSE(event.media);
}

TEST(BandwidthEvents, a_blank_text_without_words_is_still_a_text) {
  EXPECT_EQ(one(received("")).kind, Kind::text);
  EXPECT_EQ(one(received(R"(,"text":"")")).kind, Kind::text);
  EXPECT_EQ(one(received(R"(,"text":null)")).kind, Kind::text);
}

TEST(BandwidthEvents, the_owner_is_the_service_written_to_and_the_events_to_stands_in_for_it) {
  const std::string group = changed(received(), R"("to":["55501"])", R"("to":["+16195550199","55501"])");
  EXPECT_EQ(one(group).to, "55501");
  EXPECT_EQ(one(changed(received(), R"("owner":"55501",)", "")).to, "55501");
  EXPECT_EQ(one(changed(changed(received(), R"("owner":"55501",)", ""), R"("to":"55501",)", "")).kind, Kind::malformed);
}

TEST(BandwidthEvents, a_missing_or_odd_field_makes_its_element_malformed) {
  for (const std::string& element :
       {std::string("1"), std::string("null"), std::string("\"x\""), std::string("[]"), std::string("{}"),
        changed(received(), R"("type":"message-received",)", ""), changed(received(), R"("type":"message-received")", R"("type":7)"),
        changed(received(), R"("id":"m1",)", ""), changed(received(), R"("id":"m1")", R"("id":"")"),
        changed(received(), R"("id":"m1")", R"("id":7)"), changed(received(), "m1", std::string(65, 'm')),
        changed(received(), R"("from":"+16195550101",)", ""), changed(received(), R"("from":"+16195550101")", R"("from":["a"])"),
        changed(received(), R"("message":{)", R"("massage":{)"), received(R"(,"text":5)"), received(R"(,"text":"x","media":"y")")})
    EXPECT_EQ(one(element).kind, Kind::malformed) << element;
}

TEST(BandwidthEvents, a_field_there_twice_makes_its_own_element_malformed_and_no_other) {
  const std::string twice = received(R"(,"text":"stop","text":"go")");
  const auto events = read_events("[" + received() + "," + twice + "," + received() + ",7," + received() + "]", kApplication);
  ASSERT_TRUE(events && events->size() == 5);
  EXPECT_EQ((*events)[0].kind, Kind::text);
  EXPECT_EQ((*events)[1].kind, Kind::malformed);
  EXPECT_EQ((*events)[2].kind, Kind::text);
  EXPECT_EQ((*events)[3].kind, Kind::malformed);
  EXPECT_EQ((*events)[4].kind, Kind::text);
  EXPECT_EQ(one(changed(received(), R"("from":)", R"("fr\u006fm":"+16195550102","from":)")).kind, Kind::malformed)
      << "the same name, written with an escape";
  EXPECT_EQ(one(changed(received(), R"("to":"55501",)", R"("to":"55501","to":"55502",)")).kind, Kind::malformed);
}

TEST(BandwidthEvents, what_is_no_json_array_is_no_callback) {
  for (const std::string& body : {std::string(""), std::string("{}"), received(), std::string("[") + received(), "[" + received() + "] x",
                                  std::string("null"), std::string("[\"\xFF\"]"), std::string(200, '[')})
    EXPECT_FALSE(read_events(body, kApplication)) << body;
  ASSERT_TRUE(read_events("[]", kApplication));
  EXPECT_TRUE(read_events("[]", kApplication)->empty());
}

TEST(BandwidthEvents, a_lone_half_of_a_character_never_comes_out_as_broken_utf8) {
  const auto events = read_events("[" + received(R"(,"text":"\ud83d")") + "]", kApplication);
  EXPECT_TRUE(!events || events->front().kind == Kind::malformed);
}

TEST(BandwidthEvents, another_applications_events_are_told_apart_and_case_does_not_matter) {
  EXPECT_EQ(one(received(), "another").kind, Kind::elsewhere);
  EXPECT_EQ(one(received(), "").kind, Kind::text);
  EXPECT_EQ(one(received(), "93DE2206-9669-4E07-948D-329F4B722EE2").kind, Kind::text);
  EXPECT_EQ(one(changed(received(), "applicationId", "application")).kind, Kind::elsewhere) << "not shown to be ours";
}

TEST(BandwidthEvents, our_own_text_come_back_and_unknown_kinds_ask_nothing) {
  EXPECT_EQ(one(changed(received(), R"("direction":"in")", R"("direction":"out")")).kind, Kind::other);
  EXPECT_EQ(one(changed(received(), "message-received", "message-of-tomorrow")).kind, Kind::other);
}

// R43
TEST(BandwidthEvents, pictures_cards_and_places_are_media_and_a_phones_layout_is_not) {
  const auto media = [](const std::string& text, const std::string& list) {
    return one(received(R"(,"text":")" + text + R"(","media":[)" + list + "]")).media;
  };
  EXPECT_TRUE(media("look", R"("https://m.example/1/bw.png")"));
  EXPECT_TRUE(media("", R"("https://m.example/1/me.vcf")"));
  EXPECT_TRUE(media("look", R"("https://m.example/1/0.smil","https://m.example/1/bw.png")"));
  EXPECT_TRUE(media("look", "7"));
  EXPECT_FALSE(media("a long text", R"("https://m.example/1/0.smil","https://m.example/1/1.TXT?x=1")"));
  EXPECT_FALSE(media("a long text", R"("https://m.example/1/0.xml")"));
  EXPECT_TRUE(media("", R"("https://m.example/1/1.txt")")) << "the words are only in the file";
  EXPECT_FALSE(media("help", ""));
  EXPECT_TRUE(one(changed(received(""), "message-received", "request-location-response")).media);
  EXPECT_TRUE(one(received(R"(,"locationResponse":{"latitude":1})")).media);
}

TEST(BandwidthEvents, words_in_the_places_of_a_rich_message_are_read) {
  EXPECT_EQ(one(received(R"(,"content":{"text":"help"})")).text, "help");
  EXPECT_EQ(one(changed(received(R"(,"suggestionResponse":{"text":"Yes","postbackData":"eA=="})"), "message-received",
                        "suggestion-response"))
                .text,
            "Yes");
}

std::string receipt(const std::string& type, const std::string& more = "") {
  return R"({"type":")" + type + R"(","time":"2026-11-24T23:05:10Z","description":"x","to":"+16195550101")" + more + "," +
         changed(message(R"(,"text":"","tag":"entry")"), R"("direction":"in")", R"("direction":"out")") + "}";
}

TEST(BandwidthEvents, receipts_say_what_became_of_a_text) {
  struct Row {
    const char* type;
    const char* code;
    Status status;
    bool filtered;
  };
  for (const Row& row :
       {Row{"message-sending", "", Status::under_way, false}, Row{"message-sent", "", Status::under_way, false},
        Row{"message-delivered", "", Status::delivered, false}, Row{"message-read", "", Status::delivered, false},
        Row{"message-failed", "", Status::failed, false}, Row{"message-failed", "4470", Status::failed, true},
        Row{"message-failed", "4770", Status::undelivered, true},
        Row{"message-failed", "4771", Status::undelivered, true},
        Row{"message-failed", "4720", Status::undelivered, false},
        Row{"message-failed", "4775", Status::undelivered, false},
        Row{"message-failed", "4750", Status::undelivered, false}, Row{"message-failed", "4432", Status::failed, false},
        Row{"message-failed", "4001", Status::failed, false}, Row{"message-failed", "5106", Status::failed, false},
        Row{"message-failed", "5620", Status::undelivered, false},
        Row{"message-failed", "9999", Status::undelivered, false},
        Row{"message-failed", "9902", Status::under_way, false},
        Row{"message-delivered", "4470", Status::delivered, false}}) {
    const std::string code = *row.code ? std::string(R"(,"errorCode":)") + row.code : "";
    const Event event = one(receipt(row.type, code));
    EXPECT_EQ(event.kind, Kind::receipt) << row.type;
    EXPECT_EQ(event.id, "m1");
    EXPECT_EQ(event.status, row.status) << row.type << " " << row.code;
    EXPECT_EQ(event.filtered, row.filtered) << row.type << " " << row.code;
    EXPECT_EQ(event.error_code, row.code);
  }
}

TEST(BandwidthEvents, an_error_code_is_digits_or_nothing) {
  EXPECT_EQ(one(receipt("message-failed", R"(,"errorCode":"4770")")).error_code, "4770");
  for (const char* odd : {"-4770", "\"words\"", "null", "4.5", "123456789", "[4770]", "0"})
    EXPECT_EQ(one(receipt("message-failed", std::string(R"(,"errorCode":)") + odd)).error_code, "") << odd;
}

TEST(BandwidthEvents, a_receipt_needs_its_id_and_our_application) {
  EXPECT_EQ(one(changed(receipt("message-delivered"), R"("id":"m1",)", "")).kind, Kind::malformed);
  EXPECT_EQ(one(receipt("message-delivered"), "another").kind, Kind::elsewhere);
}

}  // namespace
}  // namespace northstar::bandwidth
