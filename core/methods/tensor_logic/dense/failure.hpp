// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/diagnostic.hpp"

#include <utility>

/// What ends an evaluation early. Thrown inside tl::evaluate only and caught there.
namespace vitrine::tl::dense {

struct Cancelled {};

struct Failure {
    Diagnostic diagnostic;
};

/// A division by zero, a logarithm of zero, a NaN or the like may have happened: the equation is to be looked at
/// element by element.
struct Suspect {};

[[noreturn]] inline void fail(std::string code, std::string message, std::vector<std::string> arguments,
                              ByteRange range) {
    Diagnostic diagnostic;
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.arguments = std::move(arguments);
    diagnostic.range = range;
    throw Failure{std::move(diagnostic)};
}

} // namespace vitrine::tl::dense
