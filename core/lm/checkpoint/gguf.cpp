// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/gguf.hpp"

#include "core/lm/checkpoint/ggufbytes.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <set>
#include <utility>

namespace vitrine::lm {

namespace {

constexpr std::uint32_t Magic = 0x46554747; // "GGUF"
constexpr std::uint64_t MaxKeys = 65'536;
constexpr std::uint64_t MaxKeyLength = 65'535;
constexpr std::uint64_t MaxText = 16ULL << 20U; // a chat template, a licence
constexpr std::uint64_t MaxItems = 8ULL << 20U; // of all lists of numbers
constexpr std::uint64_t MaxTexts =
    2ULL << 20U; // of all lists of texts: vocabularies have 0.3 million, merges 0.3 million
constexpr std::uint32_t MaxRank = 4;
constexpr std::uint32_t DefaultAlignment = 32;

enum class Kind : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, Text, List, U64, I64, F64 };

std::optional<StoredType> storedType(std::uint32_t type) {
    switch (type) {
    case 0:
        return StoredType::F32;
    case 1:
        return StoredType::F16;
    case 2:
        return StoredType::Q4_0;
    case 3:
        return StoredType::Q4_1;
    case 8:
        return StoredType::Q8_0;
    case 24:
        return StoredType::I8;
    case 25:
        return StoredType::I16;
    case 26:
        return StoredType::I32;
    case 27:
        return StoredType::I64;
    case 28:
        return StoredType::F64;
    case 30:
        return StoredType::BF16;
    default:
        return std::nullopt;
    }
}

/// Keys, tensor list and data of one file.
class GgufParser {
  public:
    explicit GgufParser(std::shared_ptr<const MappedFile> file) : m_file(std::move(file)), m_bytes(*m_file) {}

    Result<std::shared_ptr<const Checkpoint>> parse() {
        if (Status begun = readBeginning(); !begun) return begun.error();
        const std::uint64_t tensors = m_bytes.count(24, MaxTensorCount);
        const std::uint64_t keys = m_bytes.count(13, MaxKeys);
        for (std::uint64_t at = 0; at < keys && !m_bytes.failed(); ++at) readKey();
        for (std::uint64_t at = 0; at < tensors && !m_bytes.failed(); ++at) readTensor();
        if (m_bytes.failed()) return m_bytes.error();
        if (!m_refused.empty()) return refusal();
        if (const std::string* name = repeatedName(m_parts.tensors)) return twice(*name);
        if (Status placed = placeTensors(); !placed) return placed.error();
        m_parts.format = CheckpointFormat::Gguf;
        m_parts.files.push_back(m_file);
        return std::make_shared<const Checkpoint>(std::move(m_parts));
    }

  private:
    static constexpr std::uint64_t MaxTensorCount = 262'144;

    Status readBeginning() {
        if (m_file->size() < 8 || m_bytes.number<std::uint32_t>() != Magic)
            return makeError("VIT-LM-050", "This is no GGUF file: it does not begin with GGUF", {},
                             "Take the file from its source again", m_bytes.where());
        m_parts.version = m_bytes.number<std::uint32_t>();
        if (m_bytes.failed()) return m_bytes.error();
        if (m_parts.version == 2 || m_parts.version == 3) return {};
        if ((m_parts.version & 0xffffU) == 0)
            return makeError("VIT-LM-051", "The GGUF file is written for machines of the other byte order", {},
                             "Convert the model again on this machine", m_bytes.where());
        return makeError("VIT-LM-051", "GGUF version %1 is not read; Vitrine reads 2 and 3",
                         {std::to_string(m_parts.version)}, "Convert the model with a current converter",
                         m_bytes.where());
    }

    Error twice(const std::string& name) const {
        return makeError("VIT-LM-056", "The name %1 stands twice in the file", {name},
                         "The file is damaged; take it from its source again", m_bytes.where());
    }

    void readKey() {
        std::string key = m_bytes.text(MaxKeyLength);
        const auto kind = m_bytes.number<std::uint32_t>();
        MetaValue value = readValue(kind, key);
        if (m_bytes.failed()) return;
        if (!m_keys.insert(key).second) return m_bytes.fail(twice(key));
        m_parts.metadata.entries.emplace_back(std::move(key), std::move(value));
    }

    MetaValue readValue(std::uint32_t kind, const std::string& key) {
        switch (static_cast<Kind>(kind)) {
        case Kind::U64: {
            const auto value = m_bytes.number<std::uint64_t>();
            if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return value;
            return static_cast<std::int64_t>(value);
        }
        case Kind::F32:
        case Kind::F64:
            return readReal(kind);
        case Kind::Bool:
            return readInteger(kind, key) != 0;
        case Kind::Text:
            return m_bytes.text(MaxText);
        case Kind::List:
            return readList(key);
        default:
            return readInteger(kind, key);
        }
    }

