#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "common/model/after_image.hpp"

namespace entstream::consumer::map {

/// An entry as a record of the log has it.
class TestEntry {
  public:
    TestEntry(std::initializer_list<std::pair<std::string, std::vector<std::string>>> attributes) {
        for (const auto& [name, values] : attributes) {
            set(name, values);
        }
    }

    /// No values: the attribute is absent.
    TestEntry& set(const std::string& name, const std::vector<std::string>& values) {
        for (int i = 0; i < attributes_.size(); ++i) {
            if (attributes_[i].name() == name) {
                attributes_.DeleteSubrange(i, 1);
            }
        }
        if (!values.empty()) {
            v1::Attribute* attribute = attributes_.Add();
            attribute->set_name(name);
            attribute->mutable_values()->Add(values.begin(), values.end());
        }
        return *this;
    }

    [[nodiscard]] AfterImage image() const { return AfterImage(attributes_); }

  private:
    AfterImage::Attributes attributes_;
};

}  // namespace entstream::consumer::map
