// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/diagnostic.hpp"

#include "core/methods/tensor_logic/utf8.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <tuple>

namespace vitrine::tl {

namespace {

constexpr std::int32_t ByteOrderMark = 0xFEFF;
constexpr std::size_t ShownBytes = 240; ///< longer lines are shown around the position only

std::string_view severityName(Severity severity) {
    switch (severity) {
    case Severity::Error:
        return "error";
    case Severity::Warning:
        return "warning";
    case Severity::Note:
        return "note";
    }
    return "error";
}

std::string heading(const Source& source, std::uint32_t offset) {
    const Source::Position position = source.position(offset);
    return source.name() + ":" + std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
}

/// Moves back to the start of a code point.
std::size_t alignDown(std::string_view text, std::size_t at) {
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u) --at;
    return at;
}

/// A line as shown: control characters and invalid bytes would disturb a terminal.
struct Excerpt {
    std::string line, caret;
};

void appendShown(std::string& out, std::string_view text, std::size_t at, const CodePoint& point) {
    if (!point.isValid)
        out += "\xEF\xBF\xBD";
    else if (point.value == '\t')
        out += '\t';
    else if (point.value < 0x20 || point.value == 0x7F)
        out += ' ';
    else
        out.append(text.substr(at, point.length));
}

/// Blanks as wide as the character, so that the caret stands below its place. Tabs stay tabs.
void appendPadding(std::string& out, const CodePoint& point) {
    if (point.isValid && point.value == '\t') {
        out += '\t';
        return;
    }
    const int width = point.isValid && point.value >= 0x80 ? utf8proc_charwidth(point.value) : 1;
    out.append(static_cast<std::size_t>(std::max(width, 0)), ' ');
}

Excerpt excerptOf(std::string_view line, std::size_t target) {
    Excerpt excerpt;
    std::size_t begin = 0, end = line.size();
    if (line.size() > ShownBytes) {
        begin = alignDown(line, target > ShownBytes / 2 ? std::min(target - ShownBytes / 2, line.size() - 1) : 0);
        end = std::min(line.size(), begin + ShownBytes);
        if (end < line.size()) end = alignDown(line, end);
    }
    if (begin > 0) {
        excerpt.line = "... ";
        excerpt.caret = "    ";
    }
    for (std::size_t at = begin; at < end;) {
        const CodePoint point = codePointAt(line, at);
        if (at != 0 || point.value != ByteOrderMark) {
            appendShown(excerpt.line, line, at, point);
            if (at < target) appendPadding(excerpt.caret, point);
        }
        at += point.length;
    }
    if (end < line.size()) excerpt.line += " ...";
    excerpt.caret += '^';
    return excerpt;
}

} // namespace

Source::Source(std::string name, std::string text) : m_name(std::move(name)), m_text(std::move(text)) {
    m_lineStarts.push_back(0);
    for (std::size_t at = m_text.find('\n'); at != std::string::npos; at = m_text.find('\n', at + 1))
        m_lineStarts.push_back(static_cast<std::uint32_t>(at + 1));
}

Source::Position Source::position(std::uint32_t offset) const {
    Position position;
    if (m_lineStarts.empty()) return position;
    const std::size_t target = std::min<std::size_t>(offset, m_text.size());
    const auto after = std::upper_bound(m_lineStarts.begin(), m_lineStarts.end(), target);
    position.line = static_cast<int>(after - m_lineStarts.begin());
    for (std::size_t at = *(after - 1); at < target;) {
        const CodePoint point = codePointAt(m_text, at);
        if (at != 0 || point.value != ByteOrderMark) {
            ++position.column;
            position.utf16Column += point.isValid && point.value > 0xFFFF ? 2 : 1;
        }
        at += point.length;
    }
    return position;
}

std::string_view Source::line(int number) const {
    if (number < 1 || number > lineCount()) return {};
    const std::size_t begin = m_lineStarts[static_cast<std::size_t>(number - 1)];
    const std::size_t end = number < lineCount() ? m_lineStarts[static_cast<std::size_t>(number)] - 1 : m_text.size();
    std::string_view line = std::string_view(m_text).substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

int Source::lineCount() const {
    return static_cast<int>(m_lineStarts.size());
}

bool hasErrors(const Diagnostics& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& found) { return found.severity == Severity::Error; });
}

void sortDiagnostics(Diagnostics& diagnostics) {
    const auto key = [](const Diagnostic& found) {
        return std::make_tuple(found.range.begin, -static_cast<int>(found.severity), std::string_view(found.code));
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    const auto repeats = std::unique(diagnostics.begin(), diagnostics.end(),
                                     [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); });
    diagnostics.erase(repeats, diagnostics.end());
}

std::string render(const Diagnostic& diagnostic, const Source& source) {
    const Source::Position position = source.position(diagnostic.range.begin);
    std::string out = heading(source, diagnostic.range.begin);
    out += severityName(diagnostic.severity);
    out += "[" + diagnostic.code + "]: " + fillIn(diagnostic.message, diagnostic.arguments) + "\n";
    const std::string_view line = source.line(position.line);
    const auto lineStart = static_cast<std::size_t>(line.data() - source.text().data());
    const Excerpt excerpt = excerptOf(line, line.data() ? diagnostic.range.begin - lineStart : 0);
    out += excerpt.line + "\n" + excerpt.caret + "\n";
    for (const Diagnostic::Note& note : diagnostic.notes)
        out += heading(source, note.range.begin) + "note: " + fillIn(note.message, note.arguments) + "\n";
    return out;
}

} // namespace vitrine::tl
