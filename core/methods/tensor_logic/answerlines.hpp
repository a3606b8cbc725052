// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/answer.hpp"

#include <span>
#include <string>

/// Parts of `answer`: headings, lines, and the three kinds of answers.
namespace vitrine::tl {

void appendNumber(std::string& out, double value);
void appendNumber(std::string& out, std::int64_t value);
void appendValue(std::string& out, const Row& row);
void appendCell(std::string& out, const Dictionary& dictionary, Cell cell);
/// "R(Alice, Bob)" or "T[0, 2]".
void appendElement(std::string& out, const Program& program, const TensorInfo& info, std::span<const Cell> cells);
/// "R(Alice, x)", "T[i, 4:8]", "R".
[[nodiscard]] std::string headingOf(const Program& program, const Query& query);

/// Gathers the lines of one answer and hands them over, cut or in parts.
class AnswerLines {
  public:
    AnswerLines(std::uint32_t statement, const AnswerOptions& options, const std::function<void(const Answer&)>& take)
        : m_options(options), m_take(take) {
        m_answer.statement = statement;
    }
    /// The number of lines is known: false when they are not to be written.
    [[nodiscard]] bool begin(std::string heading, std::uint64_t count);
    /// Where the next line is written, two blanks first; endLine adds its end.
    [[nodiscard]] std::string& text() { return m_answer.lines; }
    void endLine();
    void end();
    [[nodiscard]] bool isCut(std::uint64_t count) const { return !m_options.all && count > MaxAnswerLines; }
    [[nodiscard]] bool isStopped() const { return m_options.stop.stop_requested(); }

  private:
    [[nodiscard]] bool hasParts() const { return m_options.all && m_options.partBytes > 0; }

    const AnswerOptions& m_options;
    const std::function<void(const Answer&)>& m_take;
    Answer m_answer;
};

void answerRelation(const Evaluation& evaluation, const Query& query, AnswerLines& lines);
void answerTensor(const Evaluation& evaluation, const Query& query, AnswerLines& lines);
/// Adds an E-FILE to `found` when the file cannot be written.
void answerOutput(const Evaluation& evaluation, const Output& output, const AnswerOptions& options, AnswerLines& lines,
                  Diagnostics& found);
/// The bytes of the file; nothing when a symbol cannot be written in its format.
[[nodiscard]] Result<std::string> fileTextOf(const Evaluation& evaluation, const Output& output, std::uint64_t& rows,
                                             std::stop_token stop);

} // namespace vitrine::tl
