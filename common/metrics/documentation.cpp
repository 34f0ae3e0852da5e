#include "common/metrics/documentation.hpp"

#include <set>
#include <string_view>
#include <vector>

#include "common/metrics/catalogue.hpp"

namespace entstream::metrics {

namespace {

constexpr std::string_view introduction =
    R"md(# Metrics

`entstream-producer` and `entstream-consumer` tell how they are over HTTP, where `metrics.listen` says
([configuration.md](configuration.md)): on loopback by default, the producer on port 9464, the consumer on 9465; `""` turns
it off, port 0 takes any that is free, which the log names. With `cert_file` and `key_file` they speak TLS, and with `user` and
`password` nobody else gets an answer.

| path | answer |
|---|---|
| `/metrics` | what stands below, in Prometheus' text format |
| `/healthz` | 200: the program is alive; 503: its main loop has not moved for five minutes. JSON |
| `/readyz` | 200: it is at work; 503: it is not, and `state` and `reason` say what it waits for. JSON |

Times are points in time, in seconds since 1970, never ages: `time() - x` is the age, and goes on growing when a process is
dead. One that is not known yet is 0. Counters begin with 0 when a process starts, as Prometheus expects. Labels hold
names from the configuration and the values listed here, nothing that a directory or a Moodle holds. No metric asks a server
when it is scraped.

This page is made from the table in `common/metrics/catalogue.hpp` and `labels.hpp`.
)md";

std::string_view type_name(Type type) {
    switch (type) {
        case Type::counter:
            return "counter";
        case Type::gauge:
            return "gauge";
        case Type::histogram:
            break;
    }
    return "histogram";
}

std::string_view bucket_text(Buckets buckets) {
    switch (buckets) {
        case Buckets::stages:
            return " Buckets from 5 ms to 1 h.";
        case Buckets::moments:
            return " Buckets from 1 ms to 5 min.";
        case Buckets::records:
            return " Buckets from 1 to 100 000.";
        case Buckets::none:
            break;
    }
    return "";
}

std::string names_of(const Labels& labels) {
    std::string text;
    for (const LabelDescription* each : labels) {
        if (each != nullptr) {
            text += (text.empty() ? "`" : ", `") + std::string(each->name) + '`';
        }
    }
    return text;
}

std::string label_row(const LabelDescription& description, const std::string& metrics) {
    std::string values;
    for (const std::string_view value : description.values) {
        if (!value.empty()) {
            values += (values.empty() ? "`" : ", `") + std::string(value) + '`';
        }
    }
    return "| `" + std::string(description.name) + "` | " + metrics + " | " +
           (values.empty() ? std::string("a name") : values) + " | " + std::string(description.meaning) + " |\n";
}

/// Which metrics have a label; empty for one that most of them have.
std::string owners_of(const LabelDescription& wanted) {
    std::string text;
    std::size_t owners = 0;
    for (const Description& metric : catalogue) {
        for (const LabelDescription* each : metric.labels) {
            if (each == &wanted) {
                ++owners;
                text += (text.empty() ? "`" : ", `") + std::string(metric.name) + '`';
            }
        }
    }
    constexpr std::size_t many = 6;
    return owners > many ? "most" : text;
}

void add_metrics(std::string& text, std::string_view title, Programs programs) {
    text += "\n## " + std::string(title) + "\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n";
    for (const Description& metric : catalogue) {
        if (metric.programs == programs) {
            text += "| `" + std::string(metric.name) + "` | " + std::string(type_name(metric.type)) +
                    (metric.unit.empty() ? "" : ", " + std::string(metric.unit)) + " | " + names_of(metric.labels) +
                    " | " + std::string(metric.help) + std::string(bucket_text(metric.buckets)) + " |\n";
        }
    }
}

}  // namespace

std::string documentation() {
    std::string text(introduction);
    add_metrics(text, "Both programs", Programs::both);
    add_metrics(text, "The producer", Programs::producer);
    add_metrics(text, "The consumer", Programs::consumer);
    text += "\n## Labels\n\n| label | of | values | meaning |\n|---|---|---|---|\n";
    std::set<const LabelDescription*> told;
    for (const Description& metric : catalogue) {
        for (const LabelDescription* each : metric.labels) {
            if (each != nullptr && told.insert(each).second) {
                text += label_row(*each, owners_of(*each));
            }
        }
    }
    return text;
}

}  // namespace entstream::metrics
