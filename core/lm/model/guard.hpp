// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <c10/util/Exception.h>

#include <new>
#include <string>

namespace vitrine::lm {

/// Runs `work`, and makes values of the exceptions of the tensor library: VIT-LM-219 out of memory, VIT-LM-218 any
/// other.
template <typename Work>
auto guarded(const Work& work) -> decltype(work()) {
    const auto outOfMemory = [](const std::string& what) {
        Error error = makeError("VIT-LM-219", "There is not enough memory for this pass", {},
                                "Shorten the text, make the batch smaller, or choose a smaller model.");
        error.cause = std::make_shared<const Error>(makeError("VIT-LM-218", "The tensor library says: %1", {what}));
        return error;
    };
    try {
        return work();
    } catch (const c10::OutOfMemoryError& problem) {
        return outOfMemory(problem.what_without_backtrace());
    } catch (const std::bad_alloc& problem) {
        return outOfMemory(problem.what());
    } catch (const c10::Error& problem) {
        const std::string what = problem.what_without_backtrace();
        if (what.find("not enough memory") != std::string::npos) return outOfMemory(what); // of the CPU's allocator
        return makeError("VIT-LM-218", "The tensor library says: %1", {what.substr(0, what.find('\n'))});
    }
}

} // namespace vitrine::lm
