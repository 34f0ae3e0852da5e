#include "common/metrics/server.hpp"

#include <httplib.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <thread>
#include <utility>

#include "common/runtime/exit_code.hpp"
#include "common/runtime/version.hpp"

namespace entstream::metrics {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t threads = 2;
/// For somebody who connects and says nothing.
constexpr auto patience = 2s;
constexpr std::size_t most_request_octets = 4096;

std::string utc_text(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return text.data();
}

/// "127.0.0.1:9464" or "[::1]:9464".
struct Address {
    explicit Address(const std::string& listen)
        : host(listen.substr(0, listen.rfind(':'))), port(std::stoi(listen.substr(listen.rfind(':') + 1))) {
        if (host.starts_with('[')) {
            host = host.substr(1, host.size() - 2);
        }
    }
    std::string host;
    int port;
};

std::string openssl_error() {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return text.data();
}

[[noreturn]] void refuse(const std::string& message) {
    throw runtime::ProgramError(runtime::ExitCode::config, message);
}

std::unique_ptr<httplib::Server> make_server(const MetricsConfig& config) {
    if (config.cert_file.empty()) {
        return std::make_unique<httplib::Server>();
    }
    std::string error;
    auto server = std::make_unique<httplib::SSLServer>([&](SSL_CTX& context) {
        const char* key = "metrics.cert_file";
        bool fine = SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1 &&
                    SSL_CTX_use_certificate_chain_file(&context, config.cert_file.c_str()) == 1;
        if (fine) {
            key = "metrics.key_file";
            fine = SSL_CTX_use_PrivateKey_file(&context, config.key_file.c_str(), SSL_FILETYPE_PEM) == 1 &&
                   SSL_CTX_check_private_key(&context) == 1;
        }
        if (!fine) {
            const bool is_key = key == std::string("metrics.key_file");
            error = std::string(key) + ": '" + (is_key ? config.key_file : config.cert_file) +
                    "' cannot be used: " + openssl_error() + "; name a PEM file that this program may read" +
                    (is_key ? ", with the key of cert_file" : "");
        }
        return fine;
    });
    if (!error.empty()) {
        refuse(error);
    }
    return server;
}

void answer_json(httplib::Response& response, bool fine, const nlohmann::ordered_json& body) {
    constexpr int ok = 200;
    constexpr int unavailable = 503;
    response.status = fine ? ok : unavailable;
    response.set_content(body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n',
                         "application/json");
}

}  // namespace

class Server::Listener {
  public:
    Listener(const MetricsConfig& config, const Metrics& metrics, const Health& health)
        : server_(make_server(config)), metrics_(metrics), health_(health) {
        set_limits();
        if (!config.password.empty()) {
            ask_for_password(httplib::make_basic_authentication_header(config.user, config.password).second);
        }
        set_answers();
        bind(config);
        thread_ = std::thread([this] { server_->listen_after_bind(); });
        // Before that, stop() would do nothing.
        while (!server_->is_running()) {
            std::this_thread::sleep_for(1ms);
        }
    }
    ~Listener() {
        server_->stop();
        thread_.join();
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] const std::string& url() const { return url_; }

  private:
    void set_limits() {
        server_->new_task_queue = [] { return new httplib::ThreadPool(threads); };
        // A connection that is kept waits in one of the threads, and looks a hundred times a second.
        server_->set_keep_alive_max_count(1);
        server_->set_keep_alive_timeout(std::chrono::seconds(patience).count());
        server_->set_read_timeout(patience);
        server_->set_write_timeout(patience);
        server_->set_payload_max_length(most_request_octets);
        // The library's default lets two processes share a port, each getting some of the requests.
        server_->set_socket_options([](int socket) {
            const int yes = 1;
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        });
    }

    void ask_for_password(std::string wanted) {
        server_->set_pre_routing_handler(
            [wanted = std::move(wanted)](const httplib::Request& request, httplib::Response& response) {
                const std::string given = request.get_header_value("Authorization");
                if (given.size() == wanted.size() && CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0) {
                    return httplib::Server::HandlerResponse::Unhandled;
                }
                constexpr int unauthorized = 401;
                response.status = unauthorized;
                response.set_header("WWW-Authenticate", "Basic realm=\"entstream\"");
                return httplib::Server::HandlerResponse::Handled;
            });
    }

    void set_answers() {
        server_->Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
            response.set_content(metrics_.text(), "text/plain; version=0.0.4; charset=utf-8");
        });
        server_->Get("/healthz", [this](const httplib::Request&, httplib::Response& response) {
            const Health::Report report = health_.report();
            answer_json(response, report.alive,
                        {{"alive", report.alive},
                         {"program", text_of(metrics_.program())},
                         {"version", runtime::version()},
                         {"seconds_since_sign_of_life", seconds_of(report.since_sign)}});
        });
        server_->Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
            const Health::Report report = health_.report();
            answer_json(response, report.ready,
                        {{"ready", report.ready},
                         {"program", text_of(metrics_.program())},
                         {"state", text_of(report.state)},
                         {"since", utc_text(report.since)},
                         {"reason", report.reason}});
        });
    }

    void bind(const MetricsConfig& config) {
        const Address address(config.listen);
        errno = 0;
        const int port = address.port == 0                                   ? server_->bind_to_any_port(address.host)
                         : server_->bind_to_port(address.host, address.port) ? address.port
                                                                             : -1;
        if (port < 0) {
            const int error = errno;
            refuse("metrics.listen: cannot listen on " + config.listen + ": " +
                   (error == EADDRINUSE ? "another process listens there" : std::strerror(error)) +
                   "; choose another port for one of them (0: any that is free), or \"\" for none");
        }
        const bool is_ipv6 = address.host.find(':') != std::string::npos;
        url_ = std::string(config.cert_file.empty() ? "http://" : "https://") +
               (is_ipv6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(port);
    }

    std::unique_ptr<httplib::Server> server_;
    const Metrics& metrics_;
    const Health& health_;
    std::string url_;
    std::thread thread_;
};

Server::Server(const MetricsConfig& config, const Metrics& metrics, const Health& health)
    : listener_(std::make_unique<Listener>(config, metrics, health)) {}

Server::~Server() = default;

const std::string& Server::url() const {
    return listener_->url();
}

}  // namespace entstream::metrics
