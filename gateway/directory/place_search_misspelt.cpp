#include "gateway/directory/place_search.h"

#include <algorithm>
#include <array>

namespace northstar::directory {
namespace {

constexpr int kGuessesMax = 48;  // a text of ten segments must not cost more than a few of them do

}  // namespace

void PlaceSearch::find_unspaced() {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    const std::string& text = words_[i].text;
    if (text.empty() || static_cast<unsigned char>(text[0]) < 0x80) continue;
    if (words_[i].unspaced) {
      if (inside_run(i)) return;
    } else if (without_endings(i)) {
      return;
    }
  }
}

bool PlaceSearch::take(std::string_view key, std::size_t begin, std::size_t end, bool whole) {
  const auto at = data_.meanings.find(key);
  if (at == data_.meanings.end() || at->second.refs.empty()) return false;
  Hit hit;
  hit.begin = begin;
  hit.end = end;
  hit.meaning = &at->second;
  if (static_cast<How>(at->second.refs.front().how) == How::code || !settle(hit)) return false;
  part_of_word_ = !whole;
  std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(begin), taken_.begin() + static_cast<std::ptrdiff_t>(end),
            true);
  hits_.push_back(std::move(hit));
  return true;
}

bool PlaceSearch::inside_run(std::size_t index) {
  const std::string& run = words_[index].text;
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < run.size(); ++i)
    if ((static_cast<unsigned char>(run[i]) & 0xC0) != 0x80) starts.push_back(i);
  starts.push_back(run.size());
  constexpr std::size_t kLongest = 16, kShortest = 2;
  for (std::size_t length = std::min(kLongest, starts.size() - 1); length >= kShortest; --length)
    for (std::size_t i = 0; i + length < starts.size(); ++i)
      if (take(std::string_view(run).substr(starts[i], starts[i + length] - starts[i]), index, index + 1,
               starts[i] == 0 && starts[i + length] == run.size()))
        return true;
  return false;
}

bool PlaceSearch::without_endings(std::size_t index) {
  std::string key;
  for (std::size_t from = index; from + 3 > index && from < words_.size(); --from) {
    key.clear();
    for (std::size_t i = from; i <= index; ++i) key += words_[i].text;
    std::string shorter = key;
    for (int dropped = 0; dropped < 3; ++dropped) {
      while (!shorter.empty() && (static_cast<unsigned char>(shorter.back()) & 0xC0) == 0x80) shorter.pop_back();
      if (!shorter.empty()) shorter.pop_back();
      if (shorter.size() < 8) break;
      if (take(shorter, from, index + 1, true)) return true;
      // Russian puts an ending in the place of a vowel: "Оклэнде", "Калифорнии".
    }
    static constexpr std::array<std::string_view, 3> kArabicIn{"ب", "ل", "و"};
    for (std::string_view prefix : kArabicIn)
      if (key.starts_with(prefix) && key.size() > prefix.size() + 6 &&
          take(std::string_view(key).substr(prefix.size()), from, index + 1, true))
        return true;
    if (from == 0) break;
  }
  return false;
}

void PlaceSearch::find_misspelt() {
  Guess best;
  int guesses = 0;
  const std::size_t most_words = 4;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::string key;
    for (std::size_t count = 1; count <= most_words && i + count <= words_.size(); ++count) {
      const Word& last = words_[i + count - 1];
      if (last.digits || taken_[i + count - 1] || joins_sentences(last.text) || (count > 1 && last.after_break)) break;
      key += long_form(last.text);
      if (key.size() > 32) break;
      if (key.size() < kMisspeltFrom || static_cast<unsigned char>(key[0]) >= 0x80) continue;
      if (count == 1 && is_filler(key)) continue;
      if (count == 1 && glued(key, i)) return;
      if (no_misspelling(i, i + count) || data_.not_misspelt.contains(key) || data_.meanings.contains(key)) continue;
      const int allowed = allowance(key, i, i + count);
      if (allowed > 0 && ++guesses <= kGuessesMax) guess(key, i, i + count, allowed, best);
    }
  }
  if (!best.names.empty()) accept(best);
}

bool PlaceSearch::glued(std::string_view key, std::size_t index) {
  for (std::string_view stuck : {"near", "de", "en", "in"}) {
    if (!key.starts_with(stuck) || key.size() < stuck.size() + kMisspeltFrom || data_.not_misspelt.contains(key))
      continue;
    const auto at = data_.meanings.find(key.substr(stuck.size()));
    if (at == data_.meanings.end() || at->second.refs.empty() || at->second.ordinary != Ordinary::no ||
        static_cast<How>(at->second.refs.front().how) > How::county)
      continue;
    return take(at->first, index, index + 1, false);
  }
  return false;
}

bool PlaceSearch::no_misspelling(std::size_t begin, std::size_t end) const {
  return std::all_of(words_.begin() + static_cast<std::ptrdiff_t>(begin),
                     words_.begin() + static_cast<std::ptrdiff_t>(end),
                     [&](const Word& word) { return word.text.size() <= 3 || data_.not_misspelt.contains(word.text); });
}

