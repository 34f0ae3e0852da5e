#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/metrics/common_catalogue.hpp"
#include "common/metrics/source_catalogue.hpp"
#include "common/metrics/target_catalogue.hpp"

/// Every metric that the programs have. docs/metrics.md is made from this table, and code reaches a metric by its Id
/// only, with the labels that stand here.
namespace entstream::metrics {

constexpr auto whole_catalogue() {
    std::array<Description, common_metrics.size() + source_metrics.size() + target_metrics.size()> all{};
    auto* end = std::copy(common_metrics.begin(), common_metrics.end(), all.begin());
    end = std::copy(source_metrics.begin(), source_metrics.end(), end);
    std::copy(target_metrics.begin(), target_metrics.end(), end);
    return all;
}

/// In the order of Id.
inline constexpr auto catalogue = whole_catalogue();

constexpr const Description& describe(Id id) {
    return catalogue[static_cast<std::size_t>(id)];
}

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < catalogue.size(); ++i) {
        if (static_cast<std::size_t>(catalogue[i].id) != i) {
            return false;
        }
    }
    return true;
}
static_assert(is_in_order(), "the catalogue has its metrics in the order of Id");

/// Whether these are the types of the metric's labels, in its order.
template <typename... Values>
constexpr bool has_labels(Id id) {
    const Labels given{&label<Values>...};
    for (std::size_t i = 0; i < given.size(); ++i) {
        if (given[i] != describe(id).labels[i]) {
            return false;
        }
    }
    return true;
}

/// That a metric is of this type and has these labels.
template <Id id, Type type, typename... Values>
concept Fits = describe(id)
.type == type&& has_labels<Values...>(id);

}  // namespace entstream::metrics