    double readReal(std::uint32_t kind) {
        if (static_cast<Kind>(kind) == Kind::F32) return static_cast<double>(m_bytes.number<float>());
        return m_bytes.number<double>();
    }

    std::int64_t readInteger(std::uint32_t kind, const std::string& key) {
        switch (static_cast<Kind>(kind)) {
        case Kind::U8:
            return m_bytes.number<std::uint8_t>();
        case Kind::I8:
            return m_bytes.number<std::int8_t>();
        case Kind::U16:
            return m_bytes.number<std::uint16_t>();
        case Kind::I16:
            return m_bytes.number<std::int16_t>();
        case Kind::U32:
            return m_bytes.number<std::uint32_t>();
        case Kind::I32:
            return m_bytes.number<std::int32_t>();
        case Kind::I64:
            return m_bytes.number<std::int64_t>();
        case Kind::U64: { // in lists, whose items are std::int64_t
            const auto value = m_bytes.number<std::uint64_t>();
            if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                return static_cast<std::int64_t>(value);
            break;
        }
        case Kind::Bool: {
            const auto value = m_bytes.number<std::uint8_t>();
            if (value <= 1) return value;
            m_bytes.fail(makeError("VIT-LM-055", "The truth value %1 is neither 0 nor 1", {key},
                                   "The file is damaged; take it from its source again", m_bytes.where()));
            return 0;
        }
        default:
            break;
        }
        m_bytes.fail(makeError("VIT-LM-054", "The key %1 has a value of kind %2, which is not read",
                               {key, std::to_string(kind)}, "The file is damaged or newer than this program",
                               m_bytes.where()));
        return 0;
    }

    MetaValue readList(const std::string& key) {
        const auto kind = m_bytes.number<std::uint32_t>();
        if (m_bytes.failed()) return {};
        if (static_cast<Kind>(kind) == Kind::Text) return readTexts();
        const std::uint64_t least = sizeOf(kind);
        if (least == 0) {
            m_bytes.fail(makeError("VIT-LM-054", "The key %1 has a list of kind %2, which is not read",
                                   {key, std::to_string(kind)}, "The file is damaged or newer than this program",
                                   m_bytes.where()));
            return {};
        }
        const std::uint64_t count = m_bytes.count(least, MaxItems - m_items);
        m_items += count;
        if (static_cast<Kind>(kind) == Kind::F32 || static_cast<Kind>(kind) == Kind::F64) {
            std::vector<double> values;
            for (std::uint64_t at = 0; at < count && !m_bytes.failed(); ++at) values.push_back(readReal(kind));
            return values;
        }
        std::vector<std::int64_t> values;
        for (std::uint64_t at = 0; at < count && !m_bytes.failed(); ++at) values.push_back(readInteger(kind, key));
        return values;
    }

    MetaValue readTexts() {
        const std::uint64_t count = m_bytes.count(8, MaxTexts - m_texts);
        m_texts += count;
        std::vector<std::string> values;
        for (std::uint64_t at = 0; at < count && !m_bytes.failed(); ++at) values.push_back(m_bytes.text(MaxText));
        return values;
    }

