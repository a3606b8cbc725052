// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/safetensors.hpp"

#include "core/base/json.hpp"
#include "core/lm/checkpoint/headertext.hpp"
#include "core/lm/checkpoint/jsonsax.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

namespace vitrine::lm {

namespace {

constexpr const char* MetadataKey = "__metadata__";
constexpr std::size_t MaxRank = 64;

std::optional<StoredType> typeNamed(std::string_view name) {
    constexpr std::array Known{StoredType::F64,  StoredType::F32,    StoredType::F16,   StoredType::BF16,
                               StoredType::I64,  StoredType::I32,    StoredType::I16,   StoredType::I8,
                               StoredType::U64,  StoredType::U32,    StoredType::U16,   StoredType::U8,
                               StoredType::Bool, StoredType::F8E4M3, StoredType::F8E5M2};
    for (const StoredType type : Known)
        if (traits(type).name == name) return type;
    return std::nullopt;
}

/// The header as events of a parser, held in flat lists: nothing here nests deeper than an entry's list.
class HeaderSax : public JsonSax {
  public:
    HeaderSax(SafetensorsHeader& header, const std::string& where) : JsonSax(where), m_header(header) {}

    bool key(string_t& text) override {
        if (m_in == In::Document) {
            m_name = std::move(text);
        } else if (m_in == In::Entry) {
            m_member = memberNamed(text);
            if (m_member != Member::Other && std::exchange(m_seen[static_cast<std::size_t>(m_member)], true))
                return twice(m_name + "." + text);
        } else if (m_in == In::Metadata) {
            if (!m_metadataKeys.insert(text).second) return twice(std::string(MetadataKey) + "." + text);
            m_header.metadata.entries.emplace_back(std::move(text), std::string());
        }
        return true;
    }

    bool start_object(std::size_t) override {
        switch (m_in) {
        case In::Nothing:
            m_in = In::Document;
            return true;
        case In::Document:
            return m_name == MetadataKey ? startMetadata() : startEntry();
        case In::Entry:
            return m_member == Member::Other ? skipInside() : wrongMember();
        case In::Skipped:
            ++m_skipped;
            return true;
        default:
            return wrongMember();
        }
    }

    bool end_object() override {
        if (m_in == In::Skipped) return leaveSkipped();
        if (m_in == In::Metadata) {
            m_in = In::Document;
        } else if (m_in == In::Entry) {
            m_in = In::Document;
            return finishEntry();
        }
        return true;
    }

    bool start_array(std::size_t) override {
        if (m_in == In::Skipped) {
            ++m_skipped;
            return true;
        }
        if (m_in != In::Entry || m_member == Member::Type) return wrongMember();
        if (m_member == Member::Other) return skipInside();
        m_in = m_member == Member::Shape ? In::Shape : In::Offsets;
        return true;
    }

    bool end_array() override {
        if (m_in == In::Skipped) return leaveSkipped();
        m_in = In::Entry;
        return true;
    }

    bool string(string_t& text) override {
        if (m_in == In::Metadata) {
            m_header.metadata.entries.back().second = std::move(text);
            return true;
        }
        if (m_in != In::Entry || m_member != Member::Type) return otherValue();
        if (const std::optional<StoredType> type = typeNamed(text)) {
            m_entry.type = *type;
            return true;
        }
        return fail(makeError("VIT-LM-018", "The tensor %1 has the type %2, which Vitrine does not know",
                              {m_name, text}, "Save the model as F32, F16 or BF16", m_where));
    }

    bool number_unsigned(number_unsigned_t number) override {
        if (m_in == In::Shape) {
            if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return tooLarge();
            if (m_entry.shape.size() == MaxRank) return wrongMember();
            m_entry.shape.push_back(static_cast<std::int64_t>(number));
            return true;
        }
        if (m_in != In::Offsets) return otherValue();
        if (m_offsets == 2) return wrongMember();
        (m_offsets++ == 0 ? m_begin : m_end) = number;
        return true;
    }

  private:
    enum class In { Nothing, Document, Entry, Shape, Offsets, Metadata, Skipped };
    enum class Member { Type, Shape, Offsets, Other };

    static Member memberNamed(std::string_view text) {
        if (text == "dtype") return Member::Type;
        if (text == "shape") return Member::Shape;
        return text == "data_offsets" ? Member::Offsets : Member::Other;
    }

    bool otherValue() override {
        const bool isIgnored = m_in == In::Skipped || (m_in == In::Entry && m_member == Member::Other);
        return isIgnored || wrongMember();
    }

    bool startMetadata() {
        if (std::exchange(m_hasMetadata, true)) return twice(MetadataKey);
        m_in = In::Metadata;
        return true;
    }

    bool startEntry() {
        if (m_header.tensors.size() == MaxTensors)
            return fail(makeError("VIT-LM-016", "The header lists more than %1 tensors", {std::to_string(MaxTensors)},
                                  "Take the file from its source again", m_where));
        m_in = In::Entry;
        m_entry = TensorInfo();
        m_seen = {};
        m_offsets = 0;
        return true;
    }

    bool skipInside() {
        m_in = In::Skipped;
        m_skipped = 1;
        return true;
    }
    bool leaveSkipped() {
        if (--m_skipped == 0) m_in = In::Entry;
        return true;
    }

