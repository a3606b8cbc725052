// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/base/values.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace vitrine {

using Sequence = std::uint64_t;
using Tag = std::string; ///< "evaluate", "tile", "proof": a new request replaces a waiting one of the same tag

struct Request {
    Tag tag;
    Json payload;
};

using ReplyValue =
    std::variant<std::monostate, TensorSnapshot, Series, Table, GraphSnapshot, FrameImage, Text, Json, Error>;

/// What came of a request, or a part of it (progress): `final` is false for parts.
struct Reply {
    Tag tag;
    Sequence sequence = 0;
    std::int64_t revision = 0; ///< of the document that the request spoke of
    bool final = true;
    ReplyValue value;
};

/// The interactive twin of an experiment; one worker thread each.
class Session {
  public:
    using Sink = std::function<void(Reply)>; ///< called on the worker thread
    virtual ~Session() = default;            ///< cancels, joins within 0.5 s
    virtual Sequence submit(Request request) = 0;
    virtual void cancel(const Tag& tag) = 0; ///< a running one stops within 0.5 s and replies with VIT-SESSION-001
};

} // namespace vitrine
