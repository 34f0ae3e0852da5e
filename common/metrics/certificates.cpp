#include "common/metrics/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>

namespace entstream::metrics {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes read_again{1};

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeCertificate {
    void operator()(X509* certificate) const { X509_free(certificate); }
};

struct Watched {
    CertificateUse use{};
    std::filesystem::path file;
    Clock::time_point read_at;
    std::optional<std::chrono::system_clock::time_point> expiry;
};

}  // namespace

CertificateFiles kafka_certificates(const std::map<std::string, std::string>& properties) {
    CertificateFiles files;
    for (const auto& [use, name] : {std::pair(CertificateUse::kafka_ca, "ssl.ca.location"),
                                    std::pair(CertificateUse::kafka_client, "ssl.certificate.location")}) {
        if (const auto property = properties.find(name); property != properties.end()) {
            files.emplace_back(use, property->second);
        }
    }
    return files;
}

std::optional<std::chrono::system_clock::time_point> first_expiry(const std::filesystem::path& file) {
    const std::unique_ptr<BIO, FreeBio> bio(BIO_new_file(file.c_str(), "r"));
    std::optional<std::chrono::system_clock::time_point> first;
    while (bio != nullptr) {
        const std::unique_ptr<X509, FreeCertificate> certificate(
            PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        std::tm parts{};
        if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &parts) != 1) {
            break;
        }
        const auto expiry = std::chrono::system_clock::from_time_t(timegm(&parts));
        first = std::min(first.value_or(expiry), expiry);
    }
    ERR_clear_error();  // the end of the file is one
    return first;
}

Metrics::Collection collect_certificates(Metrics& metrics, const CertificateFiles& files) {
    std::vector<Watched> watched;
    for (const auto& [use, file] : files) {
        if (!file.empty()) {
            watched.push_back({.use = use, .file = file, .read_at = {}, .expiry = {}});
        }
    }
    return metrics.at_scrape([program = metrics.program(), watched = std::move(watched)](Samples& samples) mutable {
        const auto now = Clock::now();
        for (Watched& each : watched) {
            if (each.read_at == Clock::time_point{} || now - each.read_at >= read_again) {
                each.expiry = first_expiry(each.file);
                each.read_at = now;
            }
            if (each.expiry) {
                samples.gauge<Id::certificate_expiry>(seconds_of(*each.expiry), program, each.use);
            }
        }
    });
}

}  // namespace entstream::metrics
