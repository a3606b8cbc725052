// SPDX-License-Identifier: GPL-3.0-or-later
// Warnings: they never change a result.
#include "core/methods/tensor_logic/check/context.hpp"

namespace vitrine::tl::checking {

namespace {

/// A variable that occurs once says nothing: `_` shows that this is meant.
void warnOnce(Context& context, const RuleInfo& info) {
    for (const VarInfo& var : info.vars) {
        if (var.count != 1 || var.isAnonymous || var.isSlice || var.name.front() == '_') continue;
        context.warning("W-ONCE", "%1 occurs once in this rule: write _ if its value does not matter", {var.name},
                        var.first)
            .fixes.push_back({"Replace %1 by _", {var.name}, var.first, "_"});
    }
}

} // namespace

void warnAbout(Context& context) {
    for (const RuleInfo& info : context.rules)
        if (!info.isBroken) warnOnce(context, info);
}

} // namespace vitrine::tl::checking
