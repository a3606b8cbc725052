// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/jsonsax.hpp"

#include "core/lm/checkpoint/headertext.hpp"

namespace vitrine::lm {

namespace {

Error faultError(const HeaderFault& fault, const std::string& where) {
    const std::vector<std::string> at{std::to_string(fault.offset)};
    switch (fault.kind) {
    case HeaderFault::Kind::NotUtf8:
        return makeError("VIT-LM-013", "The header is not UTF-8 at its byte %1", at,
                         "Take the file from its source again", where);
    case HeaderFault::Kind::TooDeep:
        return makeError("VIT-LM-016", "The header nests too deeply at its byte %1", at,
                         "Take the file from its source again", where);
    case HeaderFault::Kind::TooLong:
        break;
    }
    return makeError("VIT-LM-016", "The header has too long a text or number at its byte %1", at,
                     "Take the file from its source again", where);
}

} // namespace

bool JsonSax::parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception&) {
    constexpr std::size_t MostShown = 40;
    return fail(makeError("VIT-LM-015", "The header is not JSON at its byte %1, near %2",
                          {std::to_string(position == 0 ? 0 : position - 1), token.substr(0, MostShown)},
                          "Take the file from its source again", m_where));
}

Status parseHeader(std::string_view json, JsonSax& sax, const std::string& where) {
    if (const std::optional<HeaderFault> fault = checkHeaderText(json)) return faultError(*fault, where);
    const bool isRead = Json::sax_parse(json, &sax);
    if (sax.error()) return *sax.error();
    if (!isRead)
        return makeError("VIT-LM-015", "The header is not JSON", {}, "Take the file from its source again", where);
    return {};
}

} // namespace vitrine::lm
