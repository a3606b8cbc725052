// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::tl {

/// Half-open range of byte offsets in the UTF-8 source.
struct ByteRange {
    std::uint32_t begin = 0, end = 0;
};

/// The source text with its line index.
class Source {
  public:
    Source() = default;
    Source(std::string name, std::string text);
    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] const std::string& text() const { return m_text; }
    struct Position {
        int line = 1;        ///< from 1
        int column = 1;      ///< code points from 1
        int utf16Column = 0; ///< UTF-16 units from 0, for the editor
    };
    [[nodiscard]] Position position(std::uint32_t offset) const;
    [[nodiscard]] std::string_view line(int number) const; ///< without its newline
    [[nodiscard]] int lineCount() const;

  private:
    std::string m_name, m_text;
    std::vector<std::uint32_t> m_lineStarts;
};

/// A finding of the language: the same values drive the editor, the shell and the tests.
struct Diagnostic {
    Severity severity = Severity::Error;
    std::string code;    ///< "E-SHAPE", "W-ONCE"
    std::string message; ///< message id with %1..%9
    std::vector<std::string> arguments;
    ByteRange range; ///< smallest construct responsible
    struct Note {
        std::string message;
        std::vector<std::string> arguments;
        ByteRange range;
    };
    std::vector<Note> notes; ///< the other positions involved
    struct Fix {
        std::string label; ///< message id: "Add @domain %1"
        std::vector<std::string> arguments;
        ByteRange range; ///< replaced by `text`
        std::string text;
    };
    std::vector<Fix> fixes;
};

using Diagnostics = std::vector<Diagnostic>;

[[nodiscard]] bool hasErrors(const Diagnostics& diagnostics);
/// Sorted by position, repeats at one position dropped.
void sortDiagnostics(Diagnostics& diagnostics);
/// "FILE:LINE:COL: error[CODE]: message", the source line, a caret, and notes, each ending in a newline.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, const Source& source);

} // namespace vitrine::tl
