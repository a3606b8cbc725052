// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/parser.hpp"

#include <cstdint>
#include <cstdlib>

using namespace vitrine::tl;

namespace {

bool isInside(ByteRange range, std::size_t size) {
    return range.begin <= range.end && range.end <= size;
}

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

/// Any bytes as a program: it is parsed, checked, every diagnostic is rendered, and it is coloured.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Source source("fuzz", std::string(reinterpret_cast<const char*>(data), size));
    const Parsed parsed = parse(source);
    for (const Diagnostic& found : parsed.diagnostics) {
        require(isInside(found.range, size) && !found.code.empty());
        require(!render(found, source).empty());
    }
    for (const ast::Statement& statement : parsed.program.statements) require(isInside(statement.range, size));
    std::uint32_t last = 0;
    for (const HighlightToken& token : highlightTokens(source.text())) {
        require(token.range.begin >= last && isInside(token.range, size));
        last = token.range.end;
    }
    CheckOptions options;
    options.readFiles = false;
    const Checked checked = check(source, options);
    require(checked.program != nullptr);
    for (const Diagnostic& found : checked.diagnostics) require(isInside(found.range, size));
    return 0;
}
