#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "handlers/smpp/session.h"
#include "handlers/smpp/stream.h"

namespace northstar::smpp {

/// One bind kept alive: connects, binds, pumps its Session, and begins anew when it ends, with a growing pause.
/// Used on its io_context's thread.
class Link : public std::enable_shared_from_this<Link> {
 public:
  struct Hooks {
    /// A text or a receipt. `life` and its sequence go back to `answer`.
    std::function<void(Link&, std::uint64_t life, Arrived)> arrived;
    /// That life is over.
    std::function<void(Link&, std::uint64_t life)> ended;
    /// Something may be sent that could not be before, or the other way round.
    std::function<void()> changed;
    /// For whoever runs the gateway; fixed words, host and port.
    std::function<void(std::string_view)> told;
  };
  using Told = std::function<void(const Answered&)>;

  Link(boost::asio::io_context& io, Stream::Target target, Session::Settings settings, Hooks hooks);

  void start();
  /// Ends the bind in order: what is in the window first, until `deadline`.
  boost::asio::awaitable<void> stop(Moment deadline);

  bool bound() const { return session_.state() == Session::State::bound; }
  /// Whether that life still goes on.
  bool stands(std::uint64_t life) const { return life == life_ && session_.state() != Session::State::closed; }
  bool may_submit() const { return session_.may_submit(); }
  /// Only when `may_submit`. `told` is called once, whatever happens.
  void submit(Message message, Told told);
  void answer(std::uint64_t life, std::uint32_t sequence, std::uint32_t status);
  /// Why there is no bind; empty while there is one.
  const std::string& trouble() const { return trouble_; }

 private:
  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> write_out(std::shared_ptr<Stream> stream);
  void stir();
  void dispatch();
  void keep_time();

  boost::asio::io_context& io_;
  Stream::Target target_;
  Session session_;
  Hooks hooks_;
  std::shared_ptr<Stream> stream_;
  boost::asio::steady_timer pause_, clock_;
  std::map<std::uint32_t, Told> waiting_;
  std::string pending_, trouble_ = "not connected yet";
  std::minstd_rand random_;
  std::uint64_t life_ = 0, writing_ = 0;  ///< writing_: the life whose bytes are being written
  Moment armed_ = Moment::max();
  bool stir_posted_ = false, stopping_ = false, running_ = false, was_bound_ = false;
};

/// The words for a bind's refusal.
std::string refusal(std::uint32_t status);

}  // namespace northstar::smpp
