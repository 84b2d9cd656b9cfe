// An SMSC that loads the gateway: takes its bind, hands it texts of thousands of senders, each of whom waits for the
// reply before the next, and says how many a second were answered, how fast, and what it cost the processes named.
//
//   load_smpp PORT [--window 100] [--seconds 8] [--rate 0] [--senders 20000] [--pid PID,PID]
//
// --rate 0: as fast as the window lets it. A text is answered when its deliver_sm_resp and its reply's submit_sm have come.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "handlers/smpp/pdu.h"

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace northstar::smpp;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* kScript[] = {"hi", "1", "shelter", "fresno", "another", "2"};
constexpr std::size_t kSteps = std::size(kScript);

struct Options {
  unsigned short port = 0;
  std::size_t window = 100, senders = 20'000;
  double seconds = 8, rate = 0;
  std::vector<std::string> pids;
};

/// User and system time of a process, in seconds.
double cpu_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  std::string all{std::istreambuf_iterator<char>(in), {}};
  std::istringstream rest(all.substr(std::min(all.size(), all.rfind(')') + 1)));
  std::string word;
  double ticks = 0;
  for (int i = 0; i < 13 && rest >> word; ++i)
    if (i >= 11) ticks += std::stod(word);
  return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

class Smsc {
 public:
  Smsc(asio::io_context& io, Options options) : io_(io), options_(std::move(options)), acceptor_(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), options_.port)), socket_(io), timer_(io) {
    for (std::size_t i = 0; i < options_.senders; ++i) {
      char digits[16];
      std::snprintf(digits, sizeof digits, "1%03zu555%04zu", 201 + i / 10'000, i % 10'000);
      senders_.push_back({digits});
      by_number_[digits] = i;
      idle_.push_back(i);
    }
  }
  void run() {
    acceptor_.accept(socket_);
    socket_.set_option(tcp::no_delay(true));
    read();
    io_.run();
  }

 private:
  struct Sender {
    std::string number;
    std::size_t step = 0;
    bool acknowledged = false, replied = false;
    Clock::time_point sent{};
  };

  void read() {
    socket_.async_read_some(asio::buffer(input_), [this](boost::system::error_code fault, std::size_t size) {
      if (fault) return finish();
      framer_.feed({input_.data(), size});
      while (const auto frame = framer_.next()) take(decode(*frame).pdu);
      fill();
      flush();
      read();
    });
  }

  void take(const Pdu& pdu) {
    Pdu answer;
    answer.command = response_to(pdu.command);
    answer.sequence = pdu.sequence;
    switch (pdu.command) {
      case Command::bind_transceiver:
        encode(output_, answer);
        begin();
        break;
      case Command::enquire_link:
      case Command::unbind:
        encode(output_, answer);
        break;
      case Command::submit_sm: {
        answer.id = std::to_string(++ids_);
        encode(output_, answer);
        const auto at = by_number_.find(pdu.message.destination.digits);
        if (at != by_number_.end() && !(pdu.message.esm_class & 0x40 && pdu.message.octets.size() > 5 && pdu.message.octets[4] != pdu.message.octets[5])) {
          senders_[at->second].replied = true;
          settle(at->second);
        }
        break;
      }
      case Command::deliver_sm_resp: {
        const auto at = waiting_.find(pdu.sequence);
        if (at == waiting_.end()) break;
        if (pdu.status != status::kOk) ++refused_;
        senders_[at->second].acknowledged = true;
        const std::size_t sender = at->second;
        waiting_.erase(at);
        settle(sender);
        break;
      }
      default:
        break;
    }
  }

  void settle(std::size_t index) {
    Sender& sender = senders_[index];
    if (!sender.acknowledged || !sender.replied) return;
    if (measuring_) waits_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - sender.sent).count());
    sender.step = (sender.step + 1) % kSteps;
    idle_.push_back(index);
    --open_;
  }

  void begin() {
    began_ = due_ = Clock::now();
    timer_.expires_after(1s);  // warm
    timer_.async_wait([this](auto) {
      measuring_ = true;
      from_ = Clock::now();
      for (const auto& pid : options_.pids) before_.push_back(cpu_of(pid));
      timer_.expires_after(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.seconds)));
      timer_.async_wait([this](auto) { finish(); });
    });
    pace();
  }
  void pace() {
    if (options_.rate <= 0) return;
    ticker_ = std::make_unique<asio::steady_timer>(io_, 1ms);
    ticker_->async_wait([this](auto) {
      fill();
      flush();
      pace();
    });
  }

  void fill() {
    if (began_ == Clock::time_point{}) return;
    while (open_ < options_.window && !idle_.empty()) {
      if (options_.rate > 0) {
        if (Clock::now() < due_) return;
        due_ += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / options_.rate));
      }
      const std::size_t index = idle_.front();
      idle_.pop_front();
      Sender& sender = senders_[index];
      Pdu pdu;
      pdu.command = Command::deliver_sm;
      pdu.sequence = ++sequence_;
      pdu.message.source = {1, 1, sender.number};
      pdu.message.destination = {3, 0, "55501"};
      pdu.message.octets = kScript[sender.step];
      encode(output_, pdu);
      waiting_[pdu.sequence] = index;
      sender.acknowledged = sender.replied = false;
      sender.sent = Clock::now();
      ++open_;
    }
  }

  void flush() {
    if (writing_ || output_.empty()) return;
    writing_ = true;
    sending_.swap(output_);
    output_.clear();
    asio::async_write(socket_, asio::buffer(sending_), [this](boost::system::error_code fault, std::size_t) {
      writing_ = false;
      if (!fault) flush();
    });
  }

  void finish() {
    const double seconds = std::chrono::duration<double>(Clock::now() - from_).count();
    std::ranges::sort(waits_);
    const auto at = [&](double share) { return waits_.empty() ? 0.0 : waits_[std::min(waits_.size() - 1, static_cast<std::size_t>(share * static_cast<double>(waits_.size())))]; };
    std::printf("%.0f texts a second answered over %.1f s, window %zu: p50 %.2f ms, p99 %.2f ms, refused %zu\n", static_cast<double>(waits_.size()) / seconds,
                seconds, options_.window, at(0.5), at(0.99), refused_);
    for (std::size_t i = 0; i < before_.size(); ++i)
      std::printf("  pid %s: %.1f us of CPU a text\n", options_.pids[i].c_str(), (cpu_of(options_.pids[i]) - before_[i]) * 1e6 / static_cast<double>(std::max<std::size_t>(1, waits_.size())));
    std::fflush(stdout);
    std::_Exit(waits_.empty() ? 1 : 0);
  }

  asio::io_context& io_;
  Options options_;
  tcp::acceptor acceptor_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<asio::steady_timer> ticker_;
  std::vector<Sender> senders_;
  std::map<std::string, std::size_t> by_number_;
  std::map<std::uint32_t, std::size_t> waiting_;
  std::deque<std::size_t> idle_;
  std::vector<double> waits_, before_;
  std::array<char, 256 * 1024> input_{};
  Framer framer_;
  std::string output_, sending_;
  Clock::time_point began_{}, from_{}, due_{};
  std::size_t open_ = 0, refused_ = 0;
  std::uint32_t sequence_ = 0;
  std::uint64_t ids_ = 0;
  bool writing_ = false, measuring_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (argc < 2) {
    std::fprintf(stderr, "load_smpp PORT [--window N] [--seconds S] [--rate N] [--senders N] [--pid PID,PID]\n");
    return 2;
  }
  options.port = static_cast<unsigned short>(std::stoi(argv[1]));
  for (int i = 2; i + 1 < argc; i += 2) {
    const std::string key = argv[i], value = argv[i + 1];
    if (key == "--window") options.window = std::stoul(value);
    else if (key == "--seconds") options.seconds = std::stod(value);
    else if (key == "--rate") options.rate = std::stod(value);
    else if (key == "--senders") options.senders = std::stoul(value);
    else if (key == "--pid") {
      std::istringstream list(value);
      for (std::string pid; std::getline(list, pid, ',');) options.pids.push_back(pid);
    }
  }
  asio::io_context io(1);
  Smsc(io, options).run();
}
