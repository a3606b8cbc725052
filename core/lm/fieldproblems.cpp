// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/fieldproblems.hpp"

namespace vitrine::lm {

void FieldProblems::add(const char* field, std::string value, const char* range) {
    m_problems.push_back(makeError("VIT-LM-230", "%1 is %2; it must be %3", {field, std::move(value), range},
                                   "Choose a value in this range.", field));
}

} // namespace vitrine::lm
