#include <CLI/CLI.hpp>
#include <exception>
#include <functional>
#include <iostream>

#include "gateway/app/commands/commands.h"

namespace {

using namespace northstar::app;

/// What the command line chose; run when all of it has been read.
using Chosen = std::function<int()>;

CLI::App* add(CLI::App& app, const char* name, const char* purpose, const char* example) {
  CLI::App* command = app.add_subcommand(name, purpose);
  command->fallthrough();  // --config and --set may also stand behind the command
  command->footer(std::string("Example:\n  ") + example);
  return command;
}

void tune(CLI::App& command, TuneOptions& options) {
  command.add_flag("--jsonl", options.jsonl, "Lines of {\"id\",\"text\"} in, one JSON object for each out, in order");
  command.add_option("text", options.words, "The text; otherwise standard input");
}

int run(int argc, char** argv) {
  CLI::App app("Northstar: answers people who text a help line, safely, and finds help near them.", "northstar");
  app.require_subcommand(1);
  app.footer("Example:\n  northstar serve\n  northstar phone        in another terminal: text it\n\n"
             "northstar COMMAND --help says more.");
  Start start;
  app.add_option("--config", start.config, "The settings (config/northstar.yaml)")->type_name("FILE");
  app.add_option("--set", start.sets, "Any setting, for this run: --set listen.public=127.0.0.1:9090")
      ->type_name("A.B=VALUE")
      ->allow_extra_args(false);
  Chosen chosen;

  add(app, "serve", "Answers texts until it is told to stop (SIGTERM, Ctrl-C).",
      "northstar serve --set log.level=debug")
      ->callback([&] { chosen = [&] { return serve(start); }; });

  add(app, "check", "Reads all settings, texts, words and the flow, and proves that they keep people safe.",
      "northstar check --config config/northstar.yaml")
      ->callback([&] { chosen = [&] { return check(start); }; });

  add(app, "channels", "How each channel stands, and what to settle with whoever leases you the number.",
      "northstar channels")
      ->callback([&] { chosen = [&] { return channels(start); }; });

  PhoneOptions phone_options;
  CLI::App* phone_command = add(app, "phone", "A phone in the terminal, to text the gateway that runs on this machine.",
                                "printf 'hi\\n1\\n' | northstar phone --plain");
  phone_command->add_flag("--plain", phone_options.plain, "One line a text: > the person, < the gateway, = a remark");
  phone_command->add_option("--channel", phone_options.channel, "Which of channels: carries the texts")
      ->capture_default_str();
  phone_command->add_option("--number", phone_options.number, "The phone's number; a made-up one otherwise");
  phone_command->add_option("--to", phone_options.short_code, "The short code to text; the channel's own otherwise");
  phone_command->callback([&] { chosen = [&] { return phone(start, phone_options); }; });

  std::vector<std::filesystem::path> talks;
  CLI::App* simulate_command = add(app, "simulate", "Plays golden conversations: what they write, and what must come back.",
                                   "northstar simulate tests/conversations/en.yaml");
  simulate_command->add_option("files", talks, "YAML files of conversations")->required()->type_name("FILE...");
  simulate_command->callback([&] { chosen = [&] { return simulate(start, talks); }; });

  TuneOptions understand_options;
  CLI::App* understand_command = add(app, "understand", "What a text means to the gateway, and which words said so.",
                                     "northstar understand 'plz stop texting me'\n  "
                                     "echo '{\"id\":1,\"text\":\"me quiere matar\"}' | northstar understand --jsonl");
  tune(*understand_command, understand_options);
  understand_command->callback([&] { chosen = [&] { return understand(start, understand_options); }; });

  TuneOptions route_options;
  CLI::App* route_command = add(app, "route", "Where a text says that it is, and who would be offered there.",
                                "northstar route 'somewhere to sleep in fresno'\n  "
                                "echo '{\"id\":1,\"text\":\"refugio en 93721\"}' | northstar route --jsonl");
  tune(*route_command, route_options);
  route_command->callback([&] { chosen = [&] { return route(start, route_options); }; });

  TuneOptions segments_options;
  CLI::App* segments_command = add(app, "segments", "How a text is sent over the air: its alphabet, its parts.",
                                   "northstar segments 'Hola, ¿puede escribir ahora?'\n  "
                                   "echo '{\"id\":1,\"text\":\"hi\"}' | northstar segments --jsonl");
  tune(*segments_command, segments_options);
  segments_command->callback([&] { chosen = [&] { return segments(segments_options); }; });

  TemplateOptions template_options;
  CLI::App* template_command = add(app, "template", "A message as a person would get it, its parts, and what the lint says.",
                                   "northstar template greet --locale es\n  "
                                   "northstar template offer --value place=Bakersfield");
  template_command->add_option("name", template_options.name, "The message's name");
  template_command->add_option("--locale", template_options.locale, "Its language")->capture_default_str();
  template_command->add_option("--value", template_options.values, "In place of the sample: name=text")
      ->type_name("NAME=TEXT")
      ->allow_extra_args(false);
  template_command->add_flag("--jsonl", template_options.jsonl, "Lines of {\"template\",\"locale\",\"values\"} in, JSON out");
  template_command->callback([&] { chosen = [&] { return show_template(start, template_options); }; });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& said) {  // --help and what cannot be understood, in CLI11's words
    return app.exit(said) == 0 ? 0 : 2;
  }
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& broken) {  // an invariant is broken: nothing sensible is left to do
    std::cerr << "northstar: " << broken.what() << '\n';
    return 70;  // EX_SOFTWARE
  }
}
