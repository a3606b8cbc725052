// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/component.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace vitrine::tl::dense {

namespace {

at::TensorOptions optionsOf(const Store& store, const TensorInfo& info) {
    return at::TensorOptions(store.device()).dtype(info.type == ElementType::Real ? store.realType() : at::kLong);
}

/// One tensor with its equations.
struct Member {
    TensorId tensor = NoId;
    std::vector<std::unique_ptr<CompiledEquation>> equations;
    at::Tensor given;
    std::vector<std::int64_t> shape;
    at::TensorOptions options;
};

Member memberOf(Store& store, TensorId tensor) {
    Member member;
    member.tensor = tensor;
    member.given = store.given(tensor);
    member.shape = store.shapeOf(tensor);
    member.options = optionsOf(store, store.program().tensors[tensor]);
    return member;
}

double cellsOf(const std::vector<std::int64_t>& shape) {
    double cells = 1;
    for (const std::int64_t size : shape) cells *= static_cast<double>(size);
    return cells;
}

double cellBytes(const Store& store) {
    return store.realType() == at::kFloat ? 4 : 8;
}

at::Tensor poolMember(const Frame& frame, const Member& member, std::vector<Contribution> parts,
                      const at::Tensor& given, const std::vector<std::int64_t>& shape) {
    const TensorInfo& info = frame.store.program().tensors[member.tensor];
    return pool(info.pooling, std::move(parts), given, shape, member.options, info.type == ElementType::Bool,
                frame.isChecked);
}

class PlainComponent final : public Component {
  public:
    PlainComponent(Store& store, const ComponentInput& input) : m_store(store), m_surroundings(input.surroundings) {
        for (const TensorId tensor : input.tensors) {
            Member member = memberOf(store, tensor);
            for (const std::uint32_t id : input.equations)
                if (store.program().equations[id].head == tensor)
                    member.equations.push_back(std::make_unique<CompiledEquation>(
                        store, m_surroundings, store.program().equations[id], std::nullopt));
            account(member);
            m_members.push_back(std::move(member));
        }
    }

    [[nodiscard]] double madeCells() const override { return m_made; }

    void run(Frame& frame) override {
        for (const Member& member : m_members) {
            std::vector<Contribution> parts;
            for (const auto& equation : member.equations) parts.push_back(equation->run(frame));
            frame.store.setDense(member.tensor,
                                 poolMember(frame, member, std::move(parts), member.given, member.shape));
        }
    }

  private:
    /// The parts of one head are alive together until they are pooled; the head stays.
    void account(const Member& member) {
        const double head = cellsOf(member.shape);
        double held = member.given.defined() ? head : 0, kept = 0;
        for (const auto& equation : member.equations) {
            const Cost& cost = equation->cost();
            checkBudget(m_store, m_surroundings, held + kept + cost.peak + cost.kept, equation->equation());
            held += cost.held;
            kept += cost.kept;
            m_made += cost.made;
        }
        const bool isPooled = member.equations.size() + (member.given.defined() ? 1 : 0) > 1;
        if (isPooled && !member.equations.empty())
            checkBudget(m_store, m_surroundings, held + kept + head, member.equations[0]->equation());
        m_made += isPooled ? head : 0;
        m_surroundings.alive += (head + kept) * cellBytes(m_store);
    }

    Store& m_store;
    Surroundings m_surroundings;
    std::vector<Member> m_members;
    double m_made = 0;
};

class SliceComponent final : public Component {
  public:
    SliceComponent(Store& store, const ComponentInput& input, const SlicePlan& plan)
        : m_store(store), m_surroundings(input.surroundings), m_plan(plan), m_keepsAll(input.keepsAllSlices) {
        m_surroundings.slicedAxes = plan.axes;
        m_surroundings.variableTensors.insert(input.tensors.begin(), input.tensors.end());
        for (const TensorId tensor : plan.order) accountSlices(tensor);
        for (const TensorId tensor : plan.order) addMember(tensor, input.equations);
        for (const Follower& follower : input.followers) addFollower(follower);
        for (const Looped& looped : m_members) {
            const std::int64_t offset = plan.offsets.at(looped.member.tensor);
            const std::int64_t a = offset, b = plan.direction * (looped.size - 1) + offset;
            m_first = std::min({m_first, a, b});
            m_last = std::max({m_last, a, b});
        }
    }

    void run(Frame& frame) override {
        for (Looped& looped : m_members) {
            Slot& slot = frame.store.slot(looped.member.tensor);
            frame.store.changed(looped.member.tensor);
            slot.dense = at::Tensor();
            slot.isComplete = true;
            slot.sliceAxis = looped.axis;
            slot.slices.assign(static_cast<std::size_t>(looped.size), {});
        }
        for (std::int64_t iteration = m_first; iteration <= m_last; ++iteration)
            for (Looped& looped : m_members) {
                const std::int64_t s = m_plan.direction * (iteration - m_plan.offsets.at(looped.member.tensor));
                if (s < 0 || s >= looped.size) continue;
                runSlice(looped, s, frame);
                runFollowers(looped.member.tensor, s, frame);
            }
        for (Following& each : m_followers) finish(each, frame);
    }

