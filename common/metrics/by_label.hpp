#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "common/metrics/labels.hpp"

/// One object (a counter, a gauge …) for each value of a label: made once, so that every series is there from the
/// start.
namespace entstream::metrics {

template <typename Label>
std::size_t count_of_values() {
    const auto& values = label<Label>.values;
    return static_cast<std::size_t>(std::find(values.begin(), values.end(), std::string_view()) - values.begin());
}

/// The value of a label that has this text.
template <typename Label>
std::optional<Label> value_named(std::string_view text) {
    const auto& values = label<Label>.values;
    const auto found = static_cast<std::size_t>(std::find(values.begin(), values.end(), text) - values.begin());
    return found < count_of_values<Label>() ? std::optional(static_cast<Label>(found)) : std::nullopt;
}

template <typename Label, typename Object>
class ByLabel {
  public:
    /// \param make  gives the object for a value; it lives longer
    template <typename Make>
    explicit ByLabel(const Make& make) {
        for (std::size_t i = 0; i < count_of_values<Label>(); ++i) {
            objects_.push_back(&make(static_cast<Label>(i)));
        }
    }
    Object& operator[](Label value) const { return *objects_.at(static_cast<std::size_t>(value)); }
    [[nodiscard]] auto begin() const { return objects_.begin(); }
    [[nodiscard]] auto end() const { return objects_.end(); }

  private:
    std::vector<Object*> objects_;
};

/// The same for pairs of values.
template <typename First, typename Second, typename Object>
class ByLabels {
  public:
    template <typename Make>
    explicit ByLabels(const Make& make) : width_(count_of_values<Second>()) {
        for (std::size_t i = 0; i < count_of_values<First>() * width_; ++i) {
            objects_.push_back(&make(static_cast<First>(i / width_), static_cast<Second>(i % width_)));
        }
    }
    Object& operator()(First first, Second second) const {
        return *objects_.at(static_cast<std::size_t>(first) * width_ + static_cast<std::size_t>(second));
    }
    [[nodiscard]] auto begin() const { return objects_.begin(); }
    [[nodiscard]] auto end() const { return objects_.end(); }

  private:
    std::size_t width_;
    std::vector<Object*> objects_;
};

}  // namespace entstream::metrics