int PlaceSearch::allowance(std::string_view key, std::size_t begin, std::size_t end) const {
  const Lead before = lead(words_, begin);
  const bool due = before == Lead::firm || says_california(words_, end) || says_county(words_, begin, end);
  const bool whole = all_filler_but(begin, end);
  if (asked_ && (whole || own_clause(begin, end))) return key.size() >= kTwiceMisspeltFrom ? 2 : 1;
  if (due) return key.size() > kTwiceMisspeltFrom ? 2 : 1;
  if (before == Lead::origin || before == Lead::toward || before == Lead::loose || asked_) return 1;
  // Nothing says that a place is meant: only a long name, or a text that is nothing else.
  return key.size() >= kTwiceMisspeltFrom + 1 || words_.size() <= 2 ? 1 : 0;
}

void PlaceSearch::guess(std::string_view key, std::size_t begin, std::size_t end, int allowed, Guess& best) const {
  const auto consider = [&](std::uint32_t name, bool heard) {
    const auto& [spelling, meaning] = *data_.spelled[name];
    int wrong = misspelling(key, spelling, allowed);
    if (heard && wrong > 1) wrong = 1;
    if (wrong > allowed || wrong == 0) return;
    // What begins with another letter is seldom a slip.
    if (!heard && spelling[0] != key[0] && sound(spelling)[0] != sound(key)[0] && !(wrong == 1 && key.size() >= 8))
      return;
    if (meaning.ordinary != Ordinary::no && meaning.ordinary != Ordinary::person && !asked_ && wrong > 0 &&
        lead(words_, begin) != Lead::firm)
      return;
    // Far more words look like Chile, Paris or Boise than mean them.
    if (static_cast<How>(meaning.refs.front().how) == How::outside &&
        (wrong > 1 || key.size() < 6 || begin != 0 || end != words_.size()))
      return;
    const bool better = wrong < best.wrong || (wrong == best.wrong && end - begin > best.end - best.begin);
    if (!better && !(wrong == best.wrong && begin == best.begin && end == best.end)) return;
    if (better) best = {begin, end, wrong, {}};
    if (std::find(best.names.begin(), best.names.end(), name) == best.names.end()) best.names.push_back(name);
  };
  const auto [from, to] = data_.sounds.equal_range(sound(key));
  for (auto at = from; at != to; ++at) consider(at->second, true);
  const auto drop = [&](std::uint32_t hash) {
    auto at = std::lower_bound(data_.dropped.begin(), data_.dropped.end(), hash,
                               [](const auto& entry, std::uint32_t wanted) { return entry.hash < wanted; });
    for (; at != data_.dropped.end() && at->hash == hash; ++at) consider(at->name, false);
  };
  drop(hash_of(key));
  for (std::size_t i = 0; i < key.size(); ++i) {
    drop(hash_of(key, i));
    if (allowed > 1)
      for (std::size_t j = i + 1; j < key.size(); ++j) drop(hash_of(key, i, j));
  }
}

void PlaceSearch::accept(const Guess& guess) {
  Hit hit;
  hit.begin = guess.begin;
  hit.end = guess.end;
  hit.lead = lead(words_, guess.begin);
  hit.said_where = says_california(words_, guess.end) || says_county(words_, guess.begin, guess.end);
  bool outside = false;
  for (std::uint32_t name : guess.names) {
    Hit one = hit;
    one.meaning = &data_.spelled[name]->second;
    if (static_cast<How>(one.meaning->refs.front().how) == How::outside) {
      outside = true;
      if (guess.names.size() > 1) continue;
      if (!means_outside(one, all_filler_but(guess.begin, guess.end))) return;
    }
    if (!settle(one)) continue;
    hit.outside = one.outside;
    for (std::uint32_t id : one.targets)
      if (!same_place(hit.targets, id) &&
          !(target(id).place.precision == Precision::county && same_county(hit.targets, id)))
        hit.targets.push_back(id);
    if (one.meaning->ordinary != Ordinary::no) hit.sure = false;
  }
  if (hit.targets.empty()) return;
  std::sort(hit.targets.begin(), hit.targets.end(), [&](std::uint32_t a, std::uint32_t b) {
    return target(a).population != target(b).population ? target(a).population > target(b).population : a < b;
  });
  hit.sure = hit.sure && guess.wrong == 1 && hit.targets.size() == 1 && !outside;
  if (hit.outside && guess.names.size() == 1) hit.sure = guess.wrong == 1;
  if (hit.targets.size() > kCandidatesMax) hit.targets.resize(kCandidatesMax);
  std::fill(taken_.begin() + static_cast<std::ptrdiff_t>(hit.begin),
            taken_.begin() + static_cast<std::ptrdiff_t>(hit.end), true);
  hits_.push_back(std::move(hit));
}

}  // namespace northstar::directory
