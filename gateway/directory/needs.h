#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "gateway/language/understanding.h"

namespace northstar::directory {

/// Codes of "Northstar service kinds", as in the directory's README.
enum class Service : std::uint8_t {
  advocacy,
  case_management,
  case_management_referral,
  compensation,
  counseling,
  crisis_line,
  crisis_response,
  employment,
  health,
  immigration,
  information_referral,
  interpretation,
  labor_rights,
  law_enforcement,
  legal,
  legal_referral,
  mental_health,
  peer_support,
  residential_treatment,
  shelter,
  shelter_referral,
  transport,
  victim_witness,
  kCount
};
inline constexpr std::array<std::string_view, 23> kServiceCodes{"advocacy",
                                                                "case_management",
                                                                "case_management_referral",
                                                                "compensation",
                                                                "counseling",
                                                                "crisis_line",
                                                                "crisis_response",
                                                                "employment",
                                                                "health",
                                                                "immigration",
                                                                "information_referral",
                                                                "interpretation",
                                                                "labor_rights",
                                                                "law_enforcement",
                                                                "legal",
                                                                "legal_referral",
                                                                "mental_health",
                                                                "peer_support",
                                                                "residential_treatment",
                                                                "shelter",
                                                                "shelter_referral",
                                                                "transport",
                                                                "victim_witness"};
static_assert(kServiceCodes.size() == static_cast<std::size_t>(Service::kCount));

/// Codes of "Northstar populations".
enum class Population : std::uint8_t {
  adults,
  all,
  asian_pacific_islander,
  domestic_violence,
  families,
  immigrants,
  labor_rights_farmworkers,
  labor_trafficking,
  lgbtq,
  men,
  minors,
  native,
  sex_trafficking,
  sexual_violence,
  women,
  workers,
  young_adults,
  kCount
};
inline constexpr std::array<std::string_view, 17> kPopulationCodes{"adults",
                                                                   "all",
                                                                   "asian_pacific_islander",
                                                                   "domestic_violence",
                                                                   "families",
                                                                   "immigrants",
                                                                   "labor_rights_farmworkers",
                                                                   "labor_trafficking",
                                                                   "lgbtq",
                                                                   "men",
                                                                   "minors",
                                                                   "native",
                                                                   "sex_trafficking",
                                                                   "sexual_violence",
                                                                   "women",
                                                                   "workers",
                                                                   "young_adults"};
static_assert(kPopulationCodes.size() == static_cast<std::size_t>(Population::kCount));

using Services = EnumSet<Service>;
using Populations = EnumSet<Population>;

/// What answers a need. `fits` is that kind of help. `stands_in` serves when nobody of that kind covers the county and
/// its people can still do something themselves (find a bed, go along, call round), in which case it comes before
/// sending someone to another county. `for_whom`, when not empty, is required of those who stand in.
struct Answer {
  language::Need need;
  Services best;  ///< the thing itself
  Services fits;  ///< counts as that kind of help
  Services stands_in;
  Populations for_whom;
  bool statewide_serves = false;  ///< help for the whole state by phone is as good as help from the county
  bool lawyer = false;            ///< R98: without one in the county, statewide legal help by phone comes first
};

inline constexpr std::array<Answer, static_cast<std::size_t>(language::Need::kCount)> kAnswers{{
    // A bed tonight: whoever has one, or finds one. Crisis lines hold motel vouchers and know who has room.
    {language::Need::shelter,
     {Service::shelter},
     {Service::shelter, Service::shelter_referral, Service::residential_treatment},
     {Service::crisis_line, Service::crisis_response},
     {},
     false,
     false},
    {language::Need::legal, {Service::legal}, {Service::legal, Service::legal_referral}, {}, {}, false, true},
    // 211 knows the pantries of every county; nobody else in the directory hands out food.
    {language::Need::food, {Service::information_referral}, {Service::information_referral}, {}, {}, true, false},
    // Rape crisis teams go along to the examination and know which hospital asks no questions; 211 knows the clinics.
    {language::Need::medical,
     {Service::health},
     {Service::health, Service::information_referral},
     {Service::crisis_line, Service::advocacy},
     {Population::sexual_violence},
     true,
     false},
    // "Someone to talk to" is counselling; a line that listens at three in the morning is that too.
    {language::Need::talk,
     {Service::counseling, Service::peer_support},
     {Service::counseling, Service::peer_support, Service::mental_health, Service::crisis_line},
     {Service::advocacy, Service::case_management},
     {},
     false,
     false},
    // Stolen wages: those who enforce wages; lawyers who know forced labour stand beside them.
    {language::Need::pay,
     {Service::labor_rights},
     {Service::labor_rights},
     {Service::legal, Service::legal_referral},
     {Population::labor_trafficking},
     true,
     false},
    // A passport kept, or none: a lawyer first, then whoever goes along to consulates and offices.
    {language::Need::papers,
     {Service::legal, Service::immigration},
     {Service::legal, Service::immigration, Service::legal_referral, Service::advocacy, Service::case_management},
     {Service::crisis_line},
     {},
     false,
     false},
    {language::Need::immigration,
     {Service::immigration},
     {Service::immigration, Service::legal, Service::legal_referral},
     {},
     {},
     false,
     true},
    // Getting out alive is planned with people who do it every day.
    {language::Need::leave_safely,
     {Service::crisis_response, Service::shelter},
     {Service::crisis_line, Service::crisis_response, Service::shelter, Service::transport},
     {Service::advocacy, Service::case_management},
     {},
     false,
     false},
    {language::Need::transport,
     {Service::transport, Service::crisis_response},
     {Service::transport, Service::crisis_response},
     {Service::crisis_line, Service::shelter, Service::advocacy},
     {},
     false,
     false},
    // Not said, or something else: people who sort it out with you.
    {language::Need::other,
     {Service::advocacy, Service::case_management, Service::crisis_line, Service::crisis_response},
     {Service::advocacy, Service::case_management, Service::crisis_line, Service::crisis_response},
     {Service::counseling, Service::shelter, Service::legal},
     {},
     false,
     false},
    // A record for what one was forced to do is a lawyer's work (Penal Code 236.14).
    {language::Need::clear_record, {Service::legal}, {Service::legal, Service::legal_referral}, {}, {}, false, true},
    // The state pays victims' losses; prosecutors' offices help with the form, and come last.
    {language::Need::costs, {Service::compensation}, {Service::compensation}, {}, {}, true, false},
}};

constexpr bool answers_in_order() {
  for (std::size_t i = 0; i < kAnswers.size(); ++i)
    if (static_cast<std::size_t>(kAnswers[i].need) != i) return false;
  return true;
}
static_assert(answers_in_order());

constexpr const Answer& answer_to(language::Need need) { return kAnswers[static_cast<std::size_t>(need)]; }

}  // namespace northstar::directory