    bool finishEntry() {
        if (!m_seen[0] || !m_seen[1] || !m_seen[2]) return notAnEntry();
        if (m_offsets != 2 || m_begin > m_end) return wrongOffsets();
        const std::optional<std::uint64_t> bytes = byteCount(m_entry.type, m_entry.shape);
        if (!bytes) return tooLarge();
        if (*bytes != m_end - m_begin)
            return fail(makeError("VIT-LM-021",
                                  "The tensor %1 takes %2 bytes by its shape and type, but %3 by its offsets",
                                  {m_name, std::to_string(*bytes), std::to_string(m_end - m_begin)},
                                  "Take the file from its source again", m_where));
        m_entry.name = std::move(m_name);
        m_entry.offset = m_begin;
        m_entry.bytes = *bytes;
        m_header.tensors.push_back(std::move(m_entry));
        return true;
    }

    bool wrongMember() {
        if (m_in == In::Metadata)
            return fail(makeError("VIT-LM-027", "The metadata %1 are not text",
                                  {m_header.metadata.entries.empty() ? "" : m_header.metadata.entries.back().first},
                                  "Take the file from its source again", m_where));
        if (m_in == In::Shape || (m_in == In::Entry && m_member == Member::Shape))
            return fail(makeError("VIT-LM-019", "The shape of the tensor %1 is not a list of at most %2 sizes",
                                  {m_name, std::to_string(MaxRank)}, "Take the file from its source again", m_where));
        if (m_in == In::Offsets || (m_in == In::Entry && m_member == Member::Offsets)) return wrongOffsets();
        return notAnEntry();
    }
    bool wrongOffsets() {
        return fail(makeError("VIT-LM-022", "The offsets of the tensor %1 are not a begin and an end after it",
                              {m_name}, "Take the file from its source again", m_where));
    }
    bool notAnEntry() {
        return fail(makeError("VIT-LM-026", "The header's entry %1 is not a type, a shape and two offsets", {m_name},
                              "Take the file from its source again", m_where));
    }
    bool tooLarge() {
        return fail(makeError("VIT-LM-020", "The size of the tensor %1 overflows", {m_name},
                              "Take the file from its source again", m_where));
    }
    bool twice(const std::string& name) {
        return fail(makeError("VIT-LM-017", "The name %1 stands twice in the header", {name},
                              "Take the file from its source again", m_where));
    }

    SafetensorsHeader& m_header;
    In m_in = In::Nothing;
    Member m_member = Member::Other;
    std::array<bool, 3> m_seen{}; // type, shape, offsets
    std::string m_name;
    TensorInfo m_entry;
    std::uint64_t m_begin = 0, m_end = 0;
    std::size_t m_offsets = 0, m_skipped = 0;
    bool m_hasMetadata = false;
    std::set<std::string> m_metadataKeys;
};

std::string bytesOf(const TensorInfo& tensor) {
    return std::to_string(tensor.offset) + "-" + std::to_string(tensor.offset + tensor.bytes);
}

/// Tensors sorted by offset must tile [0, dataBytes).
Status checkTiling(const std::vector<TensorInfo>& tensors, std::uint64_t dataBytes, const std::string& where) {
    std::uint64_t expected = 0;
    for (const TensorInfo& tensor : tensors) {
        if (tensor.offset > expected)
            return makeError("VIT-LM-023", "Bytes %1 to %2 before the tensor %3 belong to no tensor",
                             {std::to_string(expected), std::to_string(tensor.offset), tensor.name},
                             "Take the file from its source again", where);
        if (tensor.offset < expected)
            return makeError("VIT-LM-024", "The tensor %1 (bytes %2) overlaps the one before it, which ends at %3",
                             {tensor.name, bytesOf(tensor), std::to_string(expected)},
                             "Take the file from its source again", where);
        expected = tensor.offset + tensor.bytes;
    }
    if (expected == dataBytes) return {};
    return makeError("VIT-LM-025", "The tensors take %1 bytes, but the file has %2 for them",
                     {std::to_string(expected), std::to_string(dataBytes)},
                     "The file was cut off or something was appended; take it from its source again", where);
}

} // namespace

Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view json, std::uint64_t dataStart,
                                                 std::uint64_t dataBytes, const std::string& where) {
    if (json.empty() || json.front() != '{')
        return makeError("VIT-LM-014", "The header does not begin with {", {},
                         "This is no safetensors file, or it is damaged", where);
    SafetensorsHeader header;
    HeaderSax sax(header, where);
    if (Status read = parseHeader(json, sax, where); !read) return read.error();
    if (const std::string* name = repeatedName(header.tensors))
        return makeError("VIT-LM-017", "The name %1 stands twice in the header", {*name},
                         "Take the file from its source again", where);
    std::sort(header.tensors.begin(), header.tensors.end(), [](const TensorInfo& a, const TensorInfo& b) {
        return std::pair(a.offset, a.bytes) < std::pair(b.offset, b.bytes);
    });
    if (Status tiled = checkTiling(header.tensors, dataBytes, where); !tiled) return tiled.error();
    for (TensorInfo& tensor : header.tensors) tensor.offset += dataStart;
    return header;
}

} // namespace vitrine::lm
