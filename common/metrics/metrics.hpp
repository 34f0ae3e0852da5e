#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/metrics/catalogue.hpp"

namespace entstream::metrics {

/// Labels with their values, in the order of the catalogue.
using LabelTexts = std::vector<std::pair<std::string, std::string>>;

template <typename... Values>
LabelTexts label_texts(const Values&... values) {
    return {{std::string(label<Values>.name), text_of(values)}...};
}

/// What is computed only when somebody looks.
class Samples {
  public:
    template <Id id, typename... Values>
    requires Fits<id, Type::gauge, Values...>
    void gauge(double value, const Values&... values) { add(id, value, label_texts(values...)); }
    template <Id id, typename... Values>
    requires Fits<id, Type::counter, Values...>
    void counter(double value, const Values&... values) { add(id, value, label_texts(values...)); }

    [[nodiscard]] std::vector<prometheus::MetricFamily> take();

  private:
    void add(Id id, double value, const LabelTexts& labels);

    std::map<Id, prometheus::MetricFamily> families_;
};

/// The numbers of one program. Thread-safe.
///
/// What counts along the way is resolved once, and then costs an atomic operation (a histogram: a free mutex and a few
/// of them):
///
///     prometheus::Counter& committed =
///         metrics.counter<Id::source_transactions>(Source{name}, TransactionResult::committed);
///     committed.Increment();
///
/// An Id of another type, or labels other than the catalogue's, do not compile.
class Metrics {
  public:
    explicit Metrics(Program program);
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The same object for the same labels; it lives as long as this.
    template <Id id, typename... Values>
    requires Fits<id, Type::counter, Values...> prometheus::Counter& counter(const Values&... values) {
        return counter(id, label_texts(values...));
    }
    /// It is shown from now on, with 0 until it is set.
    template <Id id, typename... Values>
    requires Fits<id, Type::gauge, Values...> prometheus::Gauge& gauge(const Values&... values) {
        return gauge(id, label_texts(values...));
    }
    template <Id id, typename... Values>
    requires Fits<id, Type::histogram, Values...> prometheus::Histogram& histogram(const Values&... values) {
        return histogram(id, label_texts(values...));
    }

    /// Computes something for each scrape, for as long as the Collection lives. \param collect  runs in a thread of the
    /// server: it must be safe there, and must not wait (for a database, say)
    class Collection;
    [[nodiscard]] Collection at_scrape(std::function<void(Samples&)> collect);

    [[nodiscard]] Program program() const { return program_; }
    /// All of it in Prometheus' text format 0.0.4, by name.
    [[nodiscard]] std::string text() const;

  private:
    prometheus::Counter& counter(Id id, const LabelTexts& labels);
    prometheus::Gauge& gauge(Id id, const LabelTexts& labels);
    prometheus::Histogram& histogram(Id id, const LabelTexts& labels);
    [[nodiscard]] const Description& own(Id id) const;

    Program program_;
    prometheus::Registry registry_;
    mutable std::mutex mutex_;  ///< of what follows
    std::map<std::uint64_t, std::function<void(Samples&)>> collectors_;
    std::uint64_t next_collector_ = 0;
};

/// Its end waits until no scrape is computing it any more.
class Metrics::Collection {
  public:
    Collection(Metrics& metrics, std::uint64_t id) : metrics_(&metrics), id_(id) {}
    ~Collection();
    Collection(Collection&& other) noexcept : metrics_(std::exchange(other.metrics_, nullptr)), id_(other.id_) {}
    Collection(const Collection&) = delete;
    Collection& operator=(const Collection&) = delete;
    Collection& operator=(Collection&&) = delete;

  private:
    Metrics* metrics_;
    std::uint64_t id_;
};

/// Seconds since 1970, with their fraction.
double seconds_of(std::chrono::system_clock::time_point time);
/// A length of time in seconds.
template <typename Rep, typename Period>
double seconds_of(std::chrono::duration<Rep, Period> duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace entstream::metrics
