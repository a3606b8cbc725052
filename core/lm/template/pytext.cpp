// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/pytext.hpp"

#include "core/base/utf8.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace vitrine::lm::jinja {

namespace {

bool isIn(const std::string* chars, std::string_view character, char32_t value) {
    return chars ? chars->find(character) != std::string::npos : isPythonSpace(value);
}

bool isPrintable(char32_t value) {
    if (value == ' ') return true;
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
        return false;
    default:
        return true;
    }
}

std::string hex(const char* format, char32_t value) {
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), format, static_cast<unsigned>(value));
    return buffer.data();
}

std::string quotedText(const std::string& text) {
    const bool usesDouble = text.find('\'') != std::string::npos && text.find('"') == std::string::npos;
    const char quote = usesDouble ? '"' : '\'';
    std::string out(1, quote);
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Scalar scalar = decodeValidUtf8(text.data() + at);
        const char32_t c = scalar.value;
        if (c == static_cast<char32_t>(quote) || c == '\\')
            (out += '\\') += static_cast<char>(c);
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (isPrintable(c))
            out += std::string_view(text).substr(at, scalar.length);
        else
            out += hex(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
        at += scalar.length;
    }
    return out + quote;
}

std::string jsonText(const std::string& text, bool ensureAscii) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Scalar scalar = decodeValidUtf8(text.data() + at);
        const char32_t c = scalar.value;
        constexpr std::string_view special = "\"\\\n\r\t\f\b", letters = "\"\\nrtfb";
        const std::size_t known = c < 0x80 ? special.find(static_cast<char>(c)) : std::string_view::npos;
        if (known != std::string_view::npos)
            (out += '\\') += letters[known];
        else if (c < 0x20)
            out += hex("\\u%04x", c);
        else if (c < 0x7F || (!ensureAscii))
            out += std::string_view(text).substr(at, scalar.length);
        else if (c < 0x10000)
            out += hex("\\u%04x", c);
        else
            out += hex("\\u%04x", 0xD800 + ((c - 0x10000) >> 10U)) + hex("\\u%04x", 0xDC00 + ((c - 0x10000) & 0x3FF));
        at += scalar.length;
    }
    return out + '"';
}

bool jsonKey(const Value& key, std::string& out) {
    if (const std::string* text = key.text()) return out = *text, true;
    if (key.isNone()) return out = "null", true;
    if (const bool* flag = key.as<bool>()) return out = *flag ? "true" : "false", true;
    double number = 0;
    return key.number(number) && (out = str(key), true);
}

void breakLine(const JsonStyle& style, int level, std::string& out) {
    if (style.indent >= 0)
        (out += '\n').append(static_cast<std::size_t>(style.indent) * static_cast<std::size_t>(level), ' ');
}

bool writeList(const List& list, const JsonStyle& style, std::string& out, int level) {
    if (list.items.empty()) return out += "[]", true;
    out += '[';
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        if (i > 0) out += style.item;
        breakLine(style, level + 1, out);
        if (!writeJson(list.items[i], style, out, level + 1)) return false;
    }
    breakLine(style, level, out);
    out += ']';
    return true;
}

bool writeDict(const Dict& dict, const JsonStyle& style, std::string& out, int level) {
    if (dict.entries.empty()) return out += "{}", true;
    auto entries = dict.entries;
    if (style.sortKeys)
        std::stable_sort(entries.begin(), entries.end(),
                         [](const auto& a, const auto& b) { return str(a.first) < str(b.first); });
    out += '{';
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i > 0) out += style.item;
        breakLine(style, level + 1, out);
        std::string key;
        if (!jsonKey(entries[i].first, key)) return false;
        (out += jsonText(key, style.ensureAscii)) += style.key;
        if (!writeJson(entries[i].second, style, out, level + 1)) return false;
    }
    breakLine(style, level, out);
    out += '}';
    return true;
}

} // namespace

bool isPythonSpace(char32_t value) {
    if ((value >= 0x09 && value <= 0x0D) || (value >= 0x1C && value <= 0x20) || value == 0x85) return true;
    if (value < 0x80) return false;
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(value))) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return true;
    default:
        return false;
    }
}

std::string_view stripLeft(std::string_view text, const std::string* chars) {
    while (!text.empty()) {
        const Utf8Scalar scalar = decodeUtf8(text, 0);
        if (!isIn(chars, text.substr(0, scalar.length), scalar.value)) break;
        text.remove_prefix(scalar.length);
    }
    return text;
}

std::string_view stripRight(std::string_view text, const std::string* chars) {
    while (!text.empty()) {
        std::size_t at = text.size() - 1;
        while (at > 0 && continuesCharacter(text[at])) --at;
        if (!isIn(chars, text.substr(at), decodeUtf8(text, at).value)) break;
        text = text.substr(0, at);
    }
    return text;
}

