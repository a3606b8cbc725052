// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTranslator>

namespace vitrine {

/// A language for testing layouts: every text of ours 40 % longer and in brackets. What stands without brackets was not
/// translated; what lacks its closing bracket is clipped.
class PseudoTranslator final : public QTranslator {
  public:
    using QTranslator::QTranslator;
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char* context, const char* text, const char* comment,
                                    int count) const override;
};

} // namespace vitrine
