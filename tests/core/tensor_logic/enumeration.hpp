// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

#include <map>
#include <vector>

namespace vitrine::test {

/// Evaluates the numeric equations of a checked program by writing out the definition: every assignment of every index,
/// in floating point, cell by cell, recursion by memo. It shares nothing with the engines but the program. Relations
/// are taken from `relations` (an evaluation whose tuples are right by other tests).
class Enumeration {
  public:
    using Position = std::vector<std::int64_t>;
    Enumeration(const tl::Program& program, const tl::Evaluation& relations)
        : m_program(program), m_relations(relations) {}

    double cell(tl::TensorId tensor, const Position& position);
    /// All cells of a tensor, row-major.
    std::vector<double> cells(tl::TensorId tensor);
    /// Values that stand in for tensors (learned ones).
    std::map<tl::TensorId, std::vector<double>> fixedValues;

  private:
    using Env = std::vector<std::int64_t>;
    double value(const tl::Equation& equation, const tl::Node& node, Env& env);
    double tensor(const tl::Node& node, const Env& env);
    void forEach(const tl::Equation& equation, const std::vector<tl::VarId>& vars, Env& env,
                 const std::function<void()>& visit, std::size_t from = 0);
    bool applies(const tl::Equation& equation, const Env& env) const;
    std::int64_t sizeOf(tl::DomainId domain) const { return m_program.domains[domain].size; }

    const tl::Program& m_program;
    const tl::Evaluation& m_relations;
    std::map<std::pair<tl::TensorId, Position>, double> m_memo;
};

} // namespace vitrine::test