std::vector<std::string_view> characters(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t length = decodeUtf8(text, at).length;
        out.push_back(text.substr(at, length));
        at += length;
    }
    return out;
}

std::string changeCase(std::string_view text, bool upper) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Utf8Scalar scalar = decodeUtf8(text, at);
        const auto value = static_cast<utf8proc_int32_t>(scalar.value);
        appendUtf8(out, static_cast<char32_t>(upper ? utf8proc_toupper(value) : utf8proc_tolower(value)));
        at += scalar.length;
    }
    return out;
}

std::string realText(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    std::array<char, 64> buffer{};
    const double size = std::fabs(value);
    const bool isPlain = size == 0 || (size >= 1e-4 && size < 1e16);
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   isPlain ? std::chars_format::fixed : std::chars_format::scientific);
    std::string text(buffer.data(), end.ptr);
    if (isPlain && text.find('.') == std::string::npos) text += ".0";
    return text;
}

std::string str(const Value& value) {
    if (const std::string* text = value.text()) return *text;
    return value.isUndefined() ? std::string() : repr(value);
}

std::string repr(const Value& value) {
    if (const std::string* text = value.text()) return quotedText(*text);
    if (value.isUndefined()) return "Undefined";
    if (value.isNone()) return "None";
    if (const bool* flag = value.as<bool>()) return *flag ? "True" : "False";
    std::int64_t whole = 0;
    if (value.integer(whole)) return std::to_string(whole);
    if (const double* real = value.as<double>()) return realText(*real);
    std::string out;
    if (const List* list = value.list()) {
        for (const Value& item : list->items) out += (out.empty() ? "" : ", ") + repr(item);
        if (list->isTuple) return "(" + out + (list->items.size() == 1 ? ",)" : ")");
        return "[" + out + "]";
    }
    if (const Dict* dict = value.dict()) {
        for (const auto& [key, content] : dict->entries)
            out += (out.empty() ? "" : ", ") + repr(key) + ": " + repr(content);
        return "{" + out + "}";
    }
    return std::string("<") + value.typeName() + ">";
}

bool writeJson(const Value& value, const JsonStyle& style, std::string& out, int level) {
    if (const List* list = value.list()) return writeList(*list, style, out, level);
    if (const Dict* dict = value.dict()) return writeDict(*dict, style, out, level);
    if (const std::string* text = value.text()) return out += jsonText(*text, style.ensureAscii), true;
    if (value.isNone()) return out += "null", true;
    if (const bool* flag = value.as<bool>()) return out += *flag ? "true" : "false", true;
    if (const double* real = value.as<double>()) {
        out += std::isnan(*real) ? "NaN" : std::isinf(*real) ? (*real > 0 ? "Infinity" : "-Infinity") : realText(*real);
        return true;
    }
    std::int64_t whole = 0;
    if (!value.integer(whole)) return false;
    out += std::to_string(whole);
    return true;
}

bool formatTime(const std::tm& time, std::string_view format, std::string& out) {
    static constexpr std::array<const char*, 12> months{"January",   "February", "March",    "April",
                                                        "May",       "June",     "July",     "August",
                                                        "September", "October",  "November", "December"};
    static constexpr std::array<const char*, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                     "Thursday", "Friday", "Saturday"};
    const auto padded = [](int value, int width) {
        const std::string digits = std::to_string(value);
        return std::string(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0') +
               digits;
    };
    const std::string month = months[static_cast<std::size_t>(std::clamp(time.tm_mon, 0, 11))];
    const std::string day = days[static_cast<std::size_t>(std::clamp(time.tm_wday, 0, 6))];
    const int hour12 = time.tm_hour % 12 == 0 ? 12 : time.tm_hour % 12;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%' || i + 1 >= format.size()) {
            out += format[i];
            continue;
        }
        switch (format[++i]) {
        case 'd':
            out += padded(time.tm_mday, 2);
            break;
        case 'm':
            out += padded(time.tm_mon + 1, 2);
            break;
        case 'Y':
            out += padded(time.tm_year + 1900, 4);
            break;
        case 'y':
            out += padded(time.tm_year % 100, 2);
            break;
        case 'B':
            out += month;
            break;
        case 'b':
            out += month.substr(0, 3);
            break;
        case 'A':
            out += day;
            break;
        case 'a':
            out += day.substr(0, 3);
            break;
        case 'H':
            out += padded(time.tm_hour, 2);
            break;
        case 'I':
            out += padded(hour12, 2);
            break;
        case 'M':
            out += padded(time.tm_min, 2);
            break;
        case 'S':
            out += padded(time.tm_sec, 2);
            break;
        case 'p':
            out += time.tm_hour < 12 ? "AM" : "PM";
            break;
        case 'j':
            out += padded(time.tm_yday + 1, 3);
            break;
        case '%':
            out += '%';
            break;
        default:
            return false;
        }
    }
    return true;
}

} // namespace vitrine::lm::jinja
