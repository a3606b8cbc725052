// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/usage.hpp"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace vitrine::cli {

namespace {

/// Insertions, removals and replacements that turn one word into the other.
std::size_t distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
    const std::string* best = nullptr;
    std::size_t least = std::max<std::size_t>(1, word.size() / 3);
    for (const std::string& one : known) {
        const std::size_t needed = word.size() > 2 && one.starts_with(word) ? 0 : distance(word, one);
        if (needed > least || (best != nullptr && needed == least)) continue;
        best = &one;
        least = needed;
    }
    return best == nullptr ? std::string() : "; did you mean " + *best + "?";
}

std::vector<std::string> commandsOf(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* one : app.get_subcommands({})) names.push_back(one->get_name());
    return names;
}

std::vector<std::string> optionsOf(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

} // namespace

CLI::Validator wholeNumber(std::uint64_t low, std::uint64_t high) {
    const auto check = [low, high](const std::string& text) {
        std::uint64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data(), end, value);
        if (error == std::errc() && stop == end && value >= low && value <= high) return std::string();
        return text + " is not a whole number from " + std::to_string(low) + " to " + std::to_string(high);
    };
    return CLI::Validator(check, std::string());
}

std::string explain(const CLI::App& app, const CLI::ParseError& problem) {
    const CLI::App* command = &app;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    std::vector<std::string> words = app.remaining(true);
    std::stable_partition(words.begin(), words.end(), [](const std::string& word) { return word.starts_with("-"); });
    if (words.empty()) return problem.what();
    const std::string word = words.front().substr(0, words.front().find('='));
    if (word.starts_with("-")) return "there is no option " + word + suggestion(word, optionsOf(*command));
    const std::vector<std::string> commands = commandsOf(*command);
    if (commands.empty()) return "\"" + word + "\" is one argument too many";
    return "there is no command \"" + word + "\"" + suggestion(word, commands);
}

} // namespace vitrine::cli
