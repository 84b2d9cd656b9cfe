#pragma once
#include <yaml-cpp/yaml.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/result.h"
#include "gateway/net/channel.h"
#include "gateway/net/metrics.h"
#include "gateway/net/receipt.h"
#include "handlers/smpp/receipt.h"
#include "handlers/smpp/session.h"
#include "handlers/smpp/stream.h"
#include "handlers/smpp/text.h"

/// SMS through a carrier's own short message service centre (SMSC), by SMPP 3.4.
///
/// A text is acknowledged once its step is committed; while Redis is away the SMSC is told to come again. Its reply goes
/// out by the same bind at once, and is struck off when the SMSC has taken it; what the SMSC would not take now, the
/// outbox sends later. What it did not answer is never sent again blindly.
///
///     channels:
///       carrier:
///         type: smpp
///         host: smsc.example.net
///         port: 2775
///         tls: true                      # then port 3550 is usual; ca_file for a carrier's own certificate
///         system_id: northstar
///         password_file: secrets/carrier
///         system_type: ""
///         bind: transceiver              # or pair (a receiver and a transmitter), receiver, transmitter
///         binds: 1                       # as many of each
///         window: 10                     # texts of ours without an answer, on each bind
///         rate: 10                       # texts (segments) a second that the carrier leases to us
///         service: "55501"               # our short code, where it differs from what the SMSC calls it
///         source: { ton: 3, npi: 0 }     # how we write our short code (3, network specific, or 6, abbreviated)
///         destination: { ton: 1, npi: 1 }
///         region: US                     # how numbers without a country code are dialled
///         alphabet: gsm                  # what data_coding 0 means: gsm, gsm-packed, latin1, ascii, utf8, ucs2
///         message_id: { taken: text, told: text }   # text, decimal, hex: in submit_sm_resp, and in a receipt's words
///         receipts: true
///         enquire: 30                    # seconds of silence before we ask for a sign of life
///         opted_out: [1025]              # the carrier's own status numbers for "this person wants no texts"
///         refused: []                    # for ever: beside those of the specification
namespace northstar::smpp {

struct SmppConfig {
  Stream::Target target;
  Session::Settings session;             ///< without its role
  enum class BindAs : std::uint8_t { transceiver, pair, receiver, transmitter } bind = BindAs::transceiver;
  int binds = 1;
  double rate = 10;
  std::string service, region = "US";
  Address source{3, 0, {}}, destination{1, 1, {}};
  Alphabet alphabet = Alphabet::gsm;
  IdForm taken = IdForm::text, told = IdForm::text;
  bool receipts = true;
  std::vector<std::uint32_t> opted_out, refused;
};

Loaded<SmppConfig> parse_smpp(const YAML::Node& channel, const std::string& name, const std::string& file);

/// Both faces. `conversations` must outlive it and belong to the same thread as `io`.
std::unique_ptr<net::Channel> make_channel(boost::asio::io_context& io, const std::string& name, const SmppConfig& config,
                                           net::Conversations& conversations, const net::ChannelMetrics& metrics,
                                           net::ReceiptSink receipts = {});

/// What becomes of a text that was answered with this status (5.1.3).
net::Delivery delivery_of(std::uint32_t status, const SmppConfig& config);

}  // namespace northstar::smpp
