#include "common/metrics/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace entstream::metrics {

namespace {

prometheus::Histogram::BucketBoundaries bounds_of(Buckets buckets) {
    switch (buckets) {
        case Buckets::stages:
            return {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600};
        case Buckets::moments:
            return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
        case Buckets::records:
            return {1, 2, 5, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000};
        case Buckets::none:
            break;
    }
    return {};
}

prometheus::MetricType type_of(Type type) {
    switch (type) {
        case Type::counter:
            return prometheus::MetricType::Counter;
        case Type::gauge:
            return prometheus::MetricType::Gauge;
        case Type::histogram:
            break;
    }
    return prometheus::MetricType::Histogram;
}

template <typename Builder>
auto& family_of(Builder builder, const Description& metric, prometheus::Registry& registry) {
    return builder.Name(std::string(metric.name)).Help(std::string(metric.help)).Register(registry);
}

prometheus::Labels as_map(const LabelTexts& labels) {
    return {labels.begin(), labels.end()};
}

}  // namespace

std::vector<prometheus::MetricFamily> Samples::take() {
    std::vector<prometheus::MetricFamily> result;
    for (auto& [id, family] : families_) {
        result.push_back(std::move(family));
    }
    families_.clear();
    return result;
}

void Samples::add(Id id, double value, const LabelTexts& labels) {
    const Description& metric = describe(id);
    prometheus::MetricFamily& family = families_[id];
    if (family.metric.empty()) {
        family.name = metric.name;
        family.help = metric.help;
        family.type = type_of(metric.type);
    }
    prometheus::ClientMetric& sample = family.metric.emplace_back();
    for (const auto& [name, text] : labels) {
        sample.label.push_back({.name = name, .value = text});
    }
    sample.gauge.value = value;
    sample.counter.value = value;
}

Metrics::Metrics(Program program) : program_(program) {}

const Description& Metrics::own(Id id) const {
    const Description& metric = describe(id);
    const bool is_ours =
        metric.programs == Programs::both || (metric.programs == Programs::producer) == (program_ == Program::producer);
    if (!is_ours) {
        throw std::logic_error(std::string(metric.name) + " is a metric of the other program");
    }
    return metric;
}

prometheus::Counter& Metrics::counter(Id id, const LabelTexts& labels) {
    return family_of(prometheus::BuildCounter(), own(id), registry_).Add(as_map(labels));
}

prometheus::Gauge& Metrics::gauge(Id id, const LabelTexts& labels) {
    return family_of(prometheus::BuildGauge(), own(id), registry_).Add(as_map(labels));
}

prometheus::Histogram& Metrics::histogram(Id id, const LabelTexts& labels) {
    const Description& metric = own(id);
    return family_of(prometheus::BuildHistogram(), metric, registry_).Add(as_map(labels), bounds_of(metric.buckets));
}

Metrics::Collection Metrics::at_scrape(std::function<void(Samples&)> collect) {
    const std::lock_guard lock(mutex_);
    collectors_.emplace(next_collector_, std::move(collect));
    return {*this, next_collector_++};
}

Metrics::Collection::~Collection() {
    if (metrics_ != nullptr) {
        const std::lock_guard lock(metrics_->mutex_);
        metrics_->collectors_.erase(id_);
    }
}

std::string Metrics::text() const {
    auto families = registry_.Collect();
    Samples samples;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [id, collect] : collectors_) {
            collect(samples);
        }
    }
    auto computed = samples.take();
    std::move(computed.begin(), computed.end(), std::back_inserter(families));
    std::sort(families.begin(), families.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    std::ostringstream text;
    prometheus::TextSerializer().Serialize(text, families);
    return text.str();
}

double seconds_of(std::chrono::system_clock::time_point time) {
    return seconds_of(time.time_since_epoch());
}

}  // namespace entstream::metrics
