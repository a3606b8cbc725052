// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/evaluator.hpp"

namespace vitrine::tl {

std::vector<bool> Evaluator::dependsOnLearned() const { return std::vector<bool>(m_program->strata.size(), false); }
void Evaluator::learn() {}
void Evaluator::runBackward() {
    for (std::uint32_t k = 0; k < m_program->strata.size(); ++k) runStratum(k);
}
bool Evaluator::runNaiveDense(const Stratum&, std::uint32_t) { return false; }

} // namespace vitrine::tl
