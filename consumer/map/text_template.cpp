#include "consumer/map/text_template.hpp"

#include <algorithm>
#include <utility>

namespace entstream::consumer::map {

namespace {

constexpr std::string_view all_values_mark = "[*]";
constexpr std::string_view of_ours_mark = "[%ID%]";
constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.;";

}  // namespace

tl::expected<TextTemplate, config::Fault> TextTemplate::parse(std::string_view text, const Institutions& institutions) {
    TextTemplate result;
    result.text_ = text;
    std::string constant;
    const auto end_constant = [&] {
        if (!constant.empty()) {
            result.parts_.push_back({.kind = PartKind::constant, .text = std::exchange(constant, {})});
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view rest = text.substr(at);
        if (rest.starts_with("$${")) {
            constant += "${";
            at += 3;
        } else if (rest.starts_with("${")) {
            const std::size_t end = rest.find('}');
            std::string_view name = rest.substr(2, end == std::string_view::npos ? end : end - 2);
            if (end == std::string_view::npos) {
                return tl::unexpected(
                    config::Fault{.what = "has a ${ without a }",
                                  .remedy = "write ${attribute}, or $${ for the characters themselves"});
            }
            const bool all = name.ends_with(all_values_mark);
            name.remove_suffix(all ? all_values_mark.size() : 0);
            const bool of_ours = name.ends_with(of_ours_mark);
            name.remove_suffix(of_ours ? of_ours_mark.size() : 0);
            if (name.empty() || name.find_first_not_of(name_characters) != std::string_view::npos) {
                return tl::unexpected(
                    config::Fault{.what = "has '${" + std::string(name) + "}', which names no attribute",
                                  .remedy = "write ${attribute} or ${attribute[*]}"});
            }
            if (of_ours && institutions.empty()) {
                return tl::unexpected(Institutions::missing());
            }
            if (of_ours && !result.institutions_) {
                result.institutions_ = std::make_shared<const Institutions>(institutions);
            }
            end_constant();
            result.parts_.push_back({.kind = all ? PartKind::all_values : PartKind::first_value,
                                     .text = std::string(name),
                                     .of_ours = of_ours});
            at += end + 1;
        } else {
            constant += text[at++];
        }
    }
    end_constant();
    const auto has_mark = [](const Part& part) {
        return part.kind == PartKind::constant && part.text.find(institution_mark) != std::string::npos;
    };
    if (std::any_of(result.parts_.begin(), result.parts_.end(), has_mark)) {
        return tl::unexpected(
            config::Fault{.what = "has %ID% where it stands for nothing",
                          .remedy = "write ${attribute[%ID%]} for the value that names one of the institutions"});
    }
    return result;
}

std::string TextTemplate::values_of(const Part& part, const AfterImage& image) const {
    const AfterImage::Values* values = image.find(part.text);
    if (values == nullptr) {
        return {};
    }
    std::string text;
    bool is_first = true;
    for (const std::string& value : *values) {
        if (takes(part, value)) {
            text += (is_first ? "" : ", ") + value;
            is_first = false;
            if (part.kind == PartKind::first_value) {
                break;
            }
        }
    }
    return text;
}

std::string TextTemplate::expand(const AfterImage& image, Absent absent) const {
    std::string text;
    bool reads = false;
    bool found = false;
    for (const Part& part : parts_) {
        if (part.kind == PartKind::constant) {
            text += part.text;
            continue;
        }
        reads = true;
        const std::string value = values_of(part, image);
        if (absent == Absent::ends_all && value.find_first_not_of(" \t\r\n") == std::string::npos) {
            return {};
        }
        text += value;
        found = found || !value.empty();
    }
    return reads && !found ? std::string() : text;
}

std::optional<std::string_view> TextTemplate::sole_attribute() const {
    const bool sole = parts_.size() == 1 && parts_.front().kind == PartKind::first_value;
    return sole ? std::optional<std::string_view>(parts_.front().text) : std::nullopt;
}

std::vector<std::string> TextTemplate::attributes() const {
    std::vector<std::string> names;
    for (const Part& part : parts_) {
        if (part.kind != PartKind::constant) {
            names.push_back(part.text);
        }
    }
    return names;
}

}  // namespace entstream::consumer::map
