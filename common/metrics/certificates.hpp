#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/metrics/metrics.hpp"

namespace entstream::metrics {

/// Files with certificates that a configuration names.
using CertificateFiles = std::vector<std::pair<CertificateUse, std::filesystem::path>>;

/// What Kafka's properties name: ssl.ca.location and ssl.certificate.location.
CertificateFiles kafka_certificates(const std::map<std::string, std::string>& properties);

/// When the first of the certificates in a PEM file ends; nullopt when there is none, or the file cannot be read.
std::optional<std::chrono::system_clock::time_point> first_expiry(const std::filesystem::path& file);

/// Tells it of all these files; each is read again every minute, when somebody looks. Names that are empty do not
/// count.
[[nodiscard]] Metrics::Collection collect_certificates(Metrics& metrics, const CertificateFiles& files);

}  // namespace entstream::metrics
