#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/app/config/config.h"

/// What `northstar` can do, a function a command and a file a function. Each returns the exit status: 0 done,
/// 1 it said no (a fault, a failed talk), 2 it could not be asked so.
namespace northstar::app {

/// What every command is given.
struct Start {
  std::filesystem::path config;   ///< empty: the default one
  std::vector<std::string> sets;  ///< a.b=value
  Loaded<Config> load() const { return Config::load(config.empty() ? default_config() : config, sets); }
};

int serve(const Start& start);
int check(const Start& start);
int channels(const Start& start);
int simulate(const Start& start, const std::vector<std::filesystem::path>& files);

struct PhoneOptions {
  bool plain = false;
  std::string channel = "main";
  std::string number;             ///< empty: a made-up one
  std::string short_code;         ///< empty: the channel's own
};
int phone(const Start& start, const PhoneOptions& options);

/// One text given as words, or lines of JSON.
struct TuneOptions {
  bool jsonl = false;
  std::vector<std::string> words;
};
int route(const Start& start, const TuneOptions& options);
int understand(const Start& start, const TuneOptions& options);
int segments(const TuneOptions& options);

struct TemplateOptions {
  bool jsonl = false;
  std::string name;
  std::string locale = "en";
  std::vector<std::string> values;  ///< name=text
};
int show_template(const Start& start, const TemplateOptions& options);

/// Prints faults as people mend them: one a line, all of them, and how many.
void print(const Faults& faults);

/// For commands that speak JSON lines: each line of `in` goes in, what comes out is printed in order.
/// Answers are written when there is nothing more to read at once, so that a caller may also wait for each.
/// Empty lines are passed over. A line that cannot be answered gives {"line","error"} in its place, and the exit status 1.
int pump_lines(const std::function<Result<std::string>(std::string_view line)>& answer, int in = 0, int out = 1);

}  // namespace northstar::app
