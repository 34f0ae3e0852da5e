#include "common/config/help.hpp"

#include <algorithm>
#include <vector>

#include "common/config/environment.hpp"
#include "common/config/json_schema.hpp"
#include "common/config/secret.hpp"

namespace entstream::config {

namespace {

constexpr std::size_t line_width = 100;

/// The text as comment lines.
std::string comment(std::string_view text) {
    std::string lines;
    std::string line = "#";
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        if (line.size() + 1 + word.size() > line_width) {
            lines += line + '\n';
            line = "#";
        }
        line += ' ' + std::string(word);
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return lines + line + '\n';
}

std::string name_in(const Property& property, std::string_view section) {
    return section.empty() ? property.key : property.key.substr(section.size() + 1);
}

std::string sample_key(const Property& property, const std::string& name) {
    std::string text = comment(property.description + " (" + property.type + (property.required ? ", required)" : ")"));
    if (property.secret) {
        return text + "# " + name + std::string(file_suffix) + " = \"/path/to/a/file\"\n";
    }
    std::string value = property.default_text;
    if (value.empty()) {
        const bool free_names = property.shape == Shape::table && property.type != "rule";
        value = property.shape == Shape::list ? "[]" : free_names ? "{}" : "\"\"";
    }
    return text + (property.required ? "" : "# ") + name + " = " + value + '\n';
}

std::string sample_tables(const Property& property) {
    std::string text =
        '\n' + comment(property.description) + (property.required ? "" : "# ") + "[[" + property.key + "]]\n";
    for (Property column : property.columns) {
        column.required = column.required && property.required;
        text += '\n' + sample_key(column, column.key);
    }
    return text;
}

std::string sample(const Schema& schema) {
    std::string text;
    for (std::size_t i = 0; i < schema.sections().size(); ++i) {
        const Section& section = schema.sections()[i];
        if (!section.name.empty()) {
            text += '\n' + comment(section.description) + '[' + section.name + "]\n";
        }
        std::string tables;
        for (const Property& property : schema.properties()) {
            if (property.section == i) {
                (property.shape == Shape::tables ? tables : text) +=
                    property.shape == Shape::tables ? sample_tables(property)
                                                    : '\n' + sample_key(property, name_in(property, section.name));
            }
        }
        text += tables;
    }
    return text;
}

/// Text for a cell of a table.
std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        escaped += c == '|' ? "\\|" : std::string(1, c);
    }
    return escaped;
}

void markdown_row(const Property& property, const std::string& name, std::string& text) {
    const std::string default_text = property.required               ? "required"
                                     : property.default_text.empty() ? ""
                                                                     : '`' + cell(property.default_text) + '`';
    text += "| `" + name + "` | " + cell(property.type) + (property.secret ? ", secret" : "") + " | " + default_text +
            " | " + cell(property.description) + " |\n";
}

constexpr std::string_view markdown_header = "| key | value | default | meaning |\n|---|---|---|---|\n";

std::string markdown_tables(const Property& property) {
    std::string text =
        "\n### `[[" + property.key + "]]`\n\n" + property.description + "\n\n" + std::string(markdown_header);
    for (const Property& column : property.columns) {
        markdown_row(column, column.key, text);
    }
    return text;
}

std::string markdown(const Schema& schema) {
    std::string text;
    for (std::size_t i = 0; i < schema.sections().size(); ++i) {
        const Section& section = schema.sections()[i];
        std::string rows;
        std::string tables;
        for (const Property& property : schema.properties()) {
            if (property.section == i && property.shape == Shape::tables) {
                tables += markdown_tables(property);
            } else if (property.section == i) {
                markdown_row(property, name_in(property, section.name), rows);
            }
        }
        if (!rows.empty()) {
            text += "\n### " + (section.name.empty() ? "At the top of the file" : "`[" + section.name + "]`") + "\n\n" +
                    section.description + "\n\n" + std::string(markdown_header) + rows;
        }
        text += tables;
    }
    return text;
}

}  // namespace

std::optional<HelpFormat> help_format_of(std::string_view name) {
    if (name.empty() || name == "text") {
        return HelpFormat::text;
    }
    if (name == "json-schema") {
        return HelpFormat::json_schema;
    }
    return name == "markdown" ? std::optional(HelpFormat::markdown) : std::nullopt;
}

std::string help(const Schema& schema, HelpFormat format, std::string_view title, std::string_view introduction) {
    if (format == HelpFormat::markdown) {
        return "## " + std::string(title) + "\n\n" + std::string(introduction) + markdown(schema);
    }
    if (format == HelpFormat::json_schema) {
        return json_schema(schema, title);
    }
    return comment("Configuration of " + std::string(title) +
                   ". Keys that are commented out show their defaults. The environment overrides "
                   "the file: ENTSTREAM_KAFKA_BOOTSTRAP_SERVERS stands for bootstrap_servers in [kafka], and so on.") +
           sample(schema);
}

std::string_view common_rules() {
    return R"(# Configuration

Each program reads one TOML file. This page is printed by the programs themselves (`--help-config=markdown`), from the
same table that reads the file; `--help-config` alone prints a sample file.

- Everything that is wrong with a file is said at once: file, line, key, what is wrong, what to do. Unknown keys are
  refused.
- The environment overrides the file: `ENTSTREAM_LDAP_URI` for `uri` in `[ldap]`, `ENTSTREAM_SOURCE` for `source` at the
  top, lists comma separated. Keys of `[[tables]]` and of tables of free names come from the file alone.
- A *secret* `x` can be given as `x_file` (a path, relative to the configuration file's folder; a line break at its end
  is not part of the secret) or as `x_env` (the name of an environment variable). `x` itself works too, with a warning
  when every user of the machine may read the file.
- A *duration* is a whole number and `ms`, `s`, `m`, `h` or `d`: `"500ms"`, `"10s"`. A *size* is a number of octets, or
  has a unit: `"64MiB"`.
- A *filter* is an LDAP search filter (RFC 4515).
- Editors complete and check both files by the JSON Schemas in `schemas/config/` (`--help-config=json-schema` prints
  them): in VS Code with the extension Even Better TOML, write
  `#:schema https://…/schemas/config/entstream-consumer.schema.json`, or its path relative to the file, into the first
  line. What only the programs can check (filters, regexes, templates, what goes together) they say with `--check-config`.

## Connections that break without a word

A server that hangs, a firewall that drops a connection, a cable that is pulled: nobody says so. Such a connection is given
up and made anew within 15 s of the moment when an answer was due:

| connection | what notices | limit |
|---|---|---|
| directory, the stream | no message, not even an answer to the question for contextCSN | `producer.probe_interval` + `ldap.timeout`: 14 s |
| directory, everything else (connect, TLS, bind, single reads) | no answer | `ldap.timeout`: 10 s for each |
| Kafka | no answer to a request, the making of a connection included | librdkafka's `socket.timeout.ms` and `socket.connection.setup.timeout.ms`, which `kafka.properties` may change: 10 s, looked at once a second |
| PostgreSQL | work that takes longer than 5 s, of which a second connection says that the server does not answer, or is not at work on it | 13 s |
| each of them | sent data that the other machine does not acknowledge | TCP_USER_TIMEOUT: 10 s |
| each of them | an idle connection to a machine that is gone | TCP keepalive: after 5 s, then every 3 s, three times: 14 s |

A program that is told to stop (SIGTERM, SIGINT) ends within 5 s, whatever it waits for.
)";
}

}  // namespace entstream::config
