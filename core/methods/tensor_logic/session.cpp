// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/session.hpp"

#include "core/methods/tensor_logic/session_state.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace vitrine::tl {

namespace session {

std::int64_t Call::integer(const char* key, std::int64_t fallback) const {
    const auto at = payload.find(key);
    return at != payload.end() && at->is_number() ? at->get<std::int64_t>() : fallback;
}
std::string Call::text(const char* key, const std::string& fallback) const {
    const auto at = payload.find(key);
    return at != payload.end() && at->is_string() ? at->get<std::string>() : fallback;
}

Error sessionError(const char* code, std::string message, std::vector<std::string> arguments) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.arguments = std::move(arguments);
    return error;
}

} // namespace session

namespace {

using session::Call;
using session::State;

class LogicSession final : public Session {
  public:
    explicit LogicSession(Sink sink)
        : m_sink(std::move(sink)), m_worker([this](std::stop_token stop) { work(stop); }) {}

    ~LogicSession() override {
        m_worker.request_stop();
        const std::lock_guard lock(m_mutex);
        m_running.request_stop();
        m_waiting.clear();
        m_changed.notify_all();
    } // then the worker joins

    Sequence submit(Request request) override {
        const std::lock_guard lock(m_mutex);
        const Sequence sequence = ++m_sequence;
        std::erase_if(m_waiting, [&](const Waiting& each) { return each.request.tag == request.tag; });
        // What runs under this tag answers an older question: a new program must not wait for it.
        if (m_runningTag == request.tag) m_running.request_stop();
        m_waiting.push_back({std::move(request), sequence});
        m_changed.notify_all();
        return sequence;
    }

    void cancel(const Tag& tag) override {
        std::deque<Waiting> dropped;
        {
            const std::lock_guard lock(m_mutex);
            for (auto at = m_waiting.begin(); at != m_waiting.end();)
                if (at->request.tag == tag) {
                    dropped.push_back(std::move(*at));
                    at = m_waiting.erase(at);
                } else
                    ++at;
            if (m_runningTag == tag) m_running.request_stop();
            for (Waiting& each : dropped) m_cancelled.push_back(std::move(each));
            m_changed.notify_all();
        }
    }

  private:
    struct Waiting {
        Request request;
        Sequence sequence = 0;
    };

    static ReplyValue cancelled() { return session::sessionError("VIT-SESSION-001", "The request was cancelled"); }

    void reply(const Waiting& to, ReplyValue value, bool isFinal) const {
        Reply out;
        out.tag = to.request.tag;
        out.sequence = to.sequence;
        const auto revision =
            to.request.payload.is_object() ? to.request.payload.find("revision") : to.request.payload.end();
        if (to.request.payload.is_object() && revision != to.request.payload.end() && revision->is_number_integer())
            out.revision = revision->get<std::int64_t>();
        out.final = isFinal;
        out.value = std::move(value);
        m_sink(std::move(out));
    }

    void work(const std::stop_token& stop) {
        for (;;) {
            Waiting next;
            bool isCancelled = false;
            std::stop_token running;
            {
                std::unique_lock lock(m_mutex);
                m_changed.wait(lock,
                               [&] { return stop.stop_requested() || !m_waiting.empty() || !m_cancelled.empty(); });
                if (stop.stop_requested()) return;
                isCancelled = !m_cancelled.empty();
                auto& queue = isCancelled ? m_cancelled : m_waiting;
                next = std::move(queue.front());
                queue.pop_front();
                m_running = std::stop_source();
                running = m_running.get_token();
                m_runningTag = isCancelled ? Tag() : next.request.tag;
            }
            ReplyValue value = isCancelled ? cancelled() : handle(next, running);
            {
                const std::lock_guard lock(m_mutex);
                m_runningTag.clear();
            }
            if (!stop.stop_requested()) reply(next, std::move(value), true);
        }
    }

    ReplyValue handle(const Waiting& waiting, const std::stop_token& stop) {
        const Json& payload = waiting.request.payload;
        const Call call{payload, stop, [&](ReplyValue value) { reply(waiting, std::move(value), false); }};
        if (!payload.is_object()) return session::sessionError("VIT-SESSION-002", "A request is an object");
        const std::string name = call.text("request", waiting.request.tag);
        using Handler = ReplyValue (*)(const State&, const Call&);
        static const std::pair<const char*, Handler> handlers[] = {
            {"plan", session::plan},         {"goals", session::goals},        {"graph", session::graph},
            {"rows", session::rows},         {"tile", session::tile},          {"labels", session::labels},
            {"proof", session::proof},       {"terms", session::terms},        {"tensor", session::tensor},
            {"gradient", session::gradient}, {"witnesses", session::witnesses}};
        try {
            if (name == "evaluate") return session::evaluate(m_state, call);
            if (name == "load") return session::load(m_state, call);
            for (const auto& [known, handler] : handlers)
                if (name == known) {
                    ReplyValue value = handler(m_state, call);
                    return stop.stop_requested() ? cancelled() : std::move(value);
                }
        } catch (const std::bad_alloc&) {
            return session::sessionError("VIT-SESSION-005", "There is not enough memory for the request %1", {name});
        } catch (const std::exception& failure) { // nothing may cross the session's border
            return session::sessionError("VIT-SESSION-005", "The request %1 failed: %2", {name, failure.what()});
        }
        return session::sessionError("VIT-SESSION-002", "There is no request %1", {name});
    }

    Sink m_sink;
    std::mutex m_mutex; ///< guards what follows up to m_state, which is the worker's alone
    std::condition_variable m_changed;
    std::deque<Waiting> m_waiting, m_cancelled;
    Sequence m_sequence = 0;
    Tag m_runningTag;
    std::stop_source m_running;
    State m_state;
    std::jthread m_worker; ///< last: joins before the rest goes
};

} // namespace

std::unique_ptr<Session> makeSession(Session::Sink sink) {
    return std::make_unique<LogicSession>(std::move(sink));
}

} // namespace vitrine::tl
