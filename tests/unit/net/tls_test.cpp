#include <gmock/gmock.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdlib>
#include <filesystem>

#include "gateway/net/http_client.h"
#include "loopback.h"

namespace northstar::net {
namespace {

using namespace test;
namespace asio = boost::asio;
using asio::ip::tcp;

/// An authority and what it signs, made for this run by the openssl program.
class Certificates {
 public:
  Certificates() : folder(std::filesystem::temp_directory_path() / ("northstar-tls-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder);
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem");
    issue("good", "DNS:localhost,IP:127.0.0.1", 2);
    issue("other", "DNS:other.example", 2);
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=self "
        "-addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout self.key -out self.pem");
  }
  ~Certificates() { std::filesystem::remove_all(folder); }
  std::string file(const std::string& name) const { return (folder / name).string(); }

 private:
  void issue(const std::string& name, const std::string& names, int days) {
    run("openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=" + name + " -addext subjectAltName=" + names +
        " -keyout " + name + ".key -out " + name + ".csr");
    run("openssl x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -copy_extensions copy -days " +
        std::to_string(days) + " -out " + name + ".pem");
  }
  void run(const std::string& command) {
    if (std::system(("cd " + folder.string() + " && " + command + " >>log 2>&1").c_str()) != 0)
      throw std::runtime_error("failed: " + command);
  }
  std::filesystem::path folder;
};

/// Takes connections one after another, each with one or more requests, and answers "ok".
class TlsPeer {
 public:
  TlsPeer(const std::string& certificate, const std::string& key, int highest = 0) {
    context_.use_certificate_chain_file(certificate);
    context_.use_private_key_file(key, asio::ssl::context::pem);
    if (highest != 0) {
      SSL_CTX_set_min_proto_version(context_.native_handle(), TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context_.native_handle(), highest);
      SSL_CTX_set_security_level(context_.native_handle(), 0);
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~TlsPeer() {
    ending_ = true;
    ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
    if (const int fd = current_; fd >= 0) ::shutdown(fd, SHUT_RDWR);  // a kept connection is waited on
    thread_.join();
  }
  std::uint16_t port() { return acceptor_.local_endpoint().port(); }
  std::atomic<int> requests{0}, connections{0};

 private:
  void serve() {
    while (!ending_) {
      boost::system::error_code ec;
      tcp::socket socket(io_);
      acceptor_.accept(socket, ec);
      if (ec) continue;
      ++connections;
      current_ = socket.native_handle();
      asio::ssl::stream<tcp::socket&> stream(socket, context_);
      stream.handshake(asio::ssl::stream_base::server, ec);
      std::string buffer;
      while (!ec) {
        char bytes[4096];
        const std::size_t n = stream.read_some(asio::buffer(bytes), ec);
        buffer.append(bytes, n);
        if (!buffer.ends_with("\r\n\r\nwords")) continue;
        ++requests;
        buffer.clear();
        asio::write(stream, asio::buffer(std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")), ec);
      }
      current_ = -1;
    }
  }
  asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  asio::ssl::context context_{asio::ssl::context::tls_server};
  std::atomic<bool> ending_{false};
  std::atomic<int> current_{-1};
  std::thread thread_;
};

class Tls : public testing::Test {
 protected:
  static void SetUpTestSuite() { certificates = new Certificates; }
  static void TearDownTestSuite() {
    delete certificates;
    certificates = nullptr;
  }
  ~Tls() override {
    loop.run([this] { client.reset(); });
  }
  void trust(const std::string& file) {
    HttpClient::Options options;
    options.ca_file = file;
    client = std::make_unique<HttpClient>(loop.io, options);
  }
  Result<Answer, NoAnswer> send(const std::string& host, std::uint16_t port) {
    Call call;
    call.origin = {true, host, port};
    call.method = "POST";
    call.body = "words";
    return loop.wait(client->send(std::move(call), std::chrono::steady_clock::now() + 2s));
  }
  static inline Certificates* certificates = nullptr;
  Loop loop;
  std::unique_ptr<HttpClient> client = std::make_unique<HttpClient>(loop.io);
};

TEST_F(Tls, a_trusted_certificate_for_the_right_name_is_spoken_to_and_the_connection_is_kept) {
  TlsPeer peer(certificates->file("good.pem"), certificates->file("good.key"));
  trust(certificates->file("ca.pem"));
  for (int i = 0; i < 5; ++i) {
    const auto answer = send("localhost", peer.port());
    ASSERT_TRUE(bool(answer)) << answer.error().text;
    EXPECT_EQ(answer->body, "ok");
  }
  EXPECT_EQ(peer.connections, 1);
}

TEST_F(Tls, a_wrong_name_an_unknown_authority_and_an_old_protocol_never_see_a_request) {
  trust(certificates->file("ca.pem"));
  const auto refused = [&](TlsPeer& peer, const char* what) {
    const auto answer = send("localhost", peer.port());
    ASSERT_FALSE(bool(answer)) << what;
    EXPECT_EQ(answer.error().kind, NoAnswer::Kind::not_sent) << what;
    EXPECT_EQ(peer.requests, 0) << what;
  };
  TlsPeer other(certificates->file("other.pem"), certificates->file("other.key"));
  refused(other, "another host's certificate");
  TlsPeer self(certificates->file("self.pem"), certificates->file("self.key"));
  refused(self, "a certificate that signed itself");
  TlsPeer old(certificates->file("good.pem"), certificates->file("good.key"), TLS1_1_VERSION);
  refused(old, "TLS 1.1");
  TlsPeer good(certificates->file("good.pem"), certificates->file("good.key"));
  trust("");
  refused(good, "an authority that the system does not know");
}

TEST_F(Tls, a_missing_file_of_trusted_certificates_is_said_and_nothing_is_sent) {
  trust("/no/such/file.pem");
  const auto answer = send("localhost", 1);
  ASSERT_FALSE(bool(answer));
  EXPECT_THAT(answer.error().text, testing::HasSubstr("cannot read trusted certificates from /no/such/file.pem"));
}

}  // namespace
}  // namespace northstar::net