    [[nodiscard]] double madeCells() const override {
        double made = 0;
        for (const Looped& looped : m_members)
            for (const auto& equation : looped.member.equations)
                made += (equation->cost().made + cellsOf(looped.member.shape)) * static_cast<double>(looped.size);
        return made;
    }

  private:
    struct Looped {
        Member member;
        int axis = 0;
        std::int64_t size = 0, kept = 0;
        std::vector<std::optional<std::int64_t>> constants; ///< of each equation: its only slice
        std::vector<at::Tensor> given;
    };

    struct Following {
        Member member;
        Follower follower;
        TensorId source = NoId;            ///< the tensor of the recursion that it reads
        std::unique_ptr<Equation> changed; ///< without the step among what is summed
        std::vector<at::Tensor> slices;    ///< of the head, when it has the step
        Contribution sum;                  ///< otherwise
    };

    /// What the loop leaves, and what it keeps meanwhile, is there whatever an equation does.
    void accountSlices(TensorId tensor) {
        const TensorInfo& info = m_store.program().tensors[tensor];
        const int axis = m_plan.axes.at(tensor);
        std::vector<std::int64_t> shape = m_store.shapeOf(tensor);
        if (!m_keepsAll && info.virtualAxis == axis) {
            std::int64_t& size = shape[static_cast<std::size_t>(axis)];
            size = std::min(size, std::max<std::int64_t>(1, info.virtualSlices) + 1);
        }
        m_surroundings.alive += cellsOf(shape) * cellBytes(m_store);
    }

    void addFollower(const Follower& follower) {
        Following one;
        one.follower = follower;
        const Equation& equation = m_store.program().equations[follower.equation];
        one.member = memberOf(m_store, equation.head);
        collectReads(equation, [&](const Node& node) {
            if (m_plan.axes.contains(node.tensor)) one.source = node.tensor;
        });
        one.changed = std::make_unique<Equation>(equation);
        const auto drop = [&follower](std::vector<VarId>& vars) { std::erase(vars, follower.var); };
        drop(one.changed->reduced);
        if (follower.headAxis < 0 && equation.op == ProjectOp::Sum) {
            drop(one.changed->value.sumVars);
            if (one.changed->value.sumVars.empty()) {
                Node body = one.changed->value.operands[0];
                one.changed->value = std::move(body);
            }
        }
        const LoopRole role{follower.headAxis, follower.var, 0};
        one.member.equations.push_back(std::make_unique<CompiledEquation>(m_store, m_surroundings, *one.changed, role));
        m_surroundings.alive += cellsOf(one.member.shape) * cellBytes(m_store);
        if (follower.headAxis >= 0) {
            one.slices.resize(static_cast<std::size_t>(one.member.shape[static_cast<std::size_t>(follower.headAxis)]));
            one.member.shape.erase(one.member.shape.begin() + follower.headAxis);
        }
        m_followers.push_back(std::move(one));
    }

    void runFollowers(TensorId source, std::int64_t s, Frame& frame) {
        for (Following& each : m_followers) {
            if (each.source != source) continue;
            frame.loop = s;
            const bool hasSlice = each.follower.headAxis >= 0;
            if (hasSlice && s >= static_cast<std::int64_t>(each.slices.size())) continue;
            Contribution part = each.member.equations[0]->run(frame);
            if (hasSlice)
                each.slices[static_cast<std::size_t>(s)] =
                    poolMember(frame, each.member, {std::move(part)}, {}, each.member.shape);
            else
                addTo(each.sum, part, each.changed->op, frame.isChecked);
        }
    }

    void finish(Following& each, Frame& frame) {
        at::Tensor value;
        if (each.follower.headAxis >= 0) {
            for (at::Tensor& slice : each.slices)
                if (!slice.defined()) slice = at::zeros(each.member.shape, each.member.options);
            value = at::stack(each.slices, each.follower.headAxis);
            for (at::Tensor& slice : each.slices) slice = at::Tensor();
        } else {
            value = poolMember(frame, each.member, {each.sum}, {}, each.member.shape);
            each.sum = {};
        }
        frame.store.setDense(each.member.tensor, value);
    }