    /// Bytes of one item of a list of numbers; 0 for kinds that lists may not have.
    static std::uint64_t sizeOf(std::uint32_t kind) {
        constexpr std::array<std::uint64_t, 13> Sizes{1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
        return kind < Sizes.size() ? Sizes[kind] : 0;
    }

    void readTensor() {
        TensorInfo tensor;
        tensor.name = m_bytes.text(MaxKeyLength);
        const auto rank = m_bytes.number<std::uint32_t>();
        if (m_bytes.failed()) return;
        if (rank > MaxRank) return wrongSize(tensor.name);
        for (std::uint32_t at = 0; at < rank; ++at) {
            const auto extent = m_bytes.number<std::uint64_t>();
            if (extent > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                return wrongSize(tensor.name);
            tensor.shape.insert(tensor.shape.begin(), static_cast<std::int64_t>(extent));
        }
        const auto type = m_bytes.number<std::uint32_t>();
        tensor.offset = m_bytes.number<std::uint64_t>();
        if (m_bytes.failed()) return;
        const std::optional<StoredType> stored = storedType(type);
        if (!stored) {
            m_refused.insert(ggufTypeName(type));
            if (m_refusedTensor.empty()) m_refusedTensor = tensor.name;
            return;
        }
        tensor.type = *stored;
        const std::optional<std::uint64_t> bytes = byteCount(tensor.type, tensor.shape);
        if (!bytes) return wrongSize(tensor.name);
        tensor.bytes = *bytes;
        m_parts.tensors.push_back(std::move(tensor));
    }

    void wrongSize(const std::string& name) {
        m_bytes.fail(makeError("VIT-LM-057",
                               "The tensor %1 has more than 4 sizes, a size that overflows, or rows that are no whole "
                               "number of blocks",
                               {name}, "The file is damaged; take it from its source again", m_bytes.where()));
    }

    Error refusal() const {
        std::string names;
        for (const std::string& name : m_refused) names += (names.empty() ? "" : ", ") + name;
        return makeError("VIT-LM-058", "The file has tensors of type %1 (%2 is the first), which are not read",
                         {names, m_refusedTensor}, "Take the model as F16, BF16, Q8_0, Q4_0 or Q4_1", m_bytes.where());
    }

    Result<std::uint64_t> alignment() const {
        const MetaValue* value = m_parts.metadata.find("general.alignment");
        if (!value) return std::uint64_t{DefaultAlignment};
        const auto* number = std::get_if<std::int64_t>(value);
        if (number && *number > 0 && *number <= (1 << 20) && std::has_single_bit(static_cast<std::uint64_t>(*number)))
            return static_cast<std::uint64_t>(*number);
        return makeError("VIT-LM-059", "The alignment of the file is not a power of two up to 1048576", {},
                         "The file is damaged; take it from its source again", m_bytes.where());
    }

    /// Offsets become those of the file; the tensors are sorted by them and checked.
    Status placeTensors() {
        const Result<std::uint64_t> step = alignment();
        if (!step) return step.error();
        const std::uint64_t start = (m_bytes.position() + *step - 1) / *step * *step;
        const std::uint64_t room = m_file->size() > start ? m_file->size() - start : 0;
        std::sort(m_parts.tensors.begin(), m_parts.tensors.end(), [](const TensorInfo& a, const TensorInfo& b) {
            return std::pair(a.offset, a.bytes) < std::pair(b.offset, b.bytes);
        });
        std::uint64_t end = 0;
        for (TensorInfo& tensor : m_parts.tensors) {
            const std::vector<std::string> arguments{tensor.name, std::to_string(tensor.offset)};
            if (tensor.offset % *step != 0)
                return makeError("VIT-LM-060", "The data of the tensor %1 begin at %2, which is not aligned", arguments,
                                 "The file is damaged; take it from its source again", m_bytes.where());
            if (tensor.offset > room || tensor.bytes > room - tensor.offset)
                return makeError("VIT-LM-061", "The data of the tensor %1 at %2 lie outside the file", arguments,
                                 "The file was cut off; take it from its source again", m_bytes.where());
            if (tensor.offset < end)
                return makeError("VIT-LM-062", "The data of the tensor %1 at %2 overlap those before", arguments,
                                 "The file is damaged; take it from its source again", m_bytes.where());
            end = tensor.offset + tensor.bytes;
            tensor.offset += start;
        }
        return {};
    }

    std::shared_ptr<const MappedFile> m_file;
    GgufBytes m_bytes;
    CheckpointParts m_parts;
    std::set<std::string> m_keys, m_refused;
    std::string m_refusedTensor;
    std::uint64_t m_texts = 0, m_items = 0; // read so far, in all lists
};

} // namespace

std::string ggufTypeName(std::uint32_t type) {
    constexpr std::array<std::string_view, 40> Names{
        "F32",      "F16",      "Q4_0",    "Q4_1",  "Q4_2",       "Q4_3",       "Q5_0",       "Q5_1",
        "Q8_0",     "Q8_1",     "Q2_K",    "Q3_K",  "Q4_K",       "Q5_K",       "Q6_K",       "Q8_K",
        "IQ2_XXS",  "IQ2_XS",   "IQ3_XXS", "IQ1_S", "IQ4_NL",     "IQ3_S",      "IQ2_S",      "IQ4_XS",
        "I8",       "I16",      "I32",     "I64",   "F64",        "IQ1_M",      "BF16",       "Q4_0_4_4",
        "Q4_0_4_8", "Q4_0_8_8", "TQ1_0",   "TQ2_0", "IQ4_NL_4_4", "IQ4_NL_4_8", "IQ4_NL_8_8", "MXFP4"};
    if (type < Names.size()) return std::string(Names[type]);
    return "type " + std::to_string(type);
}

Result<std::shared_ptr<const Checkpoint>> openGguf(std::shared_ptr<const MappedFile> file) {
    return GgufParser(std::move(file)).parse();
}

} // namespace vitrine::lm