    void addMember(TensorId tensor, const std::vector<std::uint32_t>& equations) {
        Looped looped;
        looped.member = memberOf(m_store, tensor);
        looped.axis = m_plan.axes.at(tensor);
        looped.size = looped.member.shape[static_cast<std::size_t>(looped.axis)];
        looped.member.shape.erase(looped.member.shape.begin() + looped.axis);
        const TensorInfo& info = m_store.program().tensors[tensor];
        if (!m_keepsAll && info.virtualAxis == looped.axis) looped.kept = std::max<std::int64_t>(1, info.virtualSlices);
        if (looped.member.given.defined()) looped.given = looped.member.given.unbind(looped.axis);
        for (const std::uint32_t id : equations) {
            const Equation& equation = m_store.program().equations[id];
            if (equation.head != tensor) continue;
            const LoopRole role = loopRole(equation, looped.axis);
            std::optional<std::int64_t> constant;
            if (role.var == NoId)
                constant = affineOf(equation.headIndex[static_cast<std::size_t>(looped.axis)])->constant;
            looped.constants.push_back(constant);
            looped.member.equations.push_back(
                std::make_unique<CompiledEquation>(m_store, m_surroundings, equation, role));
        }
        m_members.push_back(std::move(looped));
    }

    void runSlice(Looped& looped, std::int64_t s, Frame& frame) const {
        frame.loop = s;
        std::vector<Contribution> parts;
        for (std::size_t k = 0; k < looped.member.equations.size(); ++k)
            if (!looped.constants[k] || *looped.constants[k] == s)
                parts.push_back(looped.member.equations[k]->run(frame));
        const at::Tensor given = looped.given.empty() ? at::Tensor() : looped.given[static_cast<std::size_t>(s)];
        std::vector<at::Tensor>& slices = frame.store.slot(looped.member.tensor).slices;
        slices[static_cast<std::size_t>(s)] =
            poolMember(frame, looped.member, std::move(parts), given, looped.member.shape);
        const std::int64_t old = s - m_plan.direction * (looped.kept + 1);
        if (looped.kept > 0 && old >= 0 && old < looped.size) slices[static_cast<std::size_t>(old)] = at::Tensor();
    }

    Store& m_store;
    Surroundings m_surroundings;
    SlicePlan m_plan;
    bool m_keepsAll;
    std::vector<Looped> m_members;
    std::vector<Following> m_followers;
    std::int64_t m_first = std::numeric_limits<std::int64_t>::max(), m_last = std::numeric_limits<std::int64_t>::min();
};

} // namespace

std::unique_ptr<Component> compileEquations(Store& store, const ComponentInput& input) {
    return std::make_unique<PlainComponent>(store, input);
}

std::unique_ptr<Component> compileSlices(Store& store, const ComponentInput& input, const SlicePlan& plan) {
    return std::make_unique<SliceComponent>(store, input, plan);
}

SweepResult sweep(Store& store, const ComponentInput& input, Frame& frame,
                  const std::function<void(std::int64_t, double)>& onSweep) {
    const Program& program = store.program();
    Surroundings surroundings = input.surroundings;
    surroundings.variableTensors.insert(input.tensors.begin(), input.tensors.end());
    std::map<TensorId, Member> members;
    std::map<TensorId, std::map<std::uint32_t, Contribution>> parts;
    std::vector<std::pair<std::uint32_t, std::unique_ptr<CompiledEquation>>> equations;
    for (const TensorId tensor : input.tensors) {
        members.emplace(tensor, memberOf(store, tensor));
        store.setDense(tensor, at::zeros(members.at(tensor).shape, members.at(tensor).options));
    }
    std::vector<std::uint32_t> order = input.equations;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return program.equations[a].range.begin < program.equations[b].range.begin;
    });
    for (const std::uint32_t id : order)
        equations.emplace_back(
            id, std::make_unique<CompiledEquation>(store, surroundings, program.equations[id], std::nullopt));
    const auto refresh = [&](TensorId tensor) {
        std::vector<Contribution> mine;
        for (const auto& [id, part] : parts[tensor]) mine.push_back(part);
        const Member& member = members.at(tensor);
        store.setDense(tensor, poolMember(frame, member, std::move(mine), member.given, member.shape));
    };
    for (const auto& [id, equation] : equations) // plain numbers are facts
        if (program.equations[id].value.kind == Node::Kind::Constant)
            parts[program.equations[id].head][id] = equation->run(frame);
    for (const TensorId tensor : input.tensors) refresh(tensor);

    SweepResult result;
    while (result.sweeps < program.iterateMax) {
        std::map<TensorId, at::Tensor> before;
        for (const TensorId tensor : input.tensors) before[tensor] = store.slot(tensor).dense;
        for (const auto& [id, equation] : equations) {
            const TensorId head = program.equations[id].head;
            parts[head][id] = equation->run(frame);
            refresh(head);
        }
        result.residual = 0;
        for (const TensorId tensor : input.tensors) {
            const at::Tensor change = store.slot(tensor).dense.sub(before[tensor]).abs();
            if (change.numel() != 0) result.residual = std::max(result.residual, change.max().item<double>());
        }
        ++result.sweeps;
        onSweep(result.sweeps, result.residual);
        result.isConverged = result.residual < program.iterateTolerance;
        if (result.isConverged) break;
    }
    return result;
}

} // namespace vitrine::tl::dense
